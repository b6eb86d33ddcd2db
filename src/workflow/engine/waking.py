"""Waking: executions that wait for an event, found when it comes or when it had come already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from core.predicates import Predicate, Result
from core.predicates.paths import path_reader
from events.models import Event
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.correlation import contact_key, path_of, value_key
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
    """Take the waiting run on if this is the event that it waits for; whether it was."""
    step = run.step
    assert step is not None
    if not _awaited(run, event):
        return False
    steps.complete(run, {**step.output, "outcome": "event", "event": event_view(event)})
    EventWait.objects.filter(step_id=step.id).delete()
    withdraw(f"{steps.STEP}:{step.id}")
    return True


def look_back(run: Run, row: EventWait) -> bool:
    """Take the waiting run on if what it waits for had come already, since ``row.since``; whether it had."""
    past = Event.objects.filter(type=row.event_type, recorded_at__gte=row.since).exclude(id=run.event.id)
    path = path_of(row.key)
    if not path:
        past = past.filter(contact_id=run.execution.contact_id)
    return any(
        wake(run, event) for event in past.order_by("id")[:_MOST_PAST] if row.key in _keys(event, [path])
    )


def _awaited(run: Run, event: Event) -> bool:
    predicate: Predicate | None = run.node.spec
    if predicate is None:
        return True
    fill([run], run.node.roots)
    context = {**run.context, "event": event_view(event)}
    return predicate.evaluate(with_history(context, run.execution)) is Result.TRUE
