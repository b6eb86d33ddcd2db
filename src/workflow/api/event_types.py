"""Event types: the built-in ones to look at, the tenant's own to make and delete."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema

from accounts.api.viewsets import ScopedModelViewSet
from workflow.api.serializers import EventTypeSerializer
from workflow.api.workflows import SCOPES
from workflow.models import EventType
from workflow.services.event_types import delete_event_type, refuse_built_in


@extend_schema(tags=["events"])
class EventTypeViewSet(ScopedModelViewSet):
    """What can happen. Built-in types follow the code."""

    queryset = EventType.objects.all()
    serializer_class = EventTypeSerializer
    required_scopes = SCOPES
    lookup_value_regex = "[A-Z][A-Z0-9_]{0,59}"
    filterset_fields = ["is_builtin"]
    search_fields = ["code", "label", "description"]
    ordering_fields = ["code", "label"]

    def perform_update(self, serializer: Any) -> None:
        """Only the tenant's own."""
        refuse_built_in(serializer.instance)
        serializer.save()

    def perform_destroy(self, instance: EventType) -> None:
        """Only the tenant's own, and only when nothing waits for it."""
        delete_event_type(instance)
