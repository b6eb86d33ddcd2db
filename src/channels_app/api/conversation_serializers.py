"""The JSON of conversations: rows of the list, the detail, and what is done with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from channels_app.api.serializers import ChannelNameSerializer
from channels_app.models import Control, Conversation, ConversationStatus, Direction, Label
from channels_app.models.message import DELIVERY_STATES, MESSAGE_TYPES
from channels_app.providers.registry import PROVIDERS
from channels_app.services.gate import window_closes_at
from channels_app.services.reading import MOST_UNREAD, unread_counts
from channels_app.thread import user_names
from crm.models import Contact

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What rows show besides themselves: unread counts and the names of assignees."""

    unread: dict[uuid.UUID, int]
    names: dict[uuid.UUID, str]


def row_facts(rows: Sequence[Conversation], reader_id: uuid.UUID) -> RowFacts:
    """For these rows, with two queries."""
    assignees = {row.assignee_id for row in rows if row.assignee_id is not None}
    return RowFacts(
        unread_counts(reader_id, [row.id for row in rows]), user_names(assignees) if assignees else {}
    )


class ContactNameSerializer(serializers.ModelSerializer[Contact]):
    """A contact, as much as a conversation shows of it."""

    class Meta:
        model = Contact
        fields = ["id", "external_id", "name", "phone"]
        read_only_fields = fields


