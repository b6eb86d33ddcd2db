"""Durations as config: parts that add up, or text such as ``2h 30m``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from pydantic import ConfigDict, Field, model_validator

from core.calendar.base import CalendarModel
from core.forms import hints
from core.text import to_western_digits

MAX_DAYS = 366

_HOW_TO = "write it as in '2h 30m', '3 days' or 'PT2H30M'"
_MAX_CHARS = 64
_NUMBER = r"([0-9]{1,9}(?:\.[0-9]{1,6})?)"
_PART = re.compile(_NUMBER + r" *([a-z]+)[ ,]*")
_ISO = re.compile(
    rf"P(?=.)(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_ISO_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_UNITS = {
    spelling: unit
    for unit, spellings in {
        "weeks": "w week weeks",
        "days": "d day days",
        "hours": "h hr hrs hour hours",
        "minutes": "m min mins minute minutes",
        "seconds": "s sec secs second seconds",
    }.items()
    for spelling in spellings.split()
}


class Duration(CalendarModel):
    """How long; the parts add up to more than nothing and at most 366 days.

    Text is read too: ``"2h 30m"``, ``"3 days"``, ISO 8601 ``"PT2H30M"`` (no months or years: they have no fixed length).
    """

    model_config = ConfigDict(json_schema_extra=hints("duration"))

    days: float = Field(default=0, ge=0, le=MAX_DAYS, description="Days of 24 hours.")
    hours: float = Field(default=0, ge=0, le=MAX_DAYS * 24, description="Hours.")
    minutes: float = Field(default=0, ge=0, le=MAX_DAYS * 24 * 60, description="Minutes.")
    seconds: float = Field(default=0, ge=0, le=MAX_DAYS * 24 * 60 * 60, description="Seconds.")

    @property
    def delta(self) -> timedelta:
        """The sum of the parts."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        return duration_parts(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _some_time(self) -> Duration:
        if not timedelta(0) < self.delta <= timedelta(days=MAX_DAYS):
            raise ValueError(
                f"the duration is more than nothing and at most {MAX_DAYS} days; set days, hours, minutes or seconds"
            )
        return self


def duration_parts(text: str) -> dict[str, float]:
    """The parts ``days``, ``hours``, ``minutes`` and ``seconds`` that ``text`` names, none twice. Raises ``ValueError``."""
    cleaned = to_western_digits(text).strip()
    parts = (
        _iso_parts(cleaned.upper()) or _spoken_parts(cleaned.lower()) if len(cleaned) <= _MAX_CHARS else {}
    )
    if not parts:
        raise ValueError(f"{text[:_MAX_CHARS]!r} is not a duration: {_HOW_TO}")
    weeks = parts.pop("weeks", 0)
    return {**parts, "days": parts.get("days", 0) + weeks * 7} if weeks else parts


def _iso_parts(text: str) -> dict[str, float]:
    found = _ISO.fullmatch(text)
    if found is None:
        return {}
    return {unit: float(amount) for unit, amount in zip(_ISO_UNITS, found.groups(), strict=True) if amount}


def _spoken_parts(text: str) -> dict[str, float]:
    parts = dict[str, float]()
    end = 0
    for found in _PART.finditer(text):
        unit = _UNITS.get(found[2])
        if found.start() != end or unit is None or unit in parts:
            return {}
        parts[unit] = float(found[1])
        end = found.end()
    return parts if end == len(text) else {}
