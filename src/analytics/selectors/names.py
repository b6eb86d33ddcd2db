"""The names of channels and members, for what was found by their ids."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from accounts.models import User
from channels_app.models import Channel


def channel_names(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each channel's name and provider."""
    rows = Channel.objects.filter(id__in=ids).values_list("id", "name", "provider")
    return {str(channel): (name, provider) for channel, name, provider in rows}


def member_names(ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Each member's name, or e-mail where there is none."""
    rows = User.objects.filter(id__in=[uuid.UUID(one) for one in ids]).values_list("id", "name", "email")
    return {str(user): (name or email, "") for user, name, email in rows}
