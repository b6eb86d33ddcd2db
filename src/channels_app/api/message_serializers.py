"""The JSON of messages, their files, and the ledger's rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from pydantic import Field
from rest_framework import serializers

from channels_app.models import Direction, Media, Message, ScheduledMessage, Send
from channels_app.models.message import DELIVERY_STATES, MESSAGE_TYPES
from channels_app.providers.base import DeliveryState
from channels_app.services.composing import NewMessageBody
from channels_app.services.failures import failure_of
from channels_app.thread import Facts, facts_of

#: The known parts of ``data``; providers may bring more.
DATA_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What the type holds besides text and files.",
    "properties": {
        "media_url": {"type": "string"},
        "filename": {"type": "string"},
        "buttons": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "title"],
                "properties": {"id": {"type": "string"}, "title": {"type": "string"}},
            },
        },
        "location": {
            "type": "object",
            "properties": {
                "latitude": {"type": "number"},
                "longitude": {"type": "number"},
                "name": {"type": "string"},
                "address": {"type": "string"},
            },
        },
        "contacts": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
        "order": {"type": "object", "additionalProperties": True},
        "template": {"type": "object", "additionalProperties": True},
        "reply": {
            "type": "object",
            "description": "The button or row that the customer pressed.",
            "properties": {
                "kind": {"type": "string"},
                "id": {"type": "string"},
                "title": {"type": "string"},
            },
        },
        "reaction": {
            "type": "object",
            "properties": {
                "message_id": {"type": "string"},
                "emoji": {"type": "string"},
                "removed": {"type": "boolean"},
            },
        },
        "referral": {"type": "object", "additionalProperties": True},
        "mentions": {"type": "array", "items": {"type": "string", "format": "uuid"}},
        "retry_of": {"type": "string", "format": "uuid"},
    },
    "additionalProperties": True,
}


@extend_schema_field(DATA_SCHEMA)
class DataField(serializers.JSONField):
    """``Message.data``."""


class MediaSerializer(serializers.ModelSerializer[Media]):
    """A file; ``url`` is there once it is stored, and shows it in place with ``?inline=1`` where that is safe."""

    url = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(choices=["image", "video", "audio", "document", "sticker"], read_only=True)

    class Meta:
        model = Media
        fields = ["id", "kind", "mime_type", "filename", "size", "state", "error", "url"]
        read_only_fields = fields

    def get_url(self, media: Media) -> str | None:
        """The path of its download."""
        return f"/api/v1/inbox/media/{media.id}/" if media.file else None


class FailureSerializer(serializers.Serializer[Any]):
    """Why a message was not delivered, in plain words. ``code`` is stable, for translations; ``again`` tells whether
    sending it once more as it is may help."""

    code = serializers.CharField()
    title = serializers.CharField()
    fix = serializers.CharField()
    again = serializers.BooleanField()


class SendStateSerializer(serializers.ModelSerializer[Send]):
    """What the ledger says of an outgoing message. ``error_code`` is the gate's or the provider's reason."""

    state = serializers.ChoiceField(choices=DELIVERY_STATES, read_only=True)

    class Meta:
        model = Send
        fields = ["state", "error_code", "error", "calls", "created_at", "sending_at", "settled_at"]
        read_only_fields = fields


class AuthorSerializer(serializers.Serializer[Any]):
    """Who wrote. ``name`` may be empty: the contact's own, or of somebody who is gone."""

    kind = serializers.ChoiceField(
        choices=["contact", "member", "key", "workflow", "agent", "broadcast", "phone_app", "system"]
    )
    id = serializers.CharField()
    name = serializers.CharField()


