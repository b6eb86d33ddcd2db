"""What a provider said of a channel when it was last asked."""

from __future__ import annotations

from django.db import models

from channels_app.models.channel import Channel


class ChannelCheck(models.Model):
    """One row a channel that was tested or connected. ``findings`` are ``{"code", "level", "detail"}`` (see
    ``providers.setup``), ``account`` is the account as the provider names it: ``{"name", "handle", "quality"}``."""

    channel = models.OneToOneField(
        Channel, primary_key=True, on_delete=models.CASCADE, related_name="last_check"
    )
    checked_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True)
    ok = models.BooleanField()
    findings = models.JSONField(default=list)
    account = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.channel_id} at {self.checked_at:%Y-%m-%d %H:%M}"
