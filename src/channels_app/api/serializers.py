"""The JSON of channels, conversations, messages, sends and deliveries."""

from __future__ import annotations

from typing import Annotated, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from pydantic import Field, WithJsonSchema, field_validator
from rest_framework import serializers

from channels_app.actions.send_message import SendMessageConfig
from channels_app.models import (
    Channel,
    Control,
    Conversation,
    ConversationStatus,
    InboundDelivery,
    Media,
    Message,
    Send,
)
from channels_app.providers.base import DeliveryState
from crm.models import Contact


class ProviderSerializer(serializers.Serializer[Any]):
    """A kind of channel, with the JSON Schemas that its set-up form is drawn from."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    reports_statuses = serializers.BooleanField(help_text="Whether delivery and reading are reported back.")
    window_hours = serializers.IntegerField(
        allow_null=True, help_text="Hours after the customer's last message in which anything may be written."
    )
    credentials_schema = serializers.DictField()
    settings_schema = serializers.DictField()


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    """A connected account. Its credentials are never shown."""

    webhook_path = serializers.SerializerMethodField(help_text="Where the provider is to send its webhooks.")

    class Meta:
        model = Channel
        fields = [
            "id", "provider", "name", "account_id", "settings", "is_active", "resend_unknown_after_s", "problem",
            "webhook_path", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_webhook_path(self, channel: Channel) -> str:
        """The view brings all paths at once."""
        return self.context["webhook_paths"].get(channel.id, "")


class NewChannelSerializer(serializers.Serializer[Any]):
    """An account to connect: ``credentials`` and ``settings`` by the provider's schemas."""

    provider = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=120)
    credentials = serializers.DictField(write_only=True)
    settings = serializers.DictField(required=False)
    resend_unknown_after_s = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=604_800
    )


class ChannelChangeSerializer(serializers.Serializer[Any]):
    """What to change: the credentials and settings that are given replace, the others stay."""

    name = serializers.CharField(required=False, max_length=120)
    credentials = serializers.DictField(required=False, write_only=True)
    settings = serializers.DictField(required=False)
    resend_unknown_after_s = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=604_800
    )


class ChannelNameSerializer(serializers.ModelSerializer[Channel]):
    """A channel, as much as a conversation shows of it."""

    class Meta:
        model = Channel
        fields = ["id", "name", "provider"]
        read_only_fields = fields


class ContactNameSerializer(serializers.ModelSerializer[Contact]):
    """A contact, as much as a conversation shows of it."""

    class Meta:
        model = Contact
        fields = ["id", "external_id", "name", "phone"]
        read_only_fields = fields


class LastMessageSerializer(serializers.Serializer[Any]):
    """The newest message of a conversation, for lists."""

    id = serializers.UUIDField()
    direction = serializers.CharField()
    type = serializers.CharField()
    text = serializers.CharField()
    state = serializers.CharField()


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    """A conversation. A browser that has messages up to ``last_seq`` has them all."""

    channel = ChannelNameSerializer(read_only=True)
    contact = ContactNameSerializer(read_only=True)
    last_message = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = [
            "id", "channel", "contact", "recipient", "status", "control", "assignee_id", "last_seq", "last_message",
            "last_message_at", "last_inbound_at", "created_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LastMessageSerializer(allow_null=True))
    def get_last_message(self, conversation: Conversation) -> dict[str, Any] | None:
        """Brought along by the view's query."""
        return getattr(conversation, "last_message", None)


class ConversationChangeSerializer(serializers.Serializer[Any]):
    """What to change of a conversation. A closed one stays closed."""

    status = serializers.ChoiceField(choices=ConversationStatus.choices, required=False)
    control = serializers.ChoiceField(choices=Control.choices, required=False, help_text="Who answers.")
    assignee_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The id of a member's user."
    )


class MediaSerializer(serializers.ModelSerializer[Media]):
    """A file that came with a message; ``url`` is there once it is stored."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = Media
        fields = ["id", "kind", "mime_type", "filename", "size", "state", "error", "url"]
        read_only_fields = fields

    def get_url(self, media: Media) -> str | None:
        """The path of its download."""
        return f"/api/v1/inbox/media/{media.id}/" if media.file else None


class SendStateSerializer(serializers.ModelSerializer[Send]):
    """What the ledger says of an outgoing message. ``error_code`` is the gate's or the provider's reason."""

    class Meta:
        model = Send
        fields = ["state", "error_code", "error", "calls", "created_at", "sending_at", "settled_at"]
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message, in or out. ``send`` is null for those that we did not send."""

    conversation_id = serializers.UUIDField(read_only=True)
    media = MediaSerializer(many=True, read_only=True)
    send = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            "id", "conversation_id", "seq", "direction", "type", "text", "data", "media", "reply_to", "author",
            "provider_message_id", "state", "error", "send", "sent_at", "delivered_at", "read_at", "edited_at",
            "revoked_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SendStateSerializer(allow_null=True))
    def get_send(self, message: Message) -> dict[str, Any] | None:
        """The ledger's row."""
        send = getattr(message, "send", None)
        return SendStateSerializer(send).data if send is not None else None


class MessagePieceSerializer(serializers.Serializer[Any]):
    """A piece of a conversation, oldest first. ``more``: there are more in the direction that was asked for."""

    results = MessageSerializer(many=True)
    more = serializers.BooleanField()


class NewMessageBody(SendMessageConfig):
    """A message to send: a text, or ``media_url``, or a provider's ``template``; ``buttons`` with a text."""

    media_url: str = Field(
        default="", max_length=2_000, description="Address of a file that the provider fetches"
    )
    template: Annotated[
        dict[str, Any] | None, WithJsonSchema({"type": "object", "additionalProperties": True})
    ] = Field(default=None, description="The provider's template object, for closed windows")
    reply_to: str = Field(default="", max_length=200, description="The provider's id of the message answered")

    @field_validator("media_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("write an address that begins with https://")
        return value


class NewContactMessageBody(NewMessageBody):
    """The same, for a contact: in the open conversation, or a new one where they wrote last."""

    contact_id: str = Field(pattern=r"^[0-9a-fA-F-]{32,36}$")


class SendSerializer(SendStateSerializer):
    """A row of the ledger, with its message."""

    message_id = serializers.UUIDField(read_only=True)
    conversation_id = serializers.UUIDField(source="message.conversation_id", read_only=True)
    channel_id = serializers.UUIDField(source="message.channel_id", read_only=True)
    text = serializers.CharField(source="message.text", read_only=True)
    author = serializers.CharField(source="message.author", read_only=True)
    state = serializers.ChoiceField(choices=[state.value for state in DeliveryState], read_only=True)

    class Meta(SendStateSerializer.Meta):
        fields = [
            "id", "effect_key", "message_id", "conversation_id", "channel_id", "text", "author",
            *SendStateSerializer.Meta.fields,
        ]  # fmt: skip
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
