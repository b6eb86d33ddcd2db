"""Who may come in, from where, and what a browser may do with our pages."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

from config.settings.components.env import env

SECRET_KEY = env.str("SECRET_KEY")
# Master keys for secrets at rest, base64 of 32 bytes each, newest first, comma-separated while rotating.
WASL_MASTER_KEY = env.str("WASL_MASTER_KEY")

# The public host; each tenant answers on <slug>.<PUBLIC_HOST> and on its own domains.
PUBLIC_HOST = env.str("PUBLIC_HOST", default="localhost")
# Scheme and port of the addresses that people use; links in mails are made of it and of the tenant's host.
PUBLIC_URL = env.str("PUBLIC_URL", default=f"https://{PUBLIC_HOST}")
# Any host may knock: the tenant middleware answers only for hosts that it knows.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Host-only cookies: a session on one tenant's host is never sent to another's.
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # The admin's theme needs more, and gets it for itself: see accounts.admin_sites.
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        # Files that a member is about to send are shown before they are uploaded.
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
    },
}

# Installation-wide app secrets and verify token of the Meta app that serves /webhooks/whatsapp/.
WHATSAPP_APP_SECRETS = env.list("WHATSAPP_APP_SECRETS", default=[])
META_VERIFY_TOKEN = env.str("META_VERIFY_TOKEN", default="")
WEBHOOK_MAX_BYTES = env.int("WEBHOOK_MAX_BYTES", default=3_145_728)

# Exact host:port pairs on private networks that outbound calls may reach (a local model, the simulator).
OUTBOUND_ALLOWED_PRIVATE = env.list("OUTBOUND_ALLOWED_PRIVATE", default=[])
MEDIA_MAX_BYTES = env.int("MEDIA_MAX_BYTES", default=26_214_400)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Lets a Prometheus on another machine read /metrics, as a bearer token; without one only this machine may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
