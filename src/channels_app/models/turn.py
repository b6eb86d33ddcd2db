"""Whose turn it is: the member to whom a conversation was dealt last."""

from __future__ import annotations

from django.db import models


class Turn(models.Model):
    """One row a role, and one with an empty ``role`` for all members. Its lock makes dealers wait for one another."""

    role = models.CharField(primary_key=True, max_length=40)
    last_user_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.role or 'all'}: {self.last_user_id}"
