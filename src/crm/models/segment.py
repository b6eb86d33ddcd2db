"""Segments: groups of contacts, by a predicate or kept by hand, and who is in them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from crm.models.contact import Contact


class SegmentKind(models.TextChoices):
    """What decides who is inside."""

    DYNAMIC = "dynamic", "By a predicate"
    STATIC = "static", "A list kept by hand"


class SegmentState(models.TextChoices):
    """While a segment is computed, who is inside is what was known before, contact by contact made anew."""

    READY = "ready", "Ready"
    COMPUTING = "computing", "Computing"


class Segment(models.Model):
    """``key`` names it in predicates (``user.segments contains vip``) and never changes.

    ``watches`` are the event types that its predicate counts; a ``timed`` one changes its mind as time passes. ``run``
    numbers the computations: a batch of an older one stops. ``silent``: nothing is told of what this computation finds.
    ``errors`` counts the contacts that could not be decided on since the last computation began; they stay where they
    were.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    key = models.CharField(
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9_]*$", "Use lower-case letters, digits and underscores.")],
    )
    description = models.TextField(max_length=2_000, blank=True)
    kind = models.CharField(max_length=10, choices=SegmentKind.choices, default=SegmentKind.DYNAMIC)
    predicate = models.JSONField(default=dict, blank=True)
    watches = models.JSONField(default=list, editable=False)
    timed = models.BooleanField(default=False, editable=False)
    state = models.CharField(
        max_length=10, choices=SegmentState.choices, default=SegmentState.READY, editable=False
    )
    run = models.IntegerField(default=0, editable=False)
    silent = models.BooleanField(default=False, editable=False)
    scanned = models.IntegerField(default=0, editable=False)
    to_scan = models.IntegerField(default=0, editable=False)
    errors = models.IntegerField(default=0, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    computed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ContactSegment(models.Model):
    """One contact inside one segment."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="contact_segments")
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, related_name="contact_segments", db_index=False
    )
    entered_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "contact"], name="contact_segment_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.segment_id}"
