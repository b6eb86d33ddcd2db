"""Dates that have come: found among the contacts, a page at a time, and published once each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from core.calendar import CalendarError, DateOffset, ZoneSource, next_moment
from crm.events import CONTACT_DATE_REACHED
from crm.models import Contact
from crm.selectors import ContactDate, contacts_due, timezone_name
from events.services.publishing import NewEvent, publish_many

log = structlog.get_logger(__name__)

PAGE_SIZE = 500
#: Days that a date and its moment in UTC may be apart besides the offset: the zones of a contact and of the business.
_SLACK = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Look:
    """One look: whose moment lies after ``start`` and not after ``end``, for the trigger with that address."""

    trigger: uuid.UUID
    field: str
    offset: DateOffset
    start: datetime
    end: datetime

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day on which a field's date can have its moment in this look."""
        sign = -1 if self.offset.direction == "before" else 1
        shift = sign * timedelta(days=self.offset.days, hours=self.offset.hours, minutes=self.offset.minutes)
        return (self.start - shift - _SLACK).date(), (self.end - shift + _SLACK).date()


def publish_due(look: Look, *, after: uuid.UUID | None) -> uuid.UUID | None:
    """Publish ``CONTACT_DATE_REACHED`` for the next contacts above ``after``; returns the last contact looked at, or
    ``None`` when there are no more. Raises ``InvalidDateFieldError``."""
    first, last = look.days
    found = contacts_due(
        look.field,
        first,
        last,
        yearly=look.offset.repeat == "yearly",
        limit=PAGE_SIZE,
        after_id=after,
    )
    publish_many(list(_events(look, found)))
    return found[-1].contact_id if len(found) == PAGE_SIZE else None


def _events(look: Look, found: Sequence[ContactDate]) -> Iterator[NewEvent]:
    dates = {one.contact_id: one.date for one in found}
    tenant_zone = timezone_name()
    column = "created_at" if look.field == "created_at" else f"custom__{look.field.removeprefix('custom.')}"
    rows = Contact.objects.filter(id__in=dates).order_by("id").values_list("id", "timezone", column)
    for contact_id, contact_zone, value in rows:
        tz = ZoneSource.CONTACT.zone(contact=contact_zone, tenant=tenant_zone)
        try:
            moment = next_moment(value, look.offset, tz, after=look.start)
        except CalendarError as exc:
            log.warning("date not read", contact=str(contact_id), field=look.field, error=str(exc))
            continue
        if moment is None or moment > look.end:
            continue
        local = moment.astimezone(tz)
        yield NewEvent(
            type=CONTACT_DATE_REACHED.code,
            contact_id=contact_id,
            occurred_at=moment,
            data={
                "trigger": str(look.trigger),
                "field": look.field,
                "date": dates[contact_id].isoformat(),
                "moment": local.isoformat(),
            },
            idempotency_key=f"date:{look.trigger}:{contact_id}:{_stamp(value, look.offset, local)}",
        )


def _stamp(value: Any, offset: DateOffset, local: datetime) -> str:
    """What a moment is known by. One with a time of day of its own may be put off to later the same day, and counts anew;
    of the others there is one a day, whatever becomes of the contact's zone."""
    timed = isinstance(value, datetime) or "T" in str(value)
    return local.isoformat() if timed and offset.at is None else local.date().isoformat()
