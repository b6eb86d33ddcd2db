"""Schedules: a tick is due, or the next page of the contacts that it is for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from events.queue.enqueue import NewItem, enqueue
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.services.publishing import NewEvent, publish_many
from workflow.events import SCHEDULE_DUE
from workflow.models import ArmedTrigger
from workflow.triggers.schedule import TICK, ScheduleConfig, set_timer

#: The queue's kind for a page of contacts: ``ref`` is ``address:last contact:tick``.
PAGE = "workflow.schedule_page"
PAGE_SIZE = 500
#: Missed ticks are counted up to this many an outage.
_MAX_COUNTED = 1_000


class TickHandler(InternalHandler):
    """A schedule is due: those of the missed ticks that still run do, and the next one is queued."""

    kind = TICK

    def handle(self, items: Sequence[Claimed]) -> None:
        """A tick that is not the schedule's next any more was taken back while it was under way here."""
        rows = _locked({item.ref.split(":", 1)[0] for item in items})
        for item in items:
            armed_id, tick = item.ref.split(":", 1)
            armed = rows.get(armed_id)
            if armed is not None and armed.state.get("next_at") == tick:
                _ring(armed, datetime.fromisoformat(tick))


class PageHandler(InternalHandler):
    """A tick goes to the next contacts of its audience. A pause drops those who are left."""

    kind = PAGE

    def handle(self, items: Sequence[Claimed]) -> None:
        """A page for each."""
        pairs = [item.ref.split(":", 2) for item in items]
        rows = {
            str(armed.id): armed
            for armed in ArmedTrigger.objects.filter(
                id__in={armed_id for armed_id, *_ in pairs}, armed_at__isnull=False
            )
        }
        for armed_id, after, tick in pairs:
            if armed_id in rows:
                _page(rows[armed_id], datetime.fromisoformat(tick), after=uuid.UUID(after) if after else None)


def _locked(ids: Collection[str]) -> dict[str, ArmedTrigger]:
    """In the order in which publishing locks them."""
    rows = ArmedTrigger.objects.select_for_update().filter(id__in=ids, armed_at__isnull=False)
    return {str(armed.id): armed for armed in rows.order_by("workflow_id", "key")}


def _ring(armed: ArmedTrigger, tick: datetime) -> None:
    config = ScheduleConfig.model_validate(armed.config)
    recurrence, tz, catch_up = config.recurrence, config.tz(), config.catch_up
    # The queue goes by the database's clock: ours may be a little behind it.
    now = max(datetime.now(UTC), tick)
    late = recurrence.newest(tick, now, tz, catch_up.max)
    to_run = catch_up.ticks_to_run([tick, *late], now)
    due = 1 + (len(recurrence.between(tick, now, tz, _MAX_COUNTED)) if late else 0)
    for each in to_run:
        if config.audience is None:
            _publish(armed, config, each, [None])
        else:
            _queue_page(armed, each, after=None)
    armed.state = {
        **armed.state,
        "last_at": to_run[-1].isoformat() if to_run else armed.state.get("last_at"),
        "missed": armed.state.get("missed", 0) + due - len(to_run),
    }
    set_timer(armed, recurrence.next_after(now, tz))
    armed.save(update_fields=["state"])


def _page(armed: ArmedTrigger, tick: datetime, *, after: uuid.UUID | None) -> None:
    config = ScheduleConfig.model_validate(armed.config)
    if config.audience is None:
        return
    contacts = config.audience.page(after=after, limit=PAGE_SIZE)
    _publish(armed, config, tick, contacts)
    if len(contacts) == PAGE_SIZE:
        _queue_page(armed, tick, after=contacts[-1])


def _queue_page(armed: ArmedTrigger, tick: datetime, *, after: uuid.UUID | None) -> None:
    """On a lane beside the ticks', where it would wait behind the next one."""
    ref = f"{armed.id}:{after or ''}:{tick.isoformat()}"
    enqueue(NewItem(lane=f"audience:{armed.id}", kind=PAGE, ref=ref))


def _publish(
    armed: ArmedTrigger, config: ScheduleConfig, tick: datetime, contacts: Sequence[uuid.UUID | None]
) -> None:
    data = {
        "trigger": str(armed.id),
        "due_at": tick.isoformat(),
        "scheduled_for": tick.astimezone(config.tz()).isoformat(),
    }
    publish_many(
        [
            NewEvent(
                type=SCHEDULE_DUE.code,
                data=data,
                contact_id=contact,
                occurred_at=tick,
                idempotency_key=f"schedule:{armed.id}:{tick.isoformat()}:{contact or ''}",
            )
            for contact in contacts
        ]
    )


for _handler in (TickHandler(), PageHandler()):
    HANDLERS.add(_handler.kind, _handler)
