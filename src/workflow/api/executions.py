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
from workflow.api.run_serializers import (
    ExecutionDetailSerializer,
    ExecutionSerializer,
    TriggerEventLogSerializer,
)
from workflow.api.workflows import SCOPES
from workflow.models import (
    ActionExecution,
    ExecutionState,
    MatchResult,
    TriggerEventLog,
    WorkflowExecution,
)
from workflow.services.cancelling import cancel_execution
from workflow.services.retrying import retry_execution


class ExecutionFilter(filters.FilterSet):
    """By what it is of, and when it began."""

    workflow = filters.UUIDFilter(field_name="workflow_id")
    contact = filters.UUIDFilter(field_name="contact_id")
    conversation = filters.UUIDFilter(field_name="conversation_id")
    event = filters.UUIDFilter(field_name="event_id")
    state = filters.MultipleChoiceFilter(choices=ExecutionState.choices)
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    class Meta:
        model = WorkflowExecution
        fields: list[str] = []


@extend_schema(tags=["executions"])
class ExecutionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Runs of workflows."""

    queryset = WorkflowExecution.objects.select_related("workflow", "version")
    serializer_class = ExecutionSerializer
    required_scopes = SCOPES
    filterset_class = ExecutionFilter
    search_fields = ["workflow__name", "error"]
    ordering_fields = ["started_at", "ended_at", "state"]

    def get_queryset(self) -> QuerySet[Any]:
        """Lists leave out what is long; one has its steps."""
        rows = super().get_queryset()
        if self.action == "list":
            return rows.defer("outputs", "version__document", "workflow__draft")
        return rows.defer("version__document", "workflow__draft").prefetch_related(
            Prefetch("steps", ActionExecution.objects.order_by("started_at", "id"))
        )

    def get_serializer_class(self) -> Any:
        """One has its steps."""
        return ExecutionSerializer if self.action == "list" else ExecutionDetailSerializer

    @extend_schema(request=None, responses=ExecutionDetailSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End it where it stands."""
        cancel_execution(self.get_object().id, by=self.principal.label)
        return Response(ExecutionDetailSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=ExecutionDetailSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a failed one on from the node that it failed at, in the version that it began with."""
        retry_execution(self.get_object().id)
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