class QuoteSerializer(serializers.Serializer[Any]):
    """The message that was answered, as far as a thread shows it there."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    type = serializers.ChoiceField(choices=MESSAGE_TYPES)
    text = serializers.CharField()
    author = AuthorSerializer()


class ReactionSerializer(serializers.Serializer[Any]):
    """An emoji on a message, by the side that put it there."""

    emoji = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    author = AuthorSerializer()


class MessageSerializer(serializers.ModelSerializer[Message]):
    """A message, in or out, or a private note. ``send`` is null for those that we did not send. A message of the type
    ``reaction`` is shown on its target, under ``reactions``."""

    conversation_id = serializers.UUIDField(read_only=True)
    data = DataField(read_only=True)  # type: ignore[assignment]
    media = MediaSerializer(many=True, read_only=True)
    send = serializers.SerializerMethodField()
    author_shown = serializers.SerializerMethodField()
    quoted = serializers.SerializerMethodField()
    reactions = serializers.SerializerMethodField()
    failure = serializers.SerializerMethodField()

    class Meta:
        model = Message
        fields = [
            "id", "conversation_id", "seq", "revision", "direction", "type", "text", "data", "media", "reply_to",
            "quoted", "reactions", "author", "author_shown", "provider_message_id", "state", "error", "failure", "send",
            "sent_at", "delivered_at", "read_at", "edited_at", "revoked_at",
        ]  # fmt: skip
        read_only_fields = fields

    @property
    def _facts(self) -> Facts:
        facts: Facts = self.context["facts"]
        return facts

    @extend_schema_field(SendStateSerializer(allow_null=True))
    def get_send(self, message: Message) -> dict[str, Any] | None:
        """The ledger's row."""
        send = getattr(message, "send", None)
        return SendStateSerializer(send).data if send is not None else None

    @extend_schema_field(AuthorSerializer())
    def get_author_shown(self, message: Message) -> dict[str, Any]:
        """By name."""
        return asdict(self._facts.author(message.author))

    @extend_schema_field(QuoteSerializer(allow_null=True))
    def get_quoted(self, message: Message) -> dict[str, Any] | None:
        """What it answers, if that is known here."""
        quote = self._facts.quotes.get((message.channel_id, message.reply_to))
        return QuoteSerializer(quote).data if quote is not None else None

    @extend_schema_field(ReactionSerializer(many=True))
    def get_reactions(self, message: Message) -> list[dict[str, Any]]:
        """At most one of each side."""
        key = (message.channel_id, message.provider_message_id or "")
        return [asdict(reaction) for reaction in self._facts.reactions.get(key, [])]

    @extend_schema_field(FailureSerializer(allow_null=True))
    def get_failure(self, message: Message) -> dict[str, Any] | None:
        """For what failed, or whose outcome is unknown."""
        send = getattr(message, "send", None)
        if send is None or send.state not in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
            return None
        return asdict(failure_of(send.error_code))


def shown(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The JSON of messages, read with ``api.messages.shown_messages``."""
    rows: Any = MessageSerializer(messages, many=True, context={"facts": facts_of(messages)}).data
    return list(rows)


class MessagePieceSerializer(serializers.Serializer[Any]):
    """A piece of a conversation, oldest first. ``more``: there are more in the direction that was asked for. With
    ``after_revision=<revision>`` the next request brings what has changed since. ``reload``: too much has changed to tell;
    read anew."""

    results = MessageSerializer(many=True)
    more = serializers.BooleanField()
    revision = serializers.IntegerField()
    reload = serializers.BooleanField()


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

    class Meta(SendStateSerializer.Meta):
        fields = [
            "id", "effect_key", "message_id", "conversation_id", "channel_id", "text", "author",
            *SendStateSerializer.Meta.fields,
        ]  # fmt: skip
        read_only_fields = fields


class ScheduledSerializer(serializers.ModelSerializer[ScheduledMessage]):
    """A message that waits for its time, or what became of it."""

    conversation_id = serializers.UUIDField(read_only=True)
    message_id = serializers.UUIDField(read_only=True, allow_null=True)
    body = serializers.SerializerMethodField()
    author_shown = serializers.SerializerMethodField()

    class Meta:
        model = ScheduledMessage
        fields = [
            "id", "conversation_id", "body", "author", "author_shown", "send_at", "state", "error", "message_id",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(cast(Any, NewMessageBody))
    def get_body(self, row: ScheduledMessage) -> dict[str, Any]:
        """As it was written."""
        return dict(row.body)

    @extend_schema_field(AuthorSerializer())
    def get_author_shown(self, row: ScheduledMessage) -> dict[str, Any]:
        """By name."""
        facts: Facts = self.context["facts"]
        return asdict(facts.author(row.author))
