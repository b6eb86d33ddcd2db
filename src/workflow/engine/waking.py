"""Waking: executions that wait for an event, found when it comes or when it had come already."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Left

from core.predicates import Predicate, Result
from core.predicates.paths import path_reader
from events.models import Event
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.correlation import MAX_CHARS, contact_key, path_of, value_key, value_of
from workflow.engine import steps
from workflow.engine.active import active_plans
from workflow.engine.run import Run, event_view, fill, with_history
from workflow.models import EventWait

WAKE = "workflow.wake"
#: Past events that are looked at, the newest of the window left out when there are more.
_MOST_PAST = 500


def wake_for(events: Sequence[Event]) -> None:
    """Queue the waking of each execution that waits for one of these events. In the caller's transaction."""
    waits = active_plans().waits
    by_type: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        for key in _keys(event, waits.get(event.type, ())):
            by_type[event.type][key].append(event)
    for event_type, by_key in by_type.items():
        rows = EventWait.objects.filter(event_type=event_type, key__in=list(by_key)).order_by("pk")
        enqueue(
            *(
                NewItem(lane=steps.signal_lane(row.execution_id), kind=WAKE, ref=f"{row.step_id}:{event.id}")
                for row in rows
                for event in by_key[row.key]
            )
        )


def _keys(event: Event, paths: Iterable[str]) -> list[str]:
    keys: list[str] = []
    for path in paths:
        if not path:
            if event.contact_id is not None:
                keys.append(contact_key(event.contact_id))
            continue
        value = path_reader(path)({"event": event_view(event)})
        if isinstance(value, str | int | float):
            keys.append(value_key(path, value))
    return keys


def wake(run: Run, event: Event) -> bool:
    """Take the waiting run on if this is the event that it waits for; whether it was. Its row is the caller's to delete."""
    step = run.step
    assert step is not None
    if not _awaited(run, event):
        return False
    steps.complete(run, {**step.output, "outcome": "event", "event": event_view(event)})
    withdraw(f"{steps.STEP}:{step.id}")
    return True


def past_events(rows: Sequence[EventWait]) -> dict[uuid.UUID, list[Event]]:
    """For each wait, by its step's id, the events that had come already since it began to count, the oldest first.

    One query for each event type and correlation path.
    """
    groups: dict[tuple[str, str], list[EventWait]] = defaultdict(list)
    for row in rows:
        groups[row.event_type, path_of(row.key)].append(row)
    found: dict[uuid.UUID, list[Event]] = {row.pk: [] for row in rows}
    for (event_type, path), waits in groups.items():
        by_key: dict[str, list[EventWait]] = defaultdict(list)
        for row in waits:
            by_key[row.key].append(row)
        since = min(row.since for row in waits)
        past = Event.objects.filter(type=event_type, recorded_at__gte=since)
        for event in _correlated(past, path, by_key).order_by("id")[: _MOST_PAST * len(waits)]:
            for key in _keys(event, [path]):
                for row in by_key.get(key, ()):
                    if event.recorded_at >= row.since:
                        found[row.pk].append(event)
    return found


def _correlated(past: QuerySet[Event], path: str, by_key: Mapping[str, Any]) -> QuerySet[Event]:
    """Those of the events whose key is one of these, as far as the database can tell."""
    values = [value_of(key) for key in by_key]
    if not path:
        return past.filter(contact_id__in=values)
    steps_down = path.split(".")[1:]
    if steps_down[:1] != ["data"]:
        return past
    text = Left(KeyTextTransform(steps_down[-1], _inner(steps_down[1:-1])), MAX_CHARS - len(path) - 1)
    return past.annotate(correlated=text).filter(correlated__in=values)


def _inner(keys: Sequence[str]) -> Any:
    inner: Any = F("data")
    for key in keys:
        inner = KeyTransform(key, inner)
    return inner


def _taken(run: Run, event: Event) -> bool:
    """Whether the node went on by this event, or a later one, when the execution came by before: on a cycle that looks back
    it would be found again and again."""
    last = run.execution.outputs.get(run.execution.node, {}).get("event")
    return last is not None and str(event.id) <= last["id"]


def _awaited(run: Run, event: Event) -> bool:
    if _taken(run, event):
        return False
    predicate: Predicate | None = run.node.spec
    if predicate is None:
        return True
    fill([run], run.node.roots)
    context = {**run.context, "event": event_view(event)}
    return predicate.evaluate(with_history(context, run.execution)) is Result.TRUE
