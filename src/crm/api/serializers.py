"""The JSON of contacts, tags, fields and notes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.models import Contact, CustomField, FieldType, Identity, Note, Tag
from crm.timeline import TimelineKind, kind_of, title_of
from events.models import Event

_VALUE = {"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}], "nullable": True}


@extend_schema_field({"type": "object", "additionalProperties": _VALUE})
class CustomValuesField(serializers.DictField):
    """Values of custom fields, by slug."""


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A tag. Its name is unique whatever the letters' case."""

    name = serializers.CharField(max_length=80)
    color = serializers.RegexField(
        r"^#[0-9a-fA-F]{6}$", required=False, error_messages={"invalid": "Write a colour as #64748b."}
    )

    class Meta:
        model = Tag
        fields = ["id", "name", "color", "created_at"]
        read_only_fields = ["id", "created_at"]


class CustomFieldSerializer(serializers.ModelSerializer[CustomField]):
    """A field that the tenant added to its contacts. ``slug`` and ``type`` are set once."""

    slug = serializers.CharField(max_length=60, help_text="Lower-case letters, digits and underscores.")
    type = serializers.ChoiceField(choices=FieldType.choices, default=FieldType.TEXT)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="The values of a field of type choice.",
    )

    class Meta:
        model = CustomField
        fields = ["id", "slug", "label", "type", "choices"]
        read_only_fields = ["id"]


class CustomFieldChangeSerializer(CustomFieldSerializer):
    """What of a field may be changed later."""

    class Meta(CustomFieldSerializer.Meta):
        read_only_fields = ["id", "slug", "type"]

    slug = serializers.CharField(read_only=True)
    type = serializers.ChoiceField(choices=FieldType.choices, read_only=True)


class IdentitySerializer(serializers.ModelSerializer[Identity]):
    """An address of the contact on a channel."""

    class Meta:
        model = Identity
        fields = ["id", "channel_id", "provider", "provider_user_id", "phone", "username", "created_at"]
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer[Contact]):
    """A contact, as lists show it. ``revision`` counts the changes of its fields; send it back as ``If-Match``."""

    custom = CustomValuesField(read_only=True)
    tags = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = [
            "id", "external_id", "name", "phone", "email", "language", "timezone", "custom", "tags", "opted_out_at",
            "revision", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_tags(self, contact: Contact) -> list[str]:
        """The names of its tags, in the order in which they were put on."""
        return [worn.tag.name for worn in contact.contact_tags.all()]


class ContactDetailSerializer(ContactSerializer):
    """A contact with its addresses, and the keys of the segments that it is in."""

    identities = IdentitySerializer(many=True, read_only=True)
    segments = serializers.SerializerMethodField()

    class Meta(ContactSerializer.Meta):
        fields = [*ContactSerializer.Meta.fields, "identities", "segments"]
        read_only_fields = fields

    def get_segments(self, contact: Contact) -> list[str]:
        """In the order in which it came into them."""
        return [inside.segment.key for inside in contact.contact_segments.all()]


class ContactInputSerializer(serializers.Serializer[Any]):
    """What may be said of a contact. An empty text clears a field; in ``custom`` a ``null`` removes a value.

    Lengths and forms are checked by the services, so that every door says the same.
    """

    external_id = serializers.CharField(
        required=False, allow_blank=True, help_text="Its id in your own system."
    )
    name = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="In any usual spelling; numbers without a country code are local.",
    )
    email = serializers.CharField(required=False, allow_blank=True)
    language = serializers.CharField(required=False, allow_blank=True)
    timezone = serializers.CharField(required=False, allow_blank=True, help_text="As Africa/Algiers.")
    custom = CustomValuesField(required=False, help_text="Custom fields by slug.")


class NewContactSerializer(ContactInputSerializer):
    """A contact to make."""

    tags = serializers.ListField(child=serializers.CharField(max_length=80), required=False, max_length=50)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Somebody of whom nothing is said cannot be told from nobody."""
        if not any(attrs.get(name) for name in ("external_id", "name", "phone", "email")):
            raise serializers.ValidationError("Give at least one of external_id, name, phone and email.")
        return attrs


class TagNameSerializer(serializers.Serializer[Any]):
    """A tag by its name."""

    tag = serializers.CharField(max_length=80)


class WornTagsSerializer(serializers.Serializer[Any]):
    """The contact's tags afterwards; ``changed`` is false when there was nothing to do."""

    changed = serializers.BooleanField()
    tags = serializers.ListField(child=serializers.CharField())


class OptSerializer(serializers.Serializer[Any]):
    """Why, in the words of whoever enters it."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class NoteSerializer(serializers.ModelSerializer[Note]):
    """A note about a contact, for the team."""

    text = serializers.CharField(max_length=10_000)

    class Meta:
        model = Note
        fields = ["id", "text", "author", "created_at"]
        read_only_fields = ["id", "author", "created_at"]


class TimelineTitleSerializer(serializers.Serializer[Any]):
    """``key`` is to be translated with ``params``; ``label`` is for what is not: the type's name in English."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    params = serializers.DictField(child=serializers.CharField())


class TimelineEventSerializer(serializers.ModelSerializer[Event]):
    """Something that happened to or with the contact."""

    kind = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = Event
        fields = [
            "id", "type", "kind", "title", "occurred_at", "recorded_at", "conversation_id", "actor", "data",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=[kind.value for kind in TimelineKind]))
    def get_kind(self, event: Event) -> str:
        """What sort of thing it is."""
        return kind_of(event.type).value

    @extend_schema_field(TimelineTitleSerializer)
    def get_title(self, event: Event) -> Any:
        """How it is headed."""
        return TimelineTitleSerializer(title_of(event)).data


class TimelineSerializer(serializers.Serializer[Any]):
    """A piece of the timeline, newest first."""

    results = TimelineEventSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Where older events are; null at the beginning.")
