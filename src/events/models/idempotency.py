"""What a request with an idempotency key was answered, so that sending it again does nothing again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class IdempotencyRecord(models.Model):
    """Written in the transaction of the request's effects: either both are there or neither is. Kept for seven days."""

    id = models.BigAutoField(primary_key=True)
    path = models.CharField(max_length=400, help_text="The path that was posted to, ids included.")
    key = models.CharField(max_length=200, help_text="Idempotency-Key or X-Request-Id.")
    body_hash = models.BinaryField(max_length=32, help_text="SHA-256 of the body.")
    status = models.SmallIntegerField()
    response = models.TextField(help_text="The answer's JSON.")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
