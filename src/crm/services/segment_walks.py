"""Computations in the background: all contacts put to a segment, or to those that change with time, batch by batch."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, QuerySet

from crm.models import Contact, Segment, SegmentKind, SegmentState
from crm.selectors.segments import WATCHED_TTL_S
from crm.services.cause import SYSTEM
from crm.services.segment_evaluation import decide, lock_contacts
from events.queue.enqueue import NewItem, enqueue
from events.queue.models import Item, ItemState
from events.queue.schedules import set_schedule
from tenants.scope import require_tenant

SEGMENTS = "crm.segments"
BATCH = 500
#: Each quarter of an hour those segments are computed whose answer changes with time.
PERIOD_MIN = 15
_PERIODIC_LANE = "segments"
_FIRST = uuid.UUID(int=0)
#: Until then every process has learned which events matter to the segment, so that no change falls between its first
#: computation and the events that follow.
_SETTLE = timedelta(seconds=WATCHED_TTL_S + 0.5)


@dataclass(frozen=True, slots=True)
class Walk:
    """The next batch of a computation: the contacts after ``after`` (``None``: it has yet to begin).

    ``segment_id`` and ``run`` name the computation of one segment; without a segment it is the periodic one of all timed
    segments, and ``run`` the second in which it began. Written as ``[<segment id>]:<run>/[<after>]``.
    """

    segment_id: uuid.UUID | None = None
    run: int = 0
    after: uuid.UUID | None = None

    @property
    def ref(self) -> str:
        """As the queue keeps it."""
        return f"{self.segment_id or ''}:{self.run}/{self.after or ''}"

    @classmethod
    def read(cls, ref: str) -> Walk:
        """From the queue."""
        named, _, after = ref.partition("/")
        segment_id, _, run = named.partition(":")
        return cls(
            uuid.UUID(segment_id) if segment_id else None,
            int(run),
            uuid.UUID(after) if after else None,
        )


def start_run(segment: Segment) -> None:
    """Queue the computation of a segment that carries the number of its new ``run``."""
    _queue(Walk(segment.id, segment.run))


def schedule_timed() -> None:
    """Have the current tenant's timed segments computed periodically; tenants are spread over the period."""
    tenant = require_tenant()
    set_schedule(
        f"{SEGMENTS}:{tenant.slug}",
        cron=f"{tenant.id.int % PERIOD_MIN}-59/{PERIOD_MIN} * * * *",
        kind=SEGMENTS,
        ref=Walk().ref,
        tenant_id=tenant.id,
    )


def walk(step: Walk) -> None:
    """Do one batch and queue the next; in the caller's transaction."""
    if step.segment_id is None:
        _walk_timed(step)
    else:
        _walk_run(step)


def give_up(step: Walk, error: str) -> None:
    """The computation stops where it is, and the segment says why. The periodic one begins again with its next tick."""
    _of_run(step).update(
        state=SegmentState.READY, silent=False, last_error=f"The computation stopped: {error}"[:500]
    )


def _walk_run(step: Walk) -> None:
    if step.after is None:
        _begin(step)
        return
    ids = _next_ids(step.after)
    there = lock_contacts(ids)
    # Read under the locks, as in ``react``. None: deleted, or a newer computation has begun.
    segment = _of_run(step).first()
    if segment is None:
        return
    _decide([segment], there)
    _of_run(step).update(scanned=F("scanned") + len(ids))
    if len(ids) == BATCH:
        _queue(Walk(step.segment_id, step.run, ids[-1]))
    else:
        _of_run(step).update(state=SegmentState.READY, silent=False, computed_at=datetime.now(UTC))


def _begin(step: Walk) -> None:
    if _of_run(step).update(scanned=0, to_scan=Contact.objects.count(), errors=0, last_error=""):
        _queue(Walk(step.segment_id, step.run, _FIRST), run_at=datetime.now(UTC) + _SETTLE)


def _of_run(step: Walk) -> QuerySet[Segment]:
    """The segment, while ``step`` belongs to its present computation."""
    if step.segment_id is None:
        return Segment.objects.none()
    return Segment.objects.filter(id=step.segment_id, run=step.run, kind=SegmentKind.DYNAMIC)


def _walk_timed(step: Walk) -> None:
    # One that is being computed is asked about everybody anyway.
    timed = Segment.objects.filter(kind=SegmentKind.DYNAMIC, timed=True, state=SegmentState.READY)
    if step.after is None:
        if _under_way():
            # The last one is not through yet: it goes on, and this tick is left out.
            return
        timed.update(errors=0)
        # A name of its own: a batch that an earlier one gave up must not stand in the way of this one's.
        step = Walk(run=int(time.time()))
    ids = _next_ids(step.after or _FIRST)
    there = lock_contacts(ids)
    segments = list(timed)
    _decide(segments, there)
    if segments and len(ids) == BATCH:
        _queue(Walk(run=step.run, after=ids[-1]))
    else:
        timed.update(computed_at=datetime.now(UTC))


def _decide(segments: Sequence[Segment], there: Sequence[uuid.UUID]) -> None:
    decide(dict.fromkeys(segments, there), dict.fromkeys(there, SYSTEM))


def _next_ids(after: uuid.UUID) -> list[uuid.UUID]:
    rows = Contact.objects.filter(id__gt=after).order_by("id")
    return list(rows.values_list("id", flat=True)[:BATCH])


def _under_way() -> bool:
    """Whether a periodic computation has a batch to do: from first to last there is always one waiting."""
    return Item.objects.filter(
        tenant_id=require_tenant().id, lane_key=_PERIODIC_LANE, state=ItemState.PENDING
    ).exists()


def _queue(step: Walk, *, run_at: datetime | None = None) -> None:
    lane = f"segment:{step.segment_id}" if step.segment_id else _PERIODIC_LANE
    enqueue(NewItem(lane=lane, kind=SEGMENTS, ref=step.ref, run_at=run_at))
