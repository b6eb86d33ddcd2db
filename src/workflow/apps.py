"""The engine's app: its handlers, subscription, actions and admin join when Django starts."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "Workflows"

    def ready(self) -> None:
        """Register what the engine brings."""
        from workflow import actions, events, handlers, nodes, seeds, subscribers, triggers  # noqa: F401
        from workflow.api import examples  # noqa: F401
