"""The queue's tables: lanes (what is done in order, by one worker at a time), items (what is to be done), schedules."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Pool(models.IntegerChoices):
    """Which loop of a worker takes a lane: quick work in the database, or calls to the outside."""

    INTERNAL = 0, "Internal"
    EXTERNAL = 1, "External"


class ItemState(models.IntegerChoices):
    """Done items are deleted: what proves that work was done is the work."""

    PENDING = 0, "Pending"
    DEAD = 1, "Dead"


class Lane(models.Model):
    """One ordered line of work. ``wake_at`` is null when nothing waits; ``token`` fences off a worker that lost its lease."""

    pk = models.CompositePrimaryKey("tenant_id", "key")
    tenant_id = models.UUIDField()
    key = models.CharField(max_length=200)
    pool = models.SmallIntegerField(choices=Pool.choices)
    wake_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["pool", "tenant_id", "wake_at"],
                condition=models.Q(wake_at__isnull=False),
                name="lane_ready",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Item(models.Model):
    """One piece of work: ``kind`` finds the handler, ``ref`` names the row that it is about."""

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.UUIDField()
    lane_key = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    dedupe_key = models.CharField(
        max_length=200, help_text="Two items with one key cannot wait at the same time."
    )
    state = models.SmallIntegerField(choices=ItemState.choices, db_default=ItemState.PENDING)
    attempts = models.IntegerField(db_default=0)
    run_at = models.DateTimeField(db_default=Now())
    error = models.TextField(db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant_id", "dedupe_key"], name="item_once")]
        indexes = [
            models.Index(
                fields=["tenant_id", "lane_key", "id"], condition=models.Q(state=0), name="item_pending"
            ),
            models.Index(fields=["kind", "id"], condition=models.Q(state=1), name="item_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}"


class Schedule(models.Model):
    """A repeated item: any worker fires it when due, exactly one does. ``tenant_id`` null runs it once for the platform."""

    name = models.CharField(primary_key=True, max_length=120)
    cron = models.CharField(max_length=120, help_text="Five fields, in UTC.")
    kind = models.CharField(max_length=60)
    ref = models.CharField(max_length=200, blank=True)
    tenant_id = models.UUIDField(null=True, blank=True)
    next_run_at = models.DateTimeField(db_index=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    missed = models.IntegerField(
        default=0, help_text="Ticks that passed while nothing ran; they are caught up by one run."
    )

    def __str__(self) -> str:
        return self.name
