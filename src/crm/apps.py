"""The CRM's app: its context root, actions, reactions and handler join when Django starts."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "CRM"

    def ready(self) -> None:
        """Register what the CRM brings to the engine."""
        from crm import actions, conditions, events, handlers, subscribers  # noqa: F401
        from crm.api.errors import join_api

        join_api()
