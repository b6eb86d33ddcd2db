"""A handler that gives up: whoever asks after a lost parcel waits until somebody has tagged them ``found``."""

from __future__ import annotations

from collections.abc import Sequence

from core.errors import PermanentError
from crm.models import Contact
from events.models import Event
from events.subscribing import subscribe


class LostParcelError(PermanentError):
    """Nobody knows where the parcel is; tag the customer as found, then put the event back."""


@subscribe("zz-lost-parcels", types={"MESSAGE_RECEIVED"})
def look_for_it(events: Sequence[Event]) -> None:
    """Raises ``LostParcelError``."""
    for event in events:
        if "طرد ضائع" not in str(event.data.get("content", "")):
            continue
        found = Contact.objects.filter(pk__in=[event.contact_id], contact_tags__tag__name="found")
        if not found.exists():
            raise LostParcelError
