"""How people sign in: passwords, second factors, passkeys, lock-outs, and the mail that goes with them."""

from config.settings.components.api import REST_FRAMEWORK
from config.settings.components.env import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.MembershipBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Seconds for which a link of a mail (a forgotten password, an invitation) is good.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3_600

# One lock-out, in the database, for every door: wrong passwords and wrong second factors are counted by it.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = "accounts.lockout.counted_by"
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.lockout.username"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.response"
AXES_CLIENT_IP_CALLABLE = "accounts.client.address"

# allauth does the flows of signing in; its pages are not served, and of its endpoints only those in accounts.sign_in.urls.
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
HEADLESS_ADAPTER = "accounts.sign_in.adapters.HeadlessAdapter"
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# People are taken in by the members' admins, who know whom they invite.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.sign_in.tokens.LinkTokens"  # noqa: S105
# Failures are counted by axes; these bound how often a thing may be asked for at all.
ACCOUNT_RATE_LIMITS: dict[str, str | None] | bool = {
    "login": "30/m/ip",
    "login_failed": None,
    "reset_password": "10/m/ip,3/m/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "accounts.sign_in.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
# The code before and the one after too: telephones' clocks are not ours.
MFA_TOTP_TOLERANCE = 1

# Mail of the installation itself; a tenant's mail to customers goes by its own channels.
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Wasl <no-reply@localhost>")
SESSION_ENGINE = "accounts.session_store"
ALLAUTH_TRUSTED_PROXY_COUNT = REST_FRAMEWORK["NUM_PROXIES"]
