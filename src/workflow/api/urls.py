"""``/api/v1/workflow/…``, and the same again under ``/api/v1/workflow/api/…``, the paths that are promised to users."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import Route, SimpleRouter

from workflow.api.approvals import ApprovalViewSet
from workflow.api.armed import ArmedTriggerViewSet, SchedulePreviewView
from workflow.api.blocks import ActionViewSet, ConditionViewSet, TriggerViewSet
from workflow.api.catalogue import CatalogueView
from workflow.api.event_types import EventTypeViewSet
from workflow.api.events import EventViewSet
from workflow.api.executions import ExecutionViewSet, TriggerEventLogViewSet
from workflow.api.explaining import ExplainView
from workflow.api.jobs import BacktestView, BulkCancelView, BulkRetryView, ExecuteManyView, JobViewSet
from workflow.api.migrating import MigrateView
from workflow.api.run_action import RunActionView
from workflow.api.settings import EngineSettingsView
from workflow.api.templates import ExportView, ImportView, TemplateViewSet
from workflow.api.trials import DryRunView
from workflow.api.workflows import WorkflowViewSet

_VIEW_SETS: dict[str, tuple[Any, str]] = {
    "workflows": (WorkflowViewSet, "workflow"),
    "workflows/(?P<workflow_id>[0-9a-f-]{36})/triggers": (ArmedTriggerViewSet, "workflow-armed-trigger"),
    "triggers": (TriggerViewSet, "workflow-trigger"),
    "conditions": (ConditionViewSet, "workflow-condition"),
    "actions": (ActionViewSet, "workflow-action"),
    "event-types": (EventTypeViewSet, "workflow-event-type"),
    "events": (EventViewSet, "workflow-event"),
    "workflow-executions": (ExecutionViewSet, "workflow-execution"),
    "approvals": (ApprovalViewSet, "workflow-approval"),
    "templates": (TemplateViewSet, "workflow-template"),
    "jobs": (JobViewSet, "workflow-job"),
    "trigger-event-logs": (TriggerEventLogViewSet, "workflow-trigger-event-log"),
}

#: Views of one path each, by it: what is done with a workflow, or with many executions.
_VIEWS: dict[str, tuple[Any, str]] = {
    "workflows/<uuid:workflow_id>/dry_run/": (DryRunView, "workflow-dry-run"),
    "workflows/<uuid:workflow_id>/migrate/": (MigrateView, "workflow-migrate"),
    "workflows/<uuid:workflow_id>/backtest/": (BacktestView, "workflow-backtest"),
    "workflows/<uuid:workflow_id>/execute_many/": (ExecuteManyView, "workflow-execute-many"),
    "workflows/<uuid:workflow_id>/explain/": (ExplainView, "workflow-explain"),
    "workflow-executions/bulk_retry/": (BulkRetryView, "workflow-execution-bulk-retry"),
    "workflow-executions/bulk_cancel/": (BulkCancelView, "workflow-execution-bulk-cancel"),
}


class AliasRouter(SimpleRouter):
    """Routes that work and are left out of the OpenAPI document, where they would stand twice."""

    def get_routes(self, viewset: Any) -> list[Route]:
        """Those of the view set, without a schema."""
        return [
            route._replace(initkwargs={**route.initkwargs, "schema": None})
            for route in super().get_routes(viewset)
        ]


def _urls(
    router: SimpleRouter, *, prefix: str = "", name: str = "", **initkwargs: Any
) -> list[URLPattern | URLResolver]:
    for noun, (view_set, basename) in _VIEW_SETS.items():
        router.register(f"{prefix}{noun}", view_set, basename=f"{name}{basename}")
    return [
        path(f"{prefix}fields/", CatalogueView.as_view(**initkwargs), name=f"{name}workflow-fields"),
        path(
            f"{prefix}actions/run/<slug:slug>/",
            RunActionView.as_view(**initkwargs),
            name=f"{name}workflow-action-run",
        ),
        path(
            f"{prefix}schedule_preview/",
            SchedulePreviewView.as_view(**initkwargs),
            name=f"{name}workflow-schedule-preview",
        ),
        path(
            f"{prefix}workflows/<uuid:workflow_id>/export/",
            ExportView.as_view(**initkwargs),
            name=f"{name}workflow-export",
        ),
        path(f"{prefix}workflows/import/", ImportView.as_view(**initkwargs), name=f"{name}workflow-import"),
        *(
            path(f"{prefix}{route}", view.as_view(**initkwargs), name=f"{name}{view_name}")
            for route, (view, view_name) in _VIEWS.items()
        ),
        path(f"{prefix}settings/", EngineSettingsView.as_view(**initkwargs), name=f"{name}workflow-settings"),
        *router.urls,
    ]


urlpatterns = [
    *_urls(SimpleRouter()),
    *_urls(AliasRouter(), prefix="api/", name="promised-", schema=None),
]
