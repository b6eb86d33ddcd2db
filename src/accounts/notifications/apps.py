"""The notifications app: its table lives in each tenant's schema."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "accounts.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Register the nightly cleanup and the mail's handler."""
        from accounts.notifications import cleaning, mailing  # noqa: F401
