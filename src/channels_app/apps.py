"""The channels app: its handlers, events, context roots, triggers and actions join when Django starts."""

from django.apps import AppConfig


class ChannelsAppConfig(AppConfig):
    name = "channels_app"
    verbose_name = "Inbox"

    def ready(self) -> None:
        """Register what the inbox brings."""
        from channels_app import (  # noqa: F401
            actions,
            conditions,
            events,
            explaining,
            handlers,
            subscribers,
            surroundings,
            triggers,
        )
        from channels_app.api.errors import join_api
        from channels_app.services import merging  # noqa: F401

        join_api()
