"""The timeline's entries: what sort of thing an event is, and its title for translation."""

from __future__ import annotations

import operator
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce
from typing import Any

from django.db.models import Q

from events.models import Event
from events.types import EVENT_TYPES


class TimelineKind(StrEnum):
    """What a reader may want to see alone."""

    CONTACT = "contact"
    CONSENT = "consent"
    TAG = "tag"
    SEGMENT = "segment"
    NOTE = "note"
    MESSAGE = "message"
    CONVERSATION = "conversation"
    WORKFLOW = "workflow"
    OTHER = "other"


#: By how the type's code begins: whoever declares an event type names it after its noun. The first that fits decides.
_PREFIXES: dict[str, TimelineKind] = {
    "USER_OPTED_": TimelineKind.CONSENT,
    "USER_": TimelineKind.CONTACT,
    "CONTACT_": TimelineKind.CONTACT,
    "TAG_": TimelineKind.TAG,
    "SEGMENT_": TimelineKind.SEGMENT,
    "NOTE_": TimelineKind.NOTE,
    "MESSAGE_": TimelineKind.MESSAGE,
    "CONVERSATION_": TimelineKind.CONVERSATION,
    "WORKFLOW_": TimelineKind.WORKFLOW,
    "ACTION_": TimelineKind.WORKFLOW,
    "APPROVAL_": TimelineKind.WORKFLOW,
    "SCHEDULE_": TimelineKind.WORKFLOW,
    "WEBHOOK_": TimelineKind.WORKFLOW,
}
_MOST_PARAMS = 20
_MOST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Title:
    """``key`` is translated with ``params``: the plain values of the event's data; of changes, the fields' names.
    ``label`` is what the type is called in English, for types that nobody has translated."""

    key: str
    label: str
    params: dict[str, str] = field(default_factory=dict)


def kind_of(event_type: str) -> TimelineKind:
    """What sort of thing it is."""
    return next(
        (kind for prefix, kind in _PREFIXES.items() if event_type.startswith(prefix)), TimelineKind.OTHER
    )


def title_of(event: Event) -> Title:
    """How the entry is headed."""
    declared = EVENT_TYPES.find(event.type)
    label = declared.label if declared is not None else event.type.replace("_", " ").capitalize()
    return Title(f"timeline.{event.type}", label, _params(event.data))


def _params(data: dict[str, Any]) -> dict[str, str]:
    params: dict[str, str] = {}
    for name, value in list(data.items())[:_MOST_PARAMS]:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            params[name] = str(value)[:_MOST_TEXT]
    changes = data.get("changes")
    if isinstance(changes, dict):
        params["fields"] = ", ".join(changes)[:_MOST_TEXT]
    return params


def of_kinds(kinds: Collection[TimelineKind]) -> Q:
    """The events of these kinds."""
    return reduce(operator.or_, (_of_kind(kind) for kind in kinds), Q())


def _of_kind(kind: TimelineKind) -> Q:
    chosen, before = Q(pk__in=[]), Q(pk__in=[])
    for prefix, its_kind in _PREFIXES.items():
        if its_kind is kind:
            chosen |= Q(type__startswith=prefix) & ~before
        before |= Q(type__startswith=prefix)
    return ~before if kind is TimelineKind.OTHER else chosen
