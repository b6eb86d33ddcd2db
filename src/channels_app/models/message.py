"""A message, in or out."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models.functions import Now

from channels_app.models.channel import Channel
from channels_app.models.conversation import Conversation
from channels_app.models.revision import RevisionField
from channels_app.providers.base import DeliveryState, MessageType
from core.ids import uuid7

MESSAGE_TYPES = [(t.value, t.name.title()) for t in MessageType]
DELIVERY_STATES = [(s.value, s.name.title()) for s in DeliveryState]


class Direction(models.TextChoices):
    """Seen from the business. A note is written by a member for the team: it never leaves the house."""

    IN = "in", "In"
    OUT = "out", "Out"
    NOTE = "note", "Private note"


class Message(models.Model):
    """``text`` is kept as written; ``search`` is its folded form. ``data`` holds the type's own JSON. ``state`` is the
    delivery state of an outgoing message (empty for incoming) and never moves backwards."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    seq = models.IntegerField()
    direction = models.CharField(max_length=8, choices=Direction.choices)
    type = models.CharField(max_length=12, choices=MESSAGE_TYPES)
    text = models.TextField(blank=True)
    search = models.TextField(blank=True, editable=False)
    data = models.JSONField(default=dict, blank=True)
    reply_to = models.CharField(
        max_length=200, blank=True, help_text="The provider's id of the message answered."
    )
    author = models.CharField(
        max_length=80, help_text="contact, member:<id>, key:<id>, workflow:<id>, agent:<id>"
    )
    provider_message_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001  (null until sent)
    state = models.CharField(max_length=10, choices=DELIVERY_STATES, blank=True)
    error = models.TextField(blank=True)
    sent_at = models.DateTimeField(
        help_text="By the provider's clock; for outgoing ones, when it was written."
    )
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    revision = RevisionField()

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["channel", "provider_message_id"], name="message_provider_id_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(direction="note") | models.Q(provider_message_id=None, state=""),
                name="message_note_stays_here",
            ),
        ]
        indexes = [
            models.Index(fields=["revision"], name="message_revision"),
            GinIndex(SearchVector("search", config="simple"), name="message_words"),
            # How long customers wait for a person is read from it alone: small, and seldom written.
            models.Index(
                fields=["conversation", "seq"],
                include=["direction", "author", "sent_at"],
                condition=models.Q(seq=1) | models.Q(direction="out", author__startswith="member:"),
                name="message_answers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.type} {self.id}"
