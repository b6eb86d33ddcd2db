"""The JSON of channels and deliveries."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from channels_app.models import Channel, InboundDelivery


class ChannelNameSerializer(serializers.ModelSerializer[Channel]):
    """A channel, as much as a conversation shows of it."""

    class Meta:
        model = Channel
        fields = ["id", "name", "provider"]
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer[InboundDelivery]):
    """Something that a provider delivered, as lists show it."""

    class Meta:
        model = InboundDelivery
        fields = ["id", "channel_id", "key", "received_at", "processed_at", "error"]
        read_only_fields = fields


class DeliveryDetailSerializer(DeliverySerializer):
    """With what was delivered, as it came."""

    body = serializers.SerializerMethodField()

    class Meta(DeliverySerializer.Meta):
        fields = [*DeliverySerializer.Meta.fields, "lane", "body"]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.STR)
    def get_body(self, delivery: InboundDelivery) -> str:
        """The fragment's JSON, as text."""
        return delivery.body
