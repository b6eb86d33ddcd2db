"""What every environment shares."""

import django_stubs_ext

from config.settings.components.api import *  # noqa: F403
from config.settings.components.apps import *  # noqa: F403
from config.settings.components.celery import *  # noqa: F403
from config.settings.components.database import *  # noqa: F403
from config.settings.components.env import BASE_DIR, VAR_DIR, env
from config.settings.components.logging import *  # noqa: F403
from config.settings.components.security import *  # noqa: F403
from config.settings.components.sign_in import *  # noqa: F403

# Lets Django's generic classes be written with their types (ModelAdmin[Contact]) at run time too.
django_stubs_ext.monkeypatch()

DEBUG = False
ROOT_URLCONF = "config.urls_public"
TENANT_URLCONF = "config.urls_tenant"
ASGI_APPLICATION = "config.asgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tenants.middleware.TenantMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.MembershipMiddleware",
    "accounts.audit.middleware.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "src" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية"), ("fa", "فارسی")]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# What `npm run build` makes of frontend/; served under /static/app/, its hashed files for ever.
FRONTEND_DIST = BASE_DIR / "frontend" / "dist"
STATICFILES_DIRS = [("app", FRONTEND_DIST)] if FRONTEND_DIST.is_dir() else []
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/app/assets/"

UNFOLD = {"SITE_TITLE": "Wasl", "SITE_HEADER": "Wasl وصل"}

# The durable queue (events.queue): see docs/architecture.md.
QUEUE_LEASE_S = env.int("QUEUE_LEASE_S", default=30)
QUEUE_POLL_S = env.float("QUEUE_POLL_S", default=1.0)
QUEUE_BATCH = env.int("QUEUE_BATCH", default=100)
QUEUE_EXTERNAL_SLOTS = env.int("QUEUE_EXTERNAL_SLOTS", default=128)
# Due items of one tenant beyond which its events are refused with 429, so that one sender cannot fill the disk.
QUEUE_TENANT_CAP = env.int("QUEUE_TENANT_CAP", default=100_000)

# Days for which ended executions and the log of triggers are kept.
WORKFLOW_RETENTION_DAYS = env.int("WORKFLOW_RETENTION_DAYS", default=90)
