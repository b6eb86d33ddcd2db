"""Message templates: the picker for closed windows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.models import Channel, MessageTemplate
from channels_app.providers.registry import PROVIDERS
from channels_app.services.templates import fill_template, of_provider, request_sync
from events.api.idempotency import IdempotentWritesMixin

COMPONENTS_SCHEMA: dict[str, Any] = {
    "type": "array",
    "description": "Header, body, footer and buttons, as the provider has them.",
    "items": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "description": "HEADER, BODY, FOOTER or BUTTONS"},
            "format": {"type": "string", "description": "Of a header: TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION"},
            "text": {"type": "string"},
            "buttons": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "type": {"type": "string"},
                        "text": {"type": "string"},
                        "url": {"type": "string"},
                        "phone_number": {"type": "string"},
                    },
                    "additionalProperties": True,
                },
            },
        },
        "additionalProperties": True,
    },
}  # fmt: skip


@extend_schema_field(COMPONENTS_SCHEMA)
class ComponentsField(serializers.JSONField):
    """``MessageTemplate.components``."""


class MessageTemplateParameterSerializer(serializers.Serializer[Any]):
    """A gap that whoever sends it fills. ``kind`` image, video and document take the address of a file."""

    key = serializers.CharField()
    component = serializers.ChoiceField(choices=["header", "body", "button"])
    kind = serializers.ChoiceField(choices=["text", "image", "video", "document", "coupon_code"])
    title = serializers.CharField()
    example = serializers.CharField()


class MessageTemplateSerializer(serializers.ModelSerializer[MessageTemplate]):
    """A template in one language. Only those whose ``status`` is ``APPROVED`` can be sent."""

    channel_id = serializers.UUIDField(read_only=True)
    components = ComponentsField(read_only=True)
    parameters = serializers.SerializerMethodField()

    class Meta:
        model = MessageTemplate
        fields = [
            "id", "channel_id", "name", "language", "category", "status", "components", "parameters", "synced_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MessageTemplateParameterSerializer(many=True))
    def get_parameters(self, row: MessageTemplate) -> list[dict[str, Any]]:
        """The gaps, in the order in which they are read."""
        provider = PROVIDERS.get(row.channel.provider)
        return [asdict(parameter) for parameter in provider.template_parameters(of_provider(row))]


class MessageTemplateValuesSerializer(serializers.Serializer[Any]):
    """What fills the gaps, by their keys."""

    values = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False, default=dict
    )


class MessageTemplatePreviewSerializer(serializers.Serializer[Any]):
    """What the customer will read."""

    text = serializers.CharField()


class ChannelRefSerializer(serializers.Serializer[Any]):
    """A channel."""

    channel = serializers.UUIDField()


class RequestedSerializer(serializers.Serializer[Any]):
    """It is under way; the list's ``synced_at`` tells when it was done."""

    requested = serializers.BooleanField()


@extend_schema(tags=["inbox"])
@extend_schema_view(
    list=extend_schema(
        summary="List message templates",
        parameters=[
            OpenApiParameter("channel", OpenApiTypes.UUID, required=True),
            OpenApiParameter("usable", bool, description="Only approved ones"),
        ],
    ),
    retrieve=extend_schema(summary="Show a message template"),
)
class MessageTemplateViewSet(
    IdempotentWritesMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """The templates of a channel, as they were when they were last fetched."""

    queryset = MessageTemplate.objects.select_related("channel")
    serializer_class = MessageTemplateSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    action_scopes = {"preview": "inbox:read"}
    filter_backends: list[Any] = []
    pagination_class = None

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of one channel."""
        if self.action != "list":
            return queryset
        given = ChannelRefSerializer(data=self.request.query_params)
        given.is_valid(raise_exception=True)
        rows = queryset.filter(channel=given.validated_data["channel"])
        return rows.filter(status="APPROVED") if self.request.query_params.get("usable") == "true" else rows

    @extend_schema(
        summary="Fetch templates anew", request=ChannelRefSerializer, responses={202: RequestedSerializer}
    )
    @action(detail=False, methods=["post"])
    def sync(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask the provider for the channel's templates, in the background."""
        given = ChannelRefSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        channel = Channel.objects.filter(id=given.validated_data["channel"]).first()
        if channel is None:
            raise ValidationError({"channel": ["There is no such channel."]})
        if PROVIDERS.get(channel.provider).window_hours is None:
            raise ValidationError({"channel": ["Channels of this kind have no message templates."]})
        with transaction.atomic():
            request_sync(channel.id)
        return Response({"requested": True}, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        summary="Preview", request=MessageTemplateValuesSerializer, responses=MessageTemplatePreviewSerializer
    )
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The text with its gaps filled. To send it, give a message ``template_id`` and ``template_values``."""
        given = MessageTemplateValuesSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response({"text": fill_template(self.get_object(), given.validated_data["values"]).text})
