"""Events' items explained: which event is to be dispatched."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from events.queue.explaining import EXPLAINERS, About, Explainer, Subject, ids_in
from events.services.publishing import DISPATCH


def _events(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs)
    rows = Event.objects.only("id", "type", "contact_id", "conversation_id").in_bulk(list(ids.values()))
    return {
        ref: About(
            subject=Subject.EVENT,
            text=row.type,
            event_id=row.id,
            contact_id=row.contact_id,
            conversation_id=row.conversation_id,
        )
        for ref, event_id in ids.items()
        if (row := rows.get(event_id)) is not None
    }


EXPLAINERS.add(DISPATCH, Explainer(Subject.EVENT, _events))
