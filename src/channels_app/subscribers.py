"""The inbox's reaction to its own events: timers are set for what a workflow waits for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from channels_app.events import CONVERSATION_ASSIGNED
from channels_app.providers.registry import PROVIDERS
from channels_app.services.inbox_time.timers import Sign, expect, wanted_types
from events.models import Event
from events.subscribing import subscribe


def _wanted(event_type: str) -> bool:
    return event_type in wanted_types()


@subscribe("channels.inbox_time", wants=_wanted)
def set_timers(events: Sequence[Event]) -> None:
    """For conversations in which something began to wait."""
    expect(
        [_sign(event, event.conversation_id) for event in events if event.conversation_id and _begins(event)]
    )


def _begins(event: Event) -> bool:
    """What was given to somebody waits no more."""
    return event.type != CONVERSATION_ASSIGNED.code or not event.data.get("assignee_id")


def _sign(event: Event, conversation_id: uuid.UUID) -> Sign:
    data: dict[str, Any] = event.data
    provider = PROVIDERS.find(str(data.get("provider", "")))
    hours = provider.window_hours if provider is not None else None
    return Sign(
        event.type,
        conversation_id,
        event.occurred_at,
        channel_id=_uuid(data.get("channel_id")),
        window=timedelta(hours=hours) if hours is not None else None,
    )


def _uuid(value: Any) -> uuid.UUID | None:
    """Events of these types may also be published by programs, with whatever data."""
    try:
        return uuid.UUID(value) if value else None
    except (TypeError, ValueError, AttributeError):
        return None
