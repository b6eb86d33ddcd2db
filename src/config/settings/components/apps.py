"""Which apps live in the public schema, which in each tenant's."""

SHARED_APPS = [
    "tenants",
    "accounts",
    "events.queue",
    "channels_app.routing",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

TENANT_APPS = [
    # The admin's log holds tenants' words, so it lives with them.
    "django.contrib.admin",
    "accounts.notifications",
    "accounts.audit",
    "events",
    "workflow",
    "workflow.connections",
    "crm",
    "channels_app",
]

# No tables of their own.
SUPPORT_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "allauth",
    "allauth.headless",
    "analytics",
    "core",
]

INSTALLED_APPS = [
    *[app for app in SUPPORT_APPS if app.startswith("unfold")],
    *TENANT_APPS,
    *SHARED_APPS,
    *[app for app in SUPPORT_APPS if not app.startswith("unfold")],
]
