"""Short spellings for the tables: moments as ISO text with an offset."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, ValidationError

PARIS = "Europe/Paris"  # 2026: forward 29 March 02:00 → 03:00, back 25 October 03:00 → 02:00
NEW_YORK = "America/New_York"  # 2026: forward 8 March 02:00 → 03:00, back 1 November 02:00 → 01:00
ALGIERS = "Africa/Algiers"  # +01:00 always
RIYADH = "Asia/Riyadh"  # +03:00 always
TEHRAN = "Asia/Tehran"  # 2022, its last: forward 22 March 00:00 → 01:00, back 22 September 00:00 → 21st 23:00
CASABLANCA = (
    "Africa/Casablanca"  # 2026: back for Ramadan 15 February 03:00 → 02:00, forward 22 March 02:00 → 03:00
)
LORD_HOWE = "Australia/Lord_Howe"  # 2026: back 5 April 02:00 → 01:30, forward 4 October 02:00 → 02:30
CAIRO = (
    "Africa/Cairo"  # 2026: forward Friday 24 April 00:00 → 01:00, back Friday 30 October 00:00 → 29th 23:00
)
APIA = "Pacific/Apia"  # had no 30 December 2011
ST_JOHNS = "America/St_Johns"  # 2010: back 7 November 00:01 → 6th 23:01


def at(text: str) -> datetime:
    """``2026-03-29T09:00+02:00`` as a moment."""
    return datetime.fromisoformat(text)


def local(moments: Iterable[datetime], zone: str) -> list[str]:
    """The moments as the tables write them, in the zone's wall time."""
    return [moment.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") for moment in moments]


def problems(model: type[BaseModel], document: object) -> str:
    """The fields and messages of the validation error that ``document`` must raise."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(document)
    return "; ".join(f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in caught.value.errors())
