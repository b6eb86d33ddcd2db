"""The base of the calendar's models."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class CalendarModel(BaseModel):
    """A part of a config: never changed, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
