"""A membership: a user's role in a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from accounts.models.role import Role
from accounts.models.user import User
from core.ids import uuid7
from tenants.models import Tenant


class Membership(models.Model):
    """Lets the user into the tenant, and into the tenants whose parent it is, with the role's scopes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="memberships")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_seen_at = models.DateTimeField(null=True, editable=False, help_text="To a few minutes.")

    class Meta:
        verbose_name = "member"
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["user", "tenant"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role_id})"

    @property
    def scopes(self) -> frozenset[str]:
        """The role's scopes."""
        return frozenset(self.role.scopes)
