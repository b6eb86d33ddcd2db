"""The route from a provider's account to a tenant's channel."""

from __future__ import annotations

from django.db import models


class ChannelRoute(models.Model):
    """``key`` is the last part of the channel's own webhook address. ``secrets`` are its own signing secrets and
    verify token, sealed with the tenant's data key. A channel with none is reached at the provider's shared address,
    where the installation's own app signs."""

    channel_id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")
    provider = models.CharField(max_length=30)
    account_id = models.CharField(max_length=120)
    key = models.CharField(max_length=40, unique=True)
    secrets = models.BinaryField(default=bytes)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "account_id"], name="account_routed_once"),
        ]

    @property
    def place(self) -> str:
        """Where ``secrets`` are sealed; see ``tenants.secrets``."""
        return f"routing_channelroute|secrets|{self.channel_id}"

    def __str__(self) -> str:
        return f"{self.provider}:{self.account_id}"
