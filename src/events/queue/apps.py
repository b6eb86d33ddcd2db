"""The queue app: its two tables live in ``public``."""

from django.apps import AppConfig


class QueueConfig(AppConfig):
    name = "events.queue"
    label = "queue"
    verbose_name = "Queue"

    def ready(self) -> None:
        """Register what happens to a dropped tenant's rows."""
        from events.queue import cleaning  # noqa: F401
