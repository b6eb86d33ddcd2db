"""For those who look after channels: sends in trouble, and deliveries as they came."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.filters import DeliveryFilter, SendFilter
from channels_app.api.message_serializers import SendSerializer
from channels_app.api.serializers import DeliveryDetailSerializer, DeliverySerializer
from channels_app.models import InboundDelivery, Send


@extend_schema(tags=["inbox"])
@extend_schema_view(
    list=extend_schema(summary="List sends in trouble"), retrieve=extend_schema(summary="Show a send")
)
class SendViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The ledger: what failed or whose outcome is unknown, newest first; with ``state`` any other."""

    queryset = Send.objects.select_related("message")
    serializer_class = SendSerializer
    required_scopes = {"read": "inbox:read"}
    filterset_class = SendFilter
    ordering_fields = ["created_at", "settled_at"]

    def filter_queryset(self, queryset: Any) -> Any:
        """Lists are narrowed; one row is found by its id."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset


@extend_schema(tags=["channels"])
@extend_schema_view(
    list=extend_schema(summary="List deliveries"),
    retrieve=extend_schema(summary="Show a delivery", responses=DeliveryDetailSerializer),
)
class DeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """What providers delivered, raw, newest first."""

    queryset = InboundDelivery.objects.order_by("-id")
    required_scopes = {"read": "channels:admin"}
    filterset_class = DeliveryFilter
    ordering_fields = ["received_at", "processed_at"]

    def get_queryset(self) -> Any:
        """Lists leave the bodies where they are."""
        rows = super().get_queryset()
        return rows if self.action == "retrieve" else rows.defer("body")

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """See :meth:`get_queryset`."""
        return DeliveryDetailSerializer if self.action == "retrieve" else DeliverySerializer
