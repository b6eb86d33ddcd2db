"""The CRM's app: its context root, actions, triggers, reactions and handlers join when Django starts."""

from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "CRM"

    def ready(self) -> None:
        """Register what the CRM brings to the engine."""
        from crm import (  # noqa: F401
            actions,
            audiences,
            conditions,
            events,
            handlers,
            jobs,
            subscribers,
            surroundings,
            triggers,
        )
        from crm.api.errors import join_api

        join_api()
