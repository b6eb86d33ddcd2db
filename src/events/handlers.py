"""The queue's handler that brings events to their subscribers."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from events.services.publishing import DISPATCH
from events.subscribing import SUBSCRIPTIONS


class Dispatch(InternalHandler):
    """Loads a batch of events once and hands each subscriber its share, in order."""

    kind = DISPATCH

    def handle(self, items: Sequence[Claimed]) -> None:
        """Every subscriber's reaction and the items' end are one transaction."""
        found = {str(event.id): event for event in Event.objects.filter(id__in=[item.ref for item in items])}
        events = [found[item.ref] for item in items if item.ref in found]
        for subscription in SUBSCRIPTIONS.values():
            types = {code for code in {event.type for event in events} if subscription.wants(code)}
            wanted = [event for event in events if event.type in types]
            if wanted:
                subscription.handle(wanted)


HANDLERS.add(DISPATCH, Dispatch())
