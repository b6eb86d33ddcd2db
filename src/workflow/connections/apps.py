"""The connections app: its types and its refusals join when Django starts."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "workflow.connections"
    label = "connections"
    verbose_name = "Connections"

    def ready(self) -> None:
        """Register what connections bring."""
        from workflow.connections import types  # noqa: F401
        from workflow.connections.api.errors import join_api

        join_api()
