"""The events app: its handler joins the queue when Django starts."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Register the dispatch handler."""
        from events import explaining, handlers  # noqa: F401
