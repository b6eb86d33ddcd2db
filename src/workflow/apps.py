"""The engine's app: its handlers, subscription, actions and admin join when Django starts."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "Workflows"

    def ready(self) -> None:
        """Register what the engine brings."""
        from workflow import (  # noqa: F401
            actions,
            events,
            explaining_items,
            handlers,
            nodes,
            seeds,
            subscribers,
            triggers,
        )
        from workflow.api import examples  # noqa: F401
