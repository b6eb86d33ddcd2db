"""Events: what happened, and why it did or did not start each workflow."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from events.models import Event
from workflow.api.explaining import ExplainedSerializer
from workflow.api.run_serializers import EventSerializer
from workflow.api.workflows import SCOPES
from workflow.services.explain import explain_event


class EventFilter(filters.FilterSet):
    """By type, by whom it is about, and when it was recorded."""

    type = filters.CharFilter(field_name="type")
    contact = filters.UUIDFilter(field_name="contact_id")
    conversation = filters.UUIDFilter(field_name="conversation_id")
    recorded_after = filters.IsoDateTimeFilter(field_name="recorded_at", lookup_expr="gte")
    recorded_before = filters.IsoDateTimeFilter(field_name="recorded_at", lookup_expr="lt")

    class Meta:
        model = Event
        fields: list[str] = []


@extend_schema(tags=["events"])
class EventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What happened, the newest first."""

    queryset = Event.objects.order_by("-id")
    serializer_class = EventSerializer
    required_scopes = SCOPES
    filterset_class = EventFilter
    search_fields = ["type", "actor"]
    ordering_fields = ["recorded_at", "occurred_at"]

    @extend_schema(responses=ExplainedSerializer)
    @action(detail=True, methods=["get"])
    def explain(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Why each workflow that waited for this type ran, or did not: by the version that was in force then, on what the
        contact is now."""
        event = self.get_object()
        return Response(ExplainedSerializer({"event": event, "workflows": explain_event(event)}).data)
