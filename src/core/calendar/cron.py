"""Reading five-field cron lines, with errors that name the field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from croniter import CroniterBadDateError, croniter

from core.calendar.errors import NoOccurrenceError
from core.text import to_western_digits

HOW_TO = "write five fields (minute, hour, day of month, month, weekday) as in '0 9 * * 1-5'"
HOURS = 24
_HOUR = 1
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAYS = "sun|mon|tue|wed|thu|fri|sat"
_NTH = re.compile(rf"(({_DAYS}|[0-7])#[1-5]|l[0-7])")
_LAST = re.compile("l")
_STEP = "(/(?P<step>[0-9]{1,3}))?"
_NUMBERS = re.compile(rf"(\*|[0-9]{{1,2}}(-[0-9]{{1,2}})?){_STEP}")
_MONTH = rf"([0-9]{{1,2}}|{_MONTHS})"
_MONTH_SPANS = re.compile(rf"(\*|{_MONTH}(-{_MONTH})?){_STEP}")
_DAY = rf"([0-7]|{_DAYS})"
_DAY_SPANS = re.compile(rf"(\*|{_DAY}(-{_DAY})?){_STEP}")


class _Field(NamedTuple):
    name: str
    allowed: str
    max_step: int
    span: re.Pattern[str]
    extra: re.Pattern[str] | None = None

    def problem(self, text: str, alone: str) -> str | None:
        """What is wrong with ``text``; ``alone`` is a line of stars that has only it."""
        for item in text.split(","):
            found = self.span.fullmatch(item)
            step = int(found["step"]) if found and found["step"] else 1
            if not 1 <= step <= self.max_step:
                return (
                    f"the {self.name} steps by {step}: at most {self.max_step} and at least 1; "
                    "for a longer step use an interval"
                )
            if not found and not (self.extra and self.extra.fullmatch(item)):
                return self._not_allowed(text)
        return None if croniter.is_valid(alone) else self._not_allowed(text)

    def _not_allowed(self, text: str) -> str:
        return f"the {self.name} cannot be {text[:20]!r}: {self.allowed}"


_FIELDS = (
    _Field("minute", "write 0 to 59, '*', '*/15', '0-30' or '0,30'", 59, _NUMBERS),
    _Field("hour", "write 0 to 23, '*', '*/2', '9-17' or '9,14'", 23, _NUMBERS),
    _Field("day of month", "write 1 to 31, '*', '1,15' or 'L' for the last day", 31, _NUMBERS, _LAST),
    _Field("month", "write 1 to 12, jan to dec, '*' or '1-6'", 12, _MONTH_SPANS),
    _Field(
        "weekday",
        "write 0 to 7 (0 and 7 are Sunday), sun to sat, '*', '1-5', 'mon#1' for the first Monday or "
        "'L5' for the last Friday",
        7,
        _DAY_SPANS,
        _NTH,
    ),
)


def checked_cron(line: str) -> str:
    """``line`` with single blanks, in lower case. Raises ``ValueError`` that names the wrong field and a way to mend it."""
    fields = to_western_digits(line).lower().split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"{line[:60]!r} has {len(fields)} fields: {HOW_TO}")
    for index, (field, text) in enumerate(zip(_FIELDS, fields, strict=True)):
        alone = " ".join(text if place == index else "*" for place in range(len(fields)))
        if problem := field.problem(text, alone):
            raise ValueError(problem)
    nth = [bool(_NTH.fullmatch(item)) for item in fields[4].split(",")]
    if any(nth) and not (all(nth) and fields[2] == "*"):
        raise ValueError(
            "a weekday such as 'mon#1' or 'L5' stands with its like only, and with '*' as the day of month"
        )
    checked = " ".join(fields)
    try:
        next(wall_times(checked, datetime(2000, 1, 1)))
    except NoOccurrenceError:
        raise ValueError(f"{checked!r} never comes round: no such month has that day") from None
    return checked


@lru_cache(maxsize=1024)
def every_hour(line: str) -> bool:
    """Whether ``line`` may fire in each hour of the day."""
    hours = croniter.expand(line)[0][_HOUR]
    return hours == ["*"] or len(set(hours)) == HOURS


def wall_times(line: str, after: datetime) -> Iterator[datetime]:
    """The naive times that match ``line``, from the first whole minute after ``after``, without end.

    croniter is given naive times only: of an aware one it fires a daily ``30 2 * * *`` twice on the night that the
    clock goes back. Raises ``NoOccurrenceError`` when there is none within 50 years.
    """
    times = croniter(line, after.replace(second=0, microsecond=0, fold=0))
    while True:
        try:
            yield times.get_next(datetime)
        except CroniterBadDateError:
            raise NoOccurrenceError from None
