"""The CRM's handler in the queue: segments computed in the background."""

from __future__ import annotations

from collections.abc import Sequence

from crm.services.segment_walks import SEGMENTS, Walk, give_up, walk
from events.queue.handlers import HANDLERS, Claimed, InternalHandler


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


HANDLERS.add(SEGMENTS, SegmentsHandler())
