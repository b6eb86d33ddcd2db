"""When the other side says that it is busy, and when it asks to be called again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Seconds; a longer wait is cut to this.
LONGEST_WAIT_S = 3_600


def is_busy(status: int) -> bool:
    """Whether a status says that the same request may be taken later: 408, 425, 429 and 5xx."""
    return status in (408, 425, 429) or status >= 500


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds asked for by ``Retry-After``, as a number or a date (RFC 9110, 10.2.3); at most an hour.

    ``headers`` have lower-case names. ``None`` when it is not there or cannot be read.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(min(int(asked[:6]), LONGEST_WAIT_S))
    try:
        moment = parsedate_to_datetime(asked)
    except ValueError:
        return None
    # A date without a zone is what RFC 9110 calls obsolete, and means GMT.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), float(LONGEST_WAIT_S))
