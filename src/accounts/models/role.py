"""A role: a named set of scopes."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

#: The role that only its holders may give or take.
OWNER = "owner"


class Role(models.Model):
    """Data, shipped by a migration: owner, admin, manager, agent, analyst."""

    slug = models.SlugField(primary_key=True, max_length=40)
    label = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    position = models.SmallIntegerField(default=0, help_text="Order in lists.")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.label
