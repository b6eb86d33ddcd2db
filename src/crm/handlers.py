"""The CRM's handlers in the queue: segments computed in the background, and dates of contacts looked at."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from crm.selectors import InvalidDateFieldError
from crm.services.dates import Look, publish_due
from crm.services.segment_walks import SEGMENTS, Walk, give_up, walk
from crm.triggers.date_field import TICK, DateFieldConfig, set_timer
from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.models import ArmedTrigger

log = structlog.get_logger(__name__)

#: The queue's kind for more of a look's contacts: ``ref`` is ``address,last contact,start,end``.
PAGE = "crm.dates_page"
#: After an outage, how far back dates are made up for: longer ago, and nobody expects the greeting any more.
_CATCH_UP = timedelta(hours=24)
#: Each look goes over the end of the one before: contacts that were being written then are seen now. None is told twice.
_OVERLAP = timedelta(minutes=5)


class SegmentsHandler(InternalHandler):
    """One batch of contacts an item; each queues the next."""

    kind = SEGMENTS

    def handle(self, items: Sequence[Claimed]) -> None:
        """Batch after batch."""
        for item in items:
            walk(Walk.read(item.ref))

    def on_dead(self, item: Claimed, error: str) -> None:
        """Tried often enough: the segment says so."""
        give_up(Walk.read(item.ref), error)


class DatesHandler(InternalHandler):
    """A look at the dates of one trigger is due; the next one is queued."""

    kind = TICK

    def handle(self, items: Sequence[Claimed]) -> None:
        """A look that is not the trigger's next any more was taken back while it was under way here."""
        for armed, tick in _next_looks(items):
            # The queue goes by the database's clock: ours may be a little behind it.
            now = max(datetime.now(UTC), tick)
            _look(armed, now)
            set_timer(armed, after=now)
            armed.save(update_fields=["state"])

    def on_dead(self, item: Claimed, error: str) -> None:
        """Tried often enough: the next look makes up for this one."""
        for armed, tick in _next_looks([item]):
            set_timer(armed, after=max(datetime.now(UTC), tick))
            armed.state = {**armed.state, "problem": error[:500]}
            armed.save(update_fields=["state"])


class DatesPageHandler(InternalHandler):
    """More contacts of a look. A pause drops those who are left."""

    kind = PAGE

    def handle(self, items: Sequence[Claimed]) -> None:
        """A page for each."""
        parts = [item.ref.split(",") for item in items]
        rows = _armed({armed_id for armed_id, *_ in parts})
        for armed_id, after, start, end in parts:
            if armed_id in rows:
                look = _look_of(rows[armed_id], datetime.fromisoformat(start), datetime.fromisoformat(end))
                _page(look, after=uuid.UUID(after))


def _armed(ids: Collection[str]) -> dict[str, ArmedTrigger]:
    """Locked in the order in which publishing locks them."""
    rows = ArmedTrigger.objects.select_for_update().filter(id__in=ids, armed_at__isnull=False)
    return {str(armed.id): armed for armed in rows.order_by("workflow_id", "key")}


def _next_looks(items: Sequence[Claimed]) -> list[tuple[ArmedTrigger, datetime]]:
    pairs = [item.ref.split(":", 1) for item in items]
    rows = _armed({armed_id for armed_id, _ in pairs})
    return [
        (rows[armed_id], datetime.fromisoformat(tick))
        for armed_id, tick in pairs
        if armed_id in rows and rows[armed_id].state.get("next_at") == tick
    ]


def _look(armed: ArmedTrigger, now: datetime) -> None:
    since, looked = (datetime.fromisoformat(armed.state[name]) for name in ("since", "looked"))
    problem = ""
    try:
        _page(_look_of(armed, max(since, looked - _OVERLAP, now - _CATCH_UP), now), after=None)
    except InvalidDateFieldError as exc:
        # The field was deleted: it may come back, and then the trigger goes on.
        problem = str(exc)
        log.warning("dates not looked at", trigger=str(armed.id), error=problem)
    armed.state = {**armed.state, "looked": now.isoformat(), "problem": problem}


def _look_of(armed: ArmedTrigger, start: datetime, end: datetime) -> Look:
    config = DateFieldConfig.model_validate(armed.config)
    return Look(armed.id, config.field, config.offset, start, end)


def _page(look: Look, *, after: uuid.UUID | None) -> None:
    """On a lane beside the looks', where more pages would wait behind the next one."""
    last = publish_due(look, after=after)
    if last is not None:
        ref = ",".join([str(look.trigger), str(last), look.start.isoformat(), look.end.isoformat()])
        enqueue(NewItem(lane=f"dates_page:{look.trigger}", kind=PAGE, ref=ref))


for _handler in (SegmentsHandler(), DatesHandler(), DatesPageHandler()):
    HANDLERS.add(_handler.kind, _handler)
