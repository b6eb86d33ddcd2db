"""Explaining one contact: why a workflow did, or did not, run for them of late, and where they are in it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction

from core.errors import PermanentError
from core.ids import uuid7_bound
from events.models import Event
from events.queue.enqueue import collecting
from workflow.models import Workflow, WorkflowExecution
from workflow.roots import ROOTS
from workflow.services import wording
from workflow.services.explain import InForce, Question, Verdict, history_of, verdicts
from workflow.services.subjects import contact_named
from workflow.services.whereabouts import Whereabouts, whereabouts

#: Events of the contact that are told about, the newest.
MOST_EVENTS = 50
_MOST_EXECUTIONS = 20

History = Sequence[tuple[datetime, InForce]]


class UnknownContactError(PermanentError):
    """There is no such contact."""


class NothingAskedError(PermanentError):
    """Name a contact by user_id, or an event by event_id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventVerdict:
    """What the workflow made of one event of the contact."""

    event: Event
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactExplanation:
    """The newest first: what the workflow made of each event that it might have started for, and the executions of the
    contact within the same days. ``text`` is the answer in one sentence."""

    contact_id: uuid.UUID | None
    event_types: Sequence[str]
    text: str
    events: Sequence[EventVerdict]
    executions: Sequence[Whereabouts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Of whom, and of which event or how many days back."""

    user_id: str = ""
    event_id: uuid.UUID | None = None
    days: int = 7


def explain_contact(workflow: Workflow, asked: Asked) -> ContactExplanation:
    """Why it did, or did not, run. Raises ``NothingAskedError``, ``UnknownContactError`` and ``Event.DoesNotExist``."""
    if not asked.user_id and asked.event_id is None:
        raise NothingAskedError
    contact_id = known_contact(asked.user_id) if asked.user_id else None
    since = datetime.now(UTC) - timedelta(days=asked.days)
    history = history_of(workflow)
    types = _types_since(history, since)
    if asked.event_id is not None:
        event = Event.objects.get(id=asked.event_id)
        if contact_id is not None and event.contact_id != contact_id:
            return ContactExplanation(
                contact_id=contact_id,
                event_types=types,
                text=wording.OTHER_CONTACT.reason,
                events=(),
                executions=(),
            )
        contact_id, events = event.contact_id, [event]
    else:
        past = Event.objects.filter(contact_id=contact_id, type__in=types, id__gte=uuid7_bound(since))
        events = list(past.order_by("-id")[:MOST_EVENTS])
    asking = [Question(event, workflow, _at(history, event.recorded_at)) for event in events]
    told = [
        EventVerdict(event=event, verdict=verdict)
        for event, verdict in zip(events, verdicts(asking), strict=True)
    ]
    executions = _executions(workflow, contact_id, since=since, only=events if asked.event_id else None)
    return ContactExplanation(
        contact_id=contact_id,
        event_types=types,
        text=_text(told, executions, asked, types),
        events=told,
        executions=executions,
    )


def known_contact(user_id: str) -> uuid.UUID:
    """The contact that goes by this id, none being made. Raises ``UnknownContactError``."""
    with collecting(), transaction.atomic():
        contact_id = contact_named(user_id)
        transaction.set_rollback(True)
    root = ROOTS.get("user")
    if contact_id is None or contact_id not in root.load([contact_id]):
        raise UnknownContactError
    return contact_id


def _types_since(history: History, since: datetime) -> list[str]:
    """The event types of every version that was in force at some time since then."""
    before = [version for at, version in history if at <= since][-1:]
    later = [version for at, version in history if at > since]
    return sorted(frozenset[str]().union(*(version.event_types for version in [*before, *later])))


def _at(history: History, moment: datetime) -> InForce | None:
    return next((version for at, version in reversed(history) if at <= moment), None)


def _executions(
    workflow: Workflow, contact_id: uuid.UUID | None, *, since: datetime, only: Sequence[Event] | None
) -> list[Whereabouts]:
    rows = WorkflowExecution.objects.filter(workflow=workflow, parent__isnull=True)
    if only is not None:
        rows = rows.filter(event_id__in=[event.id for event in only])
    else:
        rows = rows.filter(contact_id=contact_id, id__gte=uuid7_bound(since))
    return [whereabouts(row) for row in rows.order_by("-id")[:_MOST_EXECUTIONS]]


def _text(
    told: Sequence[EventVerdict],
    executions: Sequence[Whereabouts],
    asked: Asked,
    types: Sequence[str],
) -> str:
    if executions:
        return wording.ran_for(executions[0].text)
    if told:
        return told[0].verdict.reason
    return wording.nothing_happened(types, asked.days)