class ContactSummarySerializer(ContactNameSerializer):
    """A contact, for the panel beside a conversation."""

    class Meta(ContactNameSerializer.Meta):
        fields = [
            *ContactNameSerializer.Meta.fields, "email", "language", "timezone", "opted_out_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class LabelSerializer(serializers.ModelSerializer[Label]):
    """A label. Its name is unique whatever the letters' case."""

    name = serializers.CharField(max_length=60)
    color = serializers.RegexField(
        r"^#[0-9a-fA-F]{6}$", required=False, error_messages={"invalid": "Write a colour as #64748b."}
    )

    class Meta:
        model = Label
        fields = ["id", "name", "color"]
        read_only_fields = ["id"]


class AssigneeSerializer(serializers.Serializer[Any]):
    """A member."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class LastMessageSerializer(serializers.Serializer[Any]):
    """The newest message of a conversation, for lists: notes are left out, long texts cut."""

    id = serializers.UUIDField()
    seq = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    type = serializers.ChoiceField(choices=MESSAGE_TYPES)
    text = serializers.CharField()
    author = serializers.CharField()
    state = serializers.ChoiceField(choices=DELIVERY_STATES, allow_blank=True)
    sent_at = serializers.DateTimeField()


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    """A conversation. A browser that has messages up to ``last_seq`` has them all. ``window_closes_at``: until then
    anything may be written, afterwards templates only; null: no limit, or the customer never wrote."""

    channel = ChannelNameSerializer(read_only=True)
    contact = ContactNameSerializer(read_only=True)
    last_message = serializers.SerializerMethodField()
    labels = serializers.SerializerMethodField()
    assignee = serializers.SerializerMethodField()
    unread_count = serializers.SerializerMethodField(
        help_text=f"The customer's messages that I have not read; {MOST_UNREAD} means as many or more."
    )
    window_closes_at = serializers.SerializerMethodField()

    class Meta:
        model = Conversation
        fields = [
            "id", "channel", "contact", "recipient", "status", "snoozed_until", "control", "controlled_by",
            "controlled_at", "assignee_id", "assignee", "labels", "unread_count", "revision", "last_seq", "last_in_seq",
            "last_message", "last_message_at", "last_inbound_at", "window_closes_at", "created_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    @property
    def _facts(self) -> RowFacts:
        facts: RowFacts = self.context["facts"]
        return facts

    @extend_schema_field(LastMessageSerializer(allow_null=True))
    def get_last_message(self, conversation: Conversation) -> dict[str, Any] | None:
        """Brought along by the view's query."""
        return getattr(conversation, "last_message", None)

    @extend_schema_field(LabelSerializer(many=True))
    def get_labels(self, conversation: Conversation) -> list[dict[str, Any]]:
        """In the order in which they were put on."""
        return [dict(LabelSerializer(worn.label).data) for worn in conversation.worn_labels.all()]

    @extend_schema_field(AssigneeSerializer(allow_null=True))
    def get_assignee(self, conversation: Conversation) -> dict[str, Any] | None:
        """Whose it is."""
        if conversation.assignee_id is None:
            return None
        name = self._facts.names.get(conversation.assignee_id, "")
        return {"id": str(conversation.assignee_id), "name": name}

    def get_unread_count(self, conversation: Conversation) -> int:
        """Mine."""
        return self._facts.unread.get(conversation.id, 0)

    def get_window_closes_at(self, conversation: Conversation) -> datetime | None:
        """For the clock."""
        return window_closes_at(conversation, PROVIDERS.find(conversation.channel.provider))


class OtherConversationSerializer(serializers.ModelSerializer[Conversation]):
    """Another conversation of the same contact."""

    channel = ChannelNameSerializer(read_only=True)

    class Meta:
        model = Conversation
        fields = ["id", "channel", "status", "last_seq", "last_message_at", "created_at", "closed_at"]
        read_only_fields = fields


class CapabilitiesSerializer(serializers.Serializer[Any]):
    """What the channel's provider can carry. ``file_limits``: bytes by MIME type, or by kind; null: not at all."""

    reactions = serializers.BooleanField()
    templates = serializers.BooleanField()
    statuses = serializers.BooleanField()
    file_limits = serializers.DictField(child=serializers.IntegerField(allow_null=True))


class ConversationDetailSerializer(ConversationSerializer):
    """A conversation with what stands beside it."""

    contact = ContactSummarySerializer(read_only=True)
    other_conversations = serializers.SerializerMethodField(help_text="Of the same contact, the latest ten.")
    can = serializers.SerializerMethodField()

    class Meta(ConversationSerializer.Meta):
        fields = [*ConversationSerializer.Meta.fields, "other_conversations", "can"]
        read_only_fields = fields

    @extend_schema_field(OtherConversationSerializer(many=True))
    def get_other_conversations(self, conversation: Conversation) -> list[dict[str, Any]]:
        """The latest first."""
        rows = Conversation.objects.filter(contact=conversation.contact_id).exclude(id=conversation.id)
        return list(
            OtherConversationSerializer(rows.select_related("channel").order_by("-id")[:10], many=True).data
        )

    @extend_schema_field(CapabilitiesSerializer())
    def get_can(self, conversation: Conversation) -> dict[str, Any]:
        """For the composer."""
        provider = PROVIDERS.get(conversation.channel.provider)
        return {
            "reactions": provider.takes_reactions,
            "templates": provider.window_hours is not None,
            "statuses": provider.reports_statuses,
            "file_limits": dict(provider.file_limits),
        }


@extend_schema_serializer(many=False)
class ConversationPageSerializer(serializers.Serializer[Any]):
    """A page of the list, the latest first. ``next`` is the ``cursor`` of the next page, null on the last."""

    results = ConversationSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class ChangesSerializer(serializers.Serializer[Any]):
    """What has changed since: ``results`` pass the filters, ``gone`` do not (any more). Ask next with
    ``since=<revision>``. Something may be told twice, never not at all. ``reload``: too much; read the list anew."""

    results = ConversationSerializer(many=True)
    gone = serializers.ListField(child=serializers.UUIDField())
    revision = serializers.IntegerField()
    reload = serializers.BooleanField()


class CountSerializer(serializers.Serializer[Any]):
    """How many a list has; with ``more`` as many or more."""

    count = serializers.IntegerField()
    more = serializers.BooleanField()


class ViewCountSerializer(CountSerializer):
    """The same, of a saved view."""

    view_id = serializers.UUIDField()


class CountsSerializer(serializers.Serializer[Any]):
    """``mine``, ``unassigned`` and ``all`` are open or pending; ``unread`` those of them that I have not read."""

    mine = CountSerializer()
    unassigned = CountSerializer()
    all = CountSerializer()
    unread = CountSerializer()
    snoozed = CountSerializer()
    views = ViewCountSerializer(many=True)


class ConversationChangeSerializer(serializers.Serializer[Any]):
    """What to change of a conversation. A closed one stays closed."""

    status = serializers.ChoiceField(choices=ConversationStatus.choices, required=False)
    control = serializers.ChoiceField(choices=Control.choices, required=False, help_text="Who answers.")
    assignee_id = serializers.UUIDField(
        required=False, allow_null=True, help_text="The id of a member's user."
    )


class ReadSerializer(serializers.Serializer[Any]):
    """Up to which message."""

    seq = serializers.IntegerField(min_value=0)


class ReadMarkSerializer(serializers.Serializer[Any]):
    """How far I have read it now."""

    seq = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class SnoozeSerializer(serializers.Serializer[Any]):
    """Until when."""

    until = serializers.DateTimeField()


class HandBackSerializer(serializers.Serializer[Any]):
    """To whom."""

    to = serializers.ChoiceField(
        choices=[Control.BOT.value, Control.WORKFLOW.value], default=Control.BOT.value
    )


class NewNoteSerializer(serializers.Serializer[Any]):
    """A private note; ``mentions`` are ids of members' users, who are notified."""

    text = serializers.CharField(max_length=10_000)
    mentions = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=50
    )


class LabelsChangeSerializer(serializers.Serializer[Any]):
    """Labels to put on and to take off, by their ids."""

    add = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=50)
    remove = serializers.ListField(child=serializers.UUIDField(), required=False, default=list, max_length=50)


class BulkSerializer(serializers.Serializer[Any]):
    """What to do with up to 500 conversations."""

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=MOST_AT_ONCE)
    status = serializers.ChoiceField(choices=ConversationStatus.choices, required=False)
    assignee_id = serializers.UUIDField(required=False, allow_null=True)
    labels = LabelsChangeSerializer(required=False)
    read = serializers.BooleanField(required=False, help_text="Mark as read, or as unread.")


class BulkResultSerializer(serializers.Serializer[Any]):
    """What became of one; ``error`` is empty when all went well."""

    id = serializers.UUIDField()
    ok = serializers.BooleanField()
    error = serializers.CharField()


class BulkResultsSerializer(serializers.Serializer[Any]):
    """In the order asked for."""

    results = BulkResultSerializer(many=True)
