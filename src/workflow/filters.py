"""Filters of executions: of their list, and of what is done to many of them at once."""

from __future__ import annotations

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from workflow.models import ExecutionState, WorkflowExecution


class ExecutionFilter(filters.FilterSet):
    """By what it is of, where it stands or stood, how it ended, and when."""

    workflow = filters.UUIDFilter(field_name="workflow_id")
    contact = filters.UUIDFilter(field_name="contact_id")
    conversation = filters.UUIDFilter(field_name="conversation_id")
    event = filters.UUIDFilter(field_name="event_id")
    state = filters.MultipleChoiceFilter(choices=ExecutionState.choices)
    started_after = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter(field_name="started_at", lookup_expr="lt")

    ended_after = filters.IsoDateTimeFilter(field_name="ended_at", lookup_expr="gte")
    ended_before = filters.IsoDateTimeFilter(field_name="ended_at", lookup_expr="lt")
    version = filters.NumberFilter(field_name="version__number")
    node = filters.CharFilter(field_name="node", max_length=60)
    trigger = filters.CharFilter(field_name="trigger", max_length=60)
    exit_reason = filters.CharFilter(field_name="exit_reason", max_length=20)
    converted = filters.BooleanFilter(
        field_name="converted_at",
        lookup_expr="isnull",
        exclude=True,
        help_text="Whether its goal was reached.",
    )
    has_error = filters.BooleanFilter(field_name="error", method="filter_has_error")

    def filter_has_error(
        self, rows: QuerySet[WorkflowExecution], name: str, value: bool
    ) -> QuerySet[WorkflowExecution]:
        """Those that say what went wrong, or those that do not."""
        return rows.exclude(error="") if value else rows.filter(error="")

    class Meta:
        model = WorkflowExecution
        fields: list[str] = []
