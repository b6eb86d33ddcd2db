"""Time zones by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from core.calendar.errors import UnknownZoneError

_MAX_CHARS = 64


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name such as ``Africa/Algiers``. Raises ``UnknownZoneError``."""
    try:
        if 0 < len(name) <= _MAX_CHARS:
            return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        pass
    raise UnknownZoneError(
        f"{name[:_MAX_CHARS]!r} is not the name of a time zone: write an IANA name, as in 'Africa/Algiers'"
    )


def _known(name: str) -> str:
    try:
        zone(name)
    except UnknownZoneError as exc:
        raise ValueError(str(exc)) from None
    return name


ZoneName = Annotated[str, Field(min_length=1, max_length=_MAX_CHARS), AfterValidator(_known)]
"""The field type of an IANA zone name."""


class ZoneSource(StrEnum):
    """Whose time zone a time of day is in."""

    CONTACT = "contact"
    TENANT = "tenant"

    def zone(self, *, contact: str, tenant: str) -> ZoneInfo:
        """The zone to use. A contact's that is empty or unknown gives way to the tenant's: half of all contacts have
        none. Raises ``UnknownZoneError`` for an unknown one of the tenant."""
        if self is ZoneSource.CONTACT and contact:
            try:
                return zone(contact)
            except UnknownZoneError:
                pass
        return zone(tenant)
