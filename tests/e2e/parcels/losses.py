"""A handler that gives up: whoever asks after a lost parcel waits until somebody has tagged them ``found``."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import PermanentError
from crm.models import Contact
from crm.services.notes import NewNote, add_notes
from events.models import Event
from events.subscribing import subscribe
from tests.e2e.parcels import ANSWER


class LostParcelError(PermanentError):
    """Nobody knows where the parcel is; tag the customer as found, then put the event back."""


@subscribe("zz-lost-parcels", types={"MESSAGE_RECEIVED"})
def look_for_it(events: Sequence[Event]) -> None:
    """Note where the parcel is. Raises ``LostParcelError``."""
    for event in events:
        if "طرد ضائع" not in str(event.data.get("content", "")) or event.contact_id is None:
            continue
        if not Contact.objects.filter(id=event.contact_id, contact_tags__tag__name="found").exists():
            raise LostParcelError
        add_notes([NewNote(event.contact_id, ANSWER)])
