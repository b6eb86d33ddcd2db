"""Reads: conversations as templates, predicates and visitors see them, and where channels are reached."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from channels_app.models import Channel, Conversation
from channels_app.routing.models import ChannelRoute
from tenants.secrets import unseal


def conversation_views(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """``conversation.…`` for many conversations, with one query."""
    rows = Conversation.objects.filter(id__in=ids).select_related("channel")
    return {
        row.id: {
            "id": str(row.id),
            "status": row.status,
            "control": row.control,
            "channel": row.channel.name,
            "provider": row.channel.provider,
            "assigned": row.assignee_id is not None,
            "assignee_id": str(row.assignee_id) if row.assignee_id else None,
            "last_inbound_at": row.last_inbound_at.isoformat() if row.last_inbound_at else None,
        }
        for row in rows
    }


def webhook_paths(channel_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Where each channel's webhooks are to be sent: the provider's shared address, where the installation's own app
    signs, or for a channel with secrets of its own its own address."""
    paths: dict[uuid.UUID, str] = {}
    for route in ChannelRoute.objects.filter(channel_id__in=channel_ids):
        own = unseal(bytes(route.secrets), place=route.place)["signing"]
        paths[route.channel_id] = f"/webhooks/{route.provider}/" + (f"{route.key}/" if own else "")
    return paths


def web_chat(site_key: str) -> Channel | None:
    """The web chat of that site key, if it is switched on."""
    return Channel.objects.filter(provider="webchat", account_id=site_key, is_active=True).first()


def visitor_conversation(channel_id: uuid.UUID, visitor_id: str) -> Conversation | None:
    """The latest conversation of a web chat's visitor, and of nobody else."""
    return (
        Conversation.objects.filter(
            channel_id=channel_id,
            recipient=visitor_id,
            contact__identities__channel_id=channel_id,
            contact__identities__provider_user_id=visitor_id,
        )
        .order_by("-id")
        .first()
    )
