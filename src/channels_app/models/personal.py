"""What members keep for themselves or share: read marks, saved views, canned replies."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower, Now

from channels_app.models.conversation import Conversation
from channels_app.models.revision import RevisionField
from core.ids import uuid7


class ReadMark(models.Model):
    """How far a member (or a key) has read a conversation: everything up to ``seq``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reader_id = models.UUIDField()
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="read_marks")
    seq = models.IntegerField()
    revision = RevisionField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader_id", "conversation"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.reader_id} read {self.conversation_id} to {self.seq}"


class SavedView(models.Model):
    """A list of the inbox kept under a name. Without an owner it is everybody's. ``filters`` are those of
    ``channels_app.listing.ConversationFilters``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    filters = models.JSONField(default=dict)
    owner_id = models.UUIDField(null=True, blank=True, db_index=True)
    position = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["position", "name", "id"]

    def __str__(self) -> str:
        return self.name


class CannedReply(models.Model):
    """A text kept for answering, found by ``/shortcut``. ``content`` is Liquid. Without an owner it is everybody's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    shortcut = models.CharField(max_length=40)
    title = models.CharField(max_length=120, blank=True)
    content = models.TextField()
    search = models.TextField(blank=True, editable=False)
    owner_id = models.UUIDField(null=True, blank=True, db_index=True)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["shortcut", "id"]
        verbose_name_plural = "canned replies"
        constraints = [
            models.UniqueConstraint(
                Lower("shortcut"), "owner_id", name="canned_reply_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"
