"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Access"

    def ready(self) -> None:
        """Tell the OpenAPI document how callers identify themselves."""
        from accounts.api import schema  # noqa: F401
