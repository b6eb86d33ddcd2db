"""The test suite: real PostgreSQL and Redis, fast password hashing."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("WASL_MASTER_KEY", "dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktMTIzNDU=")

from config.settings.base import *  # noqa: F403
from config.settings.components.env import BASE_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
WHATSAPP_APP_SECRETS = ["test-app-secret"]
META_VERIFY_TOKEN = "test-verify-token"  # noqa: S105
AXES_ENABLED = False
# All tests come from one address.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
PUBLIC_URL = "http://localhost:8000"
# The collected static files are not there, and not needed.
WHITENOISE_AUTOREFRESH = True
# Whether the web UI was built must not change what a test sees.
FRONTEND_DIST = BASE_DIR / "frontend" / "not-built"
STATICFILES_DIRS = []
