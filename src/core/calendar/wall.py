"""The way between instants and what the clock on a wall shows.

A wall time is a naive ``datetime``. In a zone where the clock goes forward some are never shown; where it goes back
some are shown twice. Instants are answered in UTC: two datetimes of one ``ZoneInfo`` are compared and subtracted by
what they show, which is wrong by the shift around each change.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from core.calendar.errors import OutOfRangeError

_EARLIEST = datetime(1000, 1, 1, tzinfo=UTC)
_LATEST = datetime(9000, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def utc(at: datetime) -> datetime:
    """``at`` in UTC. Raises ``ValueError`` for a naive one and ``OutOfRangeError`` far from the present, so that no
    search runs off the calendar's end."""
    if at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone: give an aware datetime")
    try:
        instant = at.astimezone(UTC)
    except OverflowError:
        raise OutOfRangeError from None
    if not _EARLIEST <= instant <= _LATEST:
        raise OutOfRangeError
    return instant


def wall_clock(at: datetime, tz: tzinfo) -> datetime:
    """What the clock in ``tz`` shows at ``at``; ``fold`` is 1 when it shows that for the second time."""
    return utc(at).astimezone(tz).replace(tzinfo=None)


def showings(wall: datetime, tz: tzinfo) -> tuple[datetime, ...]:
    """When the clock in ``tz`` shows ``wall``, in order: one instant, none in a gap, two where the clock goes back."""
    first, second = (utc(wall.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    if first == second:
        return (first,)
    # In a gap ``fold`` 0 reads the wall time with the offset before it, which gives the later of the two instants.
    return (first, second) if first < second else ()


def first_showing(wall: datetime, tz: tzinfo) -> datetime:
    """When the clock in ``tz`` first shows ``wall``, or for one that it skips, the first instant after the gap.

    Never falls when ``wall`` rises.
    """
    shown = showings(wall, tz)
    return shown[0] if shown else _change(wall, tz)


def same_showing(wall: datetime, tz: tzinfo) -> datetime:
    """Like ``first_showing``, but the second one for a ``wall`` that was read from it (its ``fold`` is 1)."""
    shown = showings(wall, tz)
    return shown[wall.fold] if len(shown) > wall.fold else first_showing(wall, tz)


def repeat_start(wall: datetime, tz: tzinfo) -> datetime:
    """The first of the wall times that are shown twice together with ``wall``, which must be one of them."""
    return wall_clock(_change(wall, tz), tz)


def _change(wall: datetime, tz: tzinfo) -> datetime:
    """The instant at which the clock was set so that ``wall`` is skipped or repeated; such changes fall on whole seconds."""
    early, late = sorted(utc(wall.replace(tzinfo=tz, fold=fold, microsecond=0)) for fold in (0, 1))
    offset = late.astimezone(tz).utcoffset()
    before, after = 0, (late - early) // _SECOND
    while after - before > 1:
        middle = (before + after) // 2
        if (early + middle * _SECOND).astimezone(tz).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return early + after * _SECOND
