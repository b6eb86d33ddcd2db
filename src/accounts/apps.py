"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Access"

    def ready(self) -> None:
        """Tell the OpenAPI document how callers identify themselves; register the mail's handler and the receivers."""
        from accounts.api import schema  # noqa: F401
        from accounts.mail import handlers  # noqa: F401
        from accounts.sign_in import second_factor, secrets  # noqa: F401
