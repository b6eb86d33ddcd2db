"""The CRM's reaction to events: segments are asked anew about the contacts that they are about."""

from __future__ import annotations

from collections.abc import Sequence

from crm.selectors import watched_types
from crm.services.segment_evaluation import react
from events.models import Event
from events.subscribing import subscribe


def _wanted(event_type: str) -> bool:
    return event_type in watched_types()


@subscribe("crm.segments", wants=_wanted)
def move_contacts(events: Sequence[Event]) -> None:
    """Into segments and out of them."""
    react(events)
