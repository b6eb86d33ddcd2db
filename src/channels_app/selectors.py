"""Reads: conversations as templates, predicates and visitors see them, opening hours, and where channels are reached."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from channels_app.models import BusinessHoursSetting, Channel, Conversation
from channels_app.routing.models import ChannelRoute
from core.calendar import BusinessHours, CalendarError
from tenants.scope import require_tenant
from tenants.secrets import unseal
from tenants.selectors import TimedCache

_hours: TimedCache[BusinessHours | None] = TimedCache(ttl_s=5.0)


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


def business_hours() -> BusinessHours | None:
    """The opening hours as they are set now; ``None``: always open."""
    stored = BusinessHoursSetting.objects.filter(id=1).values_list("hours", flat=True).first()
    return BusinessHours.model_validate(stored) if stored else None


def known_business_hours() -> BusinessHours | None:
    """The same, as this process has known them for at most five seconds."""
    return _hours.get(require_tenant().id, business_hours)


def forget_business_hours() -> None:
    """Ask the database again next time: they changed."""
    _hours.clear()


def opening(hours: BusinessHours | None, at: datetime) -> dict[str, Any]:
    """Whether it is open at that moment (``open_now``), and when it is next (``next_open``: that moment itself when it is
    open, ``None`` when it never opens again)."""
    if hours is None:
        return {"open_now": True, "next_open": at.isoformat()}
    try:
        next_open = hours.next_open(at)
    except CalendarError:
        return {"open_now": False, "next_open": None}
    return {"open_now": hours.is_open(at), "next_open": next_open.isoformat()}


def business_views(moments: Collection[str]) -> dict[str, dict[str, Any]]:
    """``business.…`` at each of these moments."""
    hours = known_business_hours()
    return {moment: opening(hours, datetime.fromisoformat(moment)) for moment in moments}


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
