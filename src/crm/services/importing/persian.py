"""Days of the Persian (solar Hijri) calendar as Gregorian ones, for the years that people write today."""

from __future__ import annotations

from datetime import date, timedelta

#: 1 Farvardin 1403.
_YEAR, _NOWRUZ = 1403, date(2024, 3, 20)
YEARS = range(1244, 1500)


def gregorian(year: int, month: int, day: int) -> date:
    """The day. Right for the years in ``YEARS``, where the leap years follow a cycle of 33. Raises ``ValueError``."""
    length = 31 if month <= 6 else 30 if month <= 11 or is_leap(year) else 29
    if year not in YEARS or not 1 <= month <= 12 or not 1 <= day <= length:
        raise ValueError(f"there is no day {year}-{month}-{day} in the Persian calendar")
    years = range(min(year, _YEAR), max(year, _YEAR))
    between = 365 * len(years) + sum(map(is_leap, years))
    before = (month - 1) * 31 - max(0, month - 7)
    return _NOWRUZ + timedelta(days=(between if year >= _YEAR else -between) + before + day - 1)


def is_leap(year: int) -> bool:
    """Whether its last month has thirty days."""
    return (25 * year + 11) % 33 < 8
