"""The types of connections; each registers itself when imported."""

from workflow.connections.types import (
    api_key,
    basic,
    bearer,
    google_service_account,
    hmac,
    oauth2_client_credentials,
    slack_webhook,
    smtp,
)
from workflow.connections.types.base import CONNECTION_TYPES

__all__ = [
    "CONNECTION_TYPES",
    "api_key",
    "basic",
    "bearer",
    "google_service_account",
    "hmac",
    "oauth2_client_credentials",
    "slack_webhook",
    "smtp",
]
