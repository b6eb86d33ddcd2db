"""The notifications app: its table lives in each tenant's schema."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "accounts.notifications"
    label = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        """Register the nightly cleanup."""
        from accounts.notifications import cleaning  # noqa: F401
