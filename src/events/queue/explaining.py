"""What queued work is about, in words that lead somewhere: each kind's own app explains its references."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.registry import Registry
from events.queue.models import Item


class Subject(StrEnum):
    """The sort of thing that an item is about."""

    EVENT = "event"
    MESSAGE = "message"
    DELIVERY = "delivery"
    FILE = "file"
    CONVERSATION = "conversation"
    STEP = "step"
    EXECUTION = "execution"
    WORKFLOW = "workflow"
    JOB = "job"
    SCHEDULE = "schedule"
    UPKEEP = "upkeep"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an item is about, and where that is to be seen. ``text`` says it in the tenant's own words (a workflow's name,
    the beginning of a message); empty when the row is gone."""

    subject: Subject
    text: str = ""
    event_id: uuid.UUID | None = None
    message_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    channel_id: uuid.UUID | None = None
    workflow_id: uuid.UUID | None = None
    execution_id: uuid.UUID | None = None


#: References of one kind to what they are about, in the current tenant, with a query or two for all of them. References
#: to rows that are gone may be missing.
Explain = Callable[[Sequence[str]], Mapping[str, About]]


@dataclass(frozen=True, slots=True)
class Explainer:
    """How a kind's references are explained, and as what those are shown whose row is gone."""

    subject: Subject
    explain: Explain = lambda refs: {}


EXPLAINERS: Registry[Explainer] = Registry("explainer of an item kind", base=Explainer)


def explained(items: Iterable[Item]) -> dict[int, About]:
    """What each of the current tenant's items is about, by the items' ids."""
    by_kind: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_kind[item.kind].append(item)
    found: dict[int, About] = {}
    for kind, same in by_kind.items():
        explainer = EXPLAINERS.find(kind) or Explainer(Subject.OTHER)
        about = explainer.explain(sorted({item.ref for item in same}))
        for item in same:
            found[item.id] = about.get(item.ref) or About(subject=explainer.subject)
    return found


def ids_in(refs: Sequence[str], *, part: int = 0, separator: str = ":") -> dict[str, uuid.UUID]:
    """The UUID in each reference: its ``part``-th piece. What holds none is left out."""
    found: dict[str, uuid.UUID] = {}
    for ref in refs:
        try:
            found[ref] = uuid.UUID(ref.split(separator)[part])
        except (ValueError, IndexError):
            continue
    return found
