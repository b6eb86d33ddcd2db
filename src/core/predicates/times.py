"""Readings of values as moments, durations and time zones."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from core.predicates.paths import path_reader
from core.predicates.results import Context, Fault
from core.predicates.values import INVISIBLE, ByType

Moment: TypeAlias = date | datetime
"""A date (a whole day) or a datetime; without a zone it is read in the tenant's."""

TIMEZONE_PATH = "tenant.timezone"
NOT_A_TIME = Fault("not an ISO 8601 date or time")
OUT_OF_RANGE = Fault("too far from the present to be compared")
BAD_TIMEZONE = Fault("not the name of a time zone", at=TIMEZONE_PATH)
BAD_NOW = Fault("not the present moment as an ISO 8601 date and time", at="now")

MAX_DURATION = timedelta(days=36_500)
_MAX_TIME_CHARS = 64
_TICK = timedelta(microseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC)
_ASCII_DIGITS = str.maketrans(
    {**{chr(base + digit): str(digit) for base in (0x0660, 0x06F0) for digit in range(10)}}
    | dict.fromkeys(INVISIBLE)
)
# What may follow the date: Python would take any character for the T.
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:$|[Tt ])")
_SHORT_DURATION = re.compile(r"([0-9]{1,8})([smhdw])")
_ISO_DURATION = re.compile(
    r"P(?=.)(?:([0-9]{1,8})W)?(?:([0-9]{1,8})D)?"
    r"(?:T(?=.)(?:([0-9]{1,8})H)?(?:([0-9]{1,8})M)?(?:([0-9]{1,8})S)?)?"
)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_read_timezone = path_reader(TIMEZONE_PATH)
_read_now = path_reader("now")


class Span(NamedTuple):
    """A stretch of time in UTC, its end excluded."""

    start: datetime
    end: datetime


def _from_text(text: str) -> Moment | None:
    if len(text) > _MAX_TIME_CHARS:
        return None
    cleaned = text.translate(_ASCII_DIGITS).strip()
    if not _ISO_DATE.match(cleaned):
        return None
    try:
        return date.fromisoformat(cleaned) if len(cleaned) == 10 else datetime.fromisoformat(cleaned)
    except ValueError:
        return None


def _same(value: Moment) -> Moment:
    return value


def _nothing(value: object) -> None:
    return None


_READERS: ByType[Callable[[Any], Moment | None]] = ByType(
    {datetime: _same, date: _same, str: _from_text}, default=_nothing
)


def read_moment(value: Any) -> Moment | None:
    """``value`` as a date or datetime, or ``None`` when it is neither.

    Reads both types and ISO 8601 text that starts ``YYYY-MM-DD``, also in Arabic or Persian digits. Numbers are
    not moments: an epoch in seconds and one in milliseconds look alike.
    """
    return _READERS[type(value)](value)


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return None


def _context_zone(context: Context) -> tzinfo | None:
    """The zone that values without one are in: the context's ``tenant.timezone``, else UTC; ``None`` if unknown."""
    name = _read_timezone(context)
    if name is None:
        return UTC
    return _zone(name) if isinstance(name, str) else None


def _instant(moment: Moment, zone: tzinfo) -> datetime | None:
    """``moment`` in UTC (the first moment of a date); ``None`` beyond the calendar's ends."""
    start = moment if isinstance(moment, datetime) else datetime.combine(moment, time.min)
    try:
        return (start if start.utcoffset() is not None else start.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        return None


def instant_of(moment: Moment, context: Context) -> datetime | Fault:
    """``moment`` in UTC; without a zone of its own it is in the tenant's; a date is its first moment."""
    aware = isinstance(moment, datetime) and moment.utcoffset() is not None
    zone = UTC if aware else _context_zone(context)
    if zone is None:
        return BAD_TIMEZONE
    return _instant(moment, zone) or OUT_OF_RANGE


def now_of(context: Context) -> datetime | Fault:
    """The context's ``now`` in UTC."""
    moment = read_moment(_read_now(context))
    if not isinstance(moment, datetime):
        return BAD_NOW
    instant = instant_of(moment, context)
    return BAD_NOW if instant is OUT_OF_RANGE else instant


def _span(moment: Moment, zone: tzinfo) -> Span | None:
    """What ``moment`` covers: one tick for a datetime, the whole day for a date."""
    start = _instant(moment, zone)
    if start is None:
        return None
    try:
        if isinstance(moment, datetime):
            return Span(start, start + _TICK)
        return Span(start, _instant(moment + timedelta(days=1), zone) or _LAST)
    except OverflowError:
        return Span(start, _LAST)


def span_reader(moment: Moment) -> Callable[[Context], Span | Fault]:
    """What an expected ``moment`` covers, in the zone of each context; worked out once per zone."""

    @lru_cache(maxsize=8)
    def in_zone(zone: tzinfo) -> Span | Fault:
        return _span(moment, zone) or OUT_OF_RANGE

    if isinstance(moment, datetime) and moment.utcoffset() is not None:
        fixed = in_zone(UTC)
        return lambda context: fixed

    def read(context: Context) -> Span | Fault:
        zone = _context_zone(context)
        return BAD_TIMEZONE if zone is None else in_zone(zone)

    return read


def parse_duration(text: str) -> timedelta | None:
    """``"30m"``, ``"2h"``, ``"7d"``, ``"1w"`` or ISO 8601 ``"P1DT12H"`` as a duration; ``None`` if it is not one.

    More than zero and at most 36,500 days. Months and years have no fixed length and are not read.
    """
    cleaned = text.translate(_ASCII_DIGITS).strip()
    if short := _SHORT_DURATION.fullmatch(cleaned):
        parts = {_UNITS[short[2]]: int(short[1])}
    elif iso := _ISO_DURATION.fullmatch(cleaned):
        names = ("weeks", "days", "hours", "minutes", "seconds")
        parts = {name: int(amount) for name, amount in zip(names, iso.groups(), strict=True) if amount}
    else:
        return None
    duration = timedelta(**parts)
    return duration if timedelta(0) < duration <= MAX_DURATION else None
