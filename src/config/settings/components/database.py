"""PostgreSQL and Redis: two database roles, one pool, tenant-bound cache keys."""

from config.settings.components.env import VAR_DIR, env

_app = env.db_url("DATABASE_URL", default="postgres:///wasl")
_owner = env.db_url("DATABASE_OWNER_URL", default=env.str("DATABASE_URL", default="postgres:///wasl"))

DATABASES = {
    # The app's role owns nothing: it reads and writes rows, and cannot change or drop a table.
    "default": {
        **_app,
        "ENGINE": "tenants.db",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "pool": {
                "min_size": 1,
                "max_size": env.int("DATABASE_POOL_SIZE", default=16),
                "timeout": 10,
                "max_lifetime": 600,
            },
            "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000",
        },
        "TEST": {"MIGRATE": False},
    },
    # The owner's role makes, migrates and drops schemas; only commands and the scheduler use it.
    "owner": {**_owner, "ENGINE": "tenants.db", "CONN_MAX_AGE": 0},
}
DATABASE_ROUTERS = ["tenants.db.router.SchemaRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

CACHES = {
    "default": {
        "BACKEND": "core.cache.MissingIsAMiss",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "tenants.keys.cache_key",
    },
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "capacity": 100, "expiry": 60},
    },
}

MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "tenants.keys.TenantMediaStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
