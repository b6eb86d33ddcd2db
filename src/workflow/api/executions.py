"""Executions with their steps, and the log of what triggers made of events."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.replays import ReplaysMixin
from workflow.api.run_serializers import (
    ExecutionDetailSerializer,
    ExecutionSerializer,
    TriggerEventLogSerializer,
)
from workflow.api.workflows import SCOPES
from workflow.filters import ExecutionFilter
from workflow.models import ActionExecution, MatchResult, TriggerEventLog, WorkflowExecution
from workflow.services.cancelling import cancel_execution


class ExecutionListFilter(ExecutionFilter):
    """Lists leave out branches, turns and called workflows, unless they are asked for."""

    parent = filters.UUIDFilter(field_name="parent_id", help_text="Only what this execution started.")
    children = filters.BooleanFilter(
        method="filter_children", help_text="Also the parts of others: branches, turns, called workflows."
    )

    def filter_children(
        self, rows: QuerySet[WorkflowExecution], name: str, value: bool
    ) -> QuerySet[WorkflowExecution]:
        """Roots and parts alike, or roots alone."""
        return rows if value else rows.filter(parent__isnull=True)


@extend_schema(tags=["executions"])
class ExecutionViewSet(
    ReplaysMixin, IdempotentWritesMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """Runs of workflows."""

    queryset = WorkflowExecution.objects.select_related("workflow", "version")
    serializer_class = ExecutionSerializer
    required_scopes = SCOPES
    filterset_class = ExecutionListFilter
    search_fields = ["workflow__name", "error", "node", "entry_key"]
    ordering_fields = ["started_at", "ended_at", "converted_at", "state", "node"]

    def get_queryset(self) -> QuerySet[Any]:
        """Lists leave out what is long; one has its steps."""
        rows = super().get_queryset()
        if self.action == "list":
            return rows.defer("outputs", "scope", "version__document", "workflow__draft")
        return rows.defer("version__document", "workflow__draft").prefetch_related(
            Prefetch("steps", ActionExecution.objects.order_by("started_at", "id"))
        )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A list is of roots, unless its filters speak of others."""
        rows = super().filter_queryset(queryset)
        spoken = any(self.request.query_params.get(name) for name in ("parent", "children"))
        return rows if spoken or self.action != "list" else rows.filter(parent__isnull=True)

    def get_serializer_class(self) -> Any:
        """One has its steps."""
        return ExecutionSerializer if self.action == "list" else ExecutionDetailSerializer

    @extend_schema(request=None, responses=ExecutionDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End it where it stands."""
        cancel_execution(self.get_object().id, by=self.principal.label)
        return Response(ExecutionDetailSerializer(self.get_object()).data)


class TriggerEventLogFilter(filters.FilterSet):
    """By event, workflow and result."""

    workflow = filters.UUIDFilter(field_name="workflow_id")
    event = filters.UUIDFilter(field_name="event_id")
    execution = filters.UUIDFilter(field_name="execution_id")
    result = filters.MultipleChoiceFilter(choices=MatchResult.choices)

    class Meta:
        model = TriggerEventLog
        fields: list[str] = []


@extend_schema(tags=["executions"])
class TriggerEventLogViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What triggers made of events, where it is worth a row; mismatches are told by an event's ``explain``."""

    queryset = TriggerEventLog.objects.select_related("workflow").defer("workflow__draft")
    serializer_class = TriggerEventLogSerializer
    required_scopes = SCOPES
    filterset_class = TriggerEventLogFilter
    search_fields = ["workflow__name"]
    ordering_fields = ["created_at", "result"]
