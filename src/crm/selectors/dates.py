"""Contacts whose date falls on certain days: birthdays, renewals, anniversaries of their first contact."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db import connection

from core.errors import PermanentError
from core.ids import uuid7_bound
from crm.models import Contact, CustomField, FieldType
from crm.selectors.contacts import timezone_name

CREATED_AT = "created_at"
_CUSTOM = "custom."
#: Of a yearly date, the first year that is looked for: nobody is a hundred and fifty years old.
_OLDEST_YEAR = 1880
_MAX_DAYS = 62
_DAY = timedelta(days=1)
#: How far apart a contact's id and its time of creation may lie, and any two time zones' dates.
_SLACK = timedelta(days=1)
_FIRST_ID = datetime(1970, 1, 1, tzinfo=UTC)

# Each day is one look-up in the index of ``custom``. All are found before they are ordered: the planner takes them for
# many, and would rather read the whole table by id until it had enough.
_BY_DATE = """
WITH found AS MATERIALIZED (
    SELECT c.id, c.custom ->> %(slug)s FROM unnest(%(objects)s::jsonb[]) AS day(object)
    JOIN crm_contact c ON c.custom @> day.object
)
SELECT * FROM found WHERE id > %(after)s ORDER BY id LIMIT %(limit)s
"""
# Times have no such index: the days are compared as text first, and only what is near is read as a time.
_BY_MOMENT = """
SELECT id, local FROM (
    SELECT id, CASE WHEN custom ->> %(slug)s ~ '[+-]\\d\\d:\\d\\d(:\\d\\d)?$'
        THEN ((custom ->> %(slug)s)::timestamptz AT TIME ZONE %(zone)s)::date
        ELSE left(custom ->> %(slug)s, 10)::date END AS local
    FROM crm_contact WHERE left(custom ->> %(slug)s, 10) = ANY(%(near)s) AND id > %(after)s
) AS found WHERE local = ANY(%(days)s::date[]) ORDER BY id LIMIT %(limit)s
"""
# Ids are in order of time, so the primary key finds a day's contacts.
_BY_CREATION = """
SELECT c.id, (c.created_at AT TIME ZONE %(zone)s)::date
FROM unnest(%(from)s::uuid[], %(to)s::uuid[]) AS near(first, past)
JOIN crm_contact c ON c.id >= near.first AND c.id < near.past AND c.id > %(after)s
WHERE (c.created_at AT TIME ZONE %(zone)s)::date = ANY(%(days)s::date[]) ORDER BY c.id LIMIT %(limit)s
"""


class InvalidDateFieldError(PermanentError):
    """Name ``created_at``, or ``custom.<slug>`` of a declared field of type date or datetime."""


@dataclass(frozen=True, slots=True)
class ContactDate:
    """A contact and its date, as it is stored: of a birthday, the day of birth."""

    contact_id: uuid.UUID
    date: date


def contacts_due(
    field: str,
    day_from: date,
    day_to: date,
    *,
    yearly: bool = False,
    limit: int = 500,
    after_id: uuid.UUID | None = None,
) -> list[ContactDate]:
    """The contacts whose date falls on one of the days from ``day_from`` to ``day_to``, both included, by id.

    ``field`` is ``created_at`` or ``custom.<slug>``; times are taken in the tenant's zone. ``yearly`` compares month and
    day alone, in the year itself and all before it; 29 February falls on the 28th in common years. For the next piece
    give the last ``contact_id`` as ``after_id``; fewer than ``limit`` is the end. Raises ``InvalidDateFieldError``, and
    ``ValueError`` for more than 62 days.
    """
    days = [day_from + _DAY * n for n in range((day_to - day_from).days + 1)]
    if len(days) > _MAX_DAYS:
        raise ValueError(f"contacts_due() looks at {_MAX_DAYS} days at most, not {len(days)}")
    if not days:
        return []
    statement, parameters = _statement(field)(field.removeprefix(_CUSTOM), days, yearly)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters, "after": after_id or uuid.UUID(int=0), "limit": limit})
        return [ContactDate(contact_id, _date(found)) for contact_id, found in cursor.fetchall()]


def check_date_field(field: str) -> None:
    """Raises ``InvalidDateFieldError`` for a field that :func:`contacts_due` cannot look at."""
    _statement(field)


_Statement = Callable[[str, list[date], bool], tuple[str, dict[str, Any]]]


def _statement(field: str) -> _Statement:
    if field == CREATED_AT:
        return _by_creation
    if field.startswith(_CUSTOM):
        declared = CustomField.objects.filter(slug=field.removeprefix(_CUSTOM)).first()
        if declared is not None and declared.type in _BY_TYPE:
            return _BY_TYPE[declared.type]
    known = CustomField.objects.filter(type__in=_BY_TYPE).values_list("slug", flat=True)
    names = ", ".join([CREATED_AT, *(f"{_CUSTOM}{slug}" for slug in known)])
    raise InvalidDateFieldError(f"{field!r} is no date of a contact; known: {names}")


def _by_date(slug: str, days: list[date], yearly: bool) -> tuple[str, dict[str, Any]]:
    wanted = _occurrences(days, yearly, since=_OLDEST_YEAR)
    return _BY_DATE, {"slug": slug, "objects": [orjson.dumps({slug: day}).decode() for day in wanted]}


def _by_moment(slug: str, days: list[date], yearly: bool) -> tuple[str, dict[str, Any]]:
    wanted = _occurrences(days, yearly, since=_OLDEST_YEAR)
    near = {(day + shift).isoformat() for day in wanted for shift in (-_SLACK, timedelta(0), _SLACK)}
    return _BY_MOMENT, {"slug": slug, "near": sorted(near), "days": wanted, "zone": timezone_name()}


def _by_creation(slug: str, days: list[date], yearly: bool) -> tuple[str, dict[str, Any]]:
    earliest = Contact.objects.order_by("id").values_list("id", flat=True).first()
    zone = timezone_name()
    since = _year_of(earliest) if earliest is not None else days[0].year
    wanted = _occurrences(days, yearly, since=since)
    starts = [datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC) for day in wanted]
    return _BY_CREATION, {
        "zone": zone,
        "days": wanted,
        # Each day's stretch begins and ends where its neighbours' do not: none is found twice.
        "from": [_bound(start - _SLACK) for start, _ in _apart(starts)],
        "to": [_bound(last + _DAY + _SLACK) for _, last in _apart(starts)],
    }


_BY_TYPE: dict[str, _Statement] = {FieldType.DATE: _by_date, FieldType.DATETIME: _by_moment}


def _occurrences(days: list[date], yearly: bool, *, since: int) -> list[date]:
    """The stored dates that fall on these days."""
    if not yearly:
        return days
    return sorted({found for day in days for found in _in_all_years(day, since)})


def _in_all_years(day: date, since: int) -> Iterator[date]:
    for year in range(min(since, day.year), day.year + 1):
        if (day.month, day.day) != (2, 29) or calendar.isleap(year):
            yield day.replace(year=year)
        if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year) and calendar.isleap(year):
            yield date(year, 2, 29)


def _apart(starts: list[datetime]) -> Iterator[tuple[datetime, datetime]]:
    """The starts of days, gathered into stretches whose ids cannot overlap: (first day's start, last day's start)."""
    first = last = starts[0]
    for start in starts[1:]:
        if start - last > 4 * _SLACK:
            yield first, last
            first = start
        last = start
    yield first, last


def _bound(moment: datetime) -> uuid.UUID:
    return uuid7_bound(max(moment, _FIRST_ID))


def _year_of(contact_id: uuid.UUID) -> int:
    """The year before the one in which an id was made: some zone was still in it."""
    return datetime.fromtimestamp((contact_id.int >> 80) / 1000, UTC).year - 1


def _date(found: date | str) -> date:
    return date.fromisoformat(found) if isinstance(found, str) else found
