"""Triggers, conditions and actions as named rows, to be used by several workflows. Publishing copies them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7


class Block(models.Model):
    """What the three have in common."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Trigger(Block):
    """What starts a workflow: an event type and a predicate (empty: every event of the type)."""

    event_type = models.CharField(max_length=60)
    predicate = models.JSONField(default=dict, blank=True)


class Condition(Block):
    """A predicate with a name."""

    predicate = models.JSONField()


class Action(Block):
    """An action with its config: ``type`` is the slug of a registered action."""

    type = models.CharField(max_length=60)
    config = models.JSONField(default=dict, blank=True)
    retry = models.JSONField(default=dict, blank=True, help_text="Overrides the action's retry policy.")
