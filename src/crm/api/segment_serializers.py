"""The JSON of segments."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.serializers import ContactSerializer
from crm.models import ContactSegment, Segment, SegmentKind
from crm.services.segment_preview import Preview
from workflow.api.fields import JSONObjectField


class SegmentSerializer(serializers.ModelSerializer[Segment]):
    """A segment. While it is ``computing``, ``progress`` runs from 0 to 1. ``errors`` counts the contacts that it could not
    decide on, who stay where they were; ``last_error`` says why."""

    predicate = serializers.DictField(read_only=True)
    size = serializers.IntegerField(read_only=True, help_text="How many contacts are inside.")
    progress = serializers.SerializerMethodField()

    class Meta:
        model = Segment
        fields = [
            "id", "name", "key", "description", "kind", "predicate", "size", "state", "progress", "errors",
            "last_error", "timed", "computed_at", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {"timed": {"help_text": "Computed every 15 minutes, as its answer changes with time."}}

    def get_progress(self, segment: Segment) -> float:
        """The share of contacts that were looked at."""
        if segment.state == "ready":
            return 1.0
        return round(min(1.0, segment.scanned / segment.to_scan), 3) if segment.to_scan else 0.0


class SegmentChangeSerializer(serializers.Serializer[Any]):
    """What of a segment may be changed later."""

    name = serializers.CharField(required=False, max_length=120)
    description = serializers.CharField(required=False, allow_blank=True, max_length=2_000)
    predicate = JSONObjectField(required=False, help_text="Over user.… alone; empty for a list kept by hand.")
    announce = serializers.BooleanField(
        required=False, help_text="Publish events also for what the first computation finds."
    )


class NewSegmentSerializer(SegmentChangeSerializer):
    """A segment to make. ``key`` names it in predicates: ``user.segments contains <key>``."""

    name = serializers.CharField(max_length=120)
    key = serializers.CharField(
        required=False, max_length=60, help_text="Lower-case letters, digits and underscores; set once."
    )
    kind = serializers.ChoiceField(choices=SegmentKind.choices, required=False)


class PredicateSerializer(serializers.Serializer[Any]):
    """A predicate to try."""

    predicate = JSONObjectField()


class PreviewSerializer(serializers.Serializer[Preview]):
    """``matched`` of ``scanned`` contacts; ``complete`` when those are all that there are, else they are the newest."""

    matched = serializers.IntegerField()
    scanned = serializers.IntegerField()
    complete = serializers.BooleanField()
    errors = serializers.IntegerField(  # type: ignore[assignment]
        help_text="Contacts on whom the predicate could not decide."
    )
    last_error = serializers.CharField()
    sample = serializers.SerializerMethodField()

    @extend_schema_field(ContactSerializer(many=True))
    def get_sample(self, found: Preview) -> Any:
        """The contacts themselves are brought by the view."""
        return ContactSerializer(self.context["sample"], many=True).data


class InsideSerializer(serializers.ModelSerializer[ContactSegment]):
    """A contact inside."""

    contact = ContactSerializer(read_only=True)

    class Meta:
        model = ContactSegment
        fields = ["contact", "entered_at"]
        read_only_fields = fields


class ContactIdsSerializer(serializers.Serializer[Any]):
    """Contacts by their ids."""

    contact_ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=1_000)


class MovedSerializer(serializers.Serializer[Any]):
    """How many contacts really came in or went out."""

    changed = serializers.IntegerField()
