"""``Retry-After`` in the forms that servers write it, and the statuses that mean "later"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from core.http.retry_after import is_busy, retry_after


def at(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("99999", 3_600),
        ("9" * 400, 3_600),
        (lambda: at(90), 90),
        (lambda: at(-90), 0),
        (lambda: at(90).removesuffix(" GMT"), 90),
        (lambda: at(100_000), 3_600),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("-5", None),
        ("1e3", None),
        ("١٢", None),
        ("Mon, 99 Foo 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after(written, seconds):
    # A date is written when the test runs, not when it is collected.
    read = retry_after({"retry-after": written() if callable(written) else written})

    assert read == (None if seconds is None else pytest.approx(seconds, abs=3))


def test_it_may_not_be_there():
    assert retry_after({}) is None


@pytest.mark.parametrize(
    ("status", "busy"),
    [
        (200, False),
        (302, False),
        (400, False),
        (404, False),
        (408, True),
        (425, True),
        (429, True),
        (500, True),
        (599, True),
    ],
)
def test_is_busy(status, busy):
    assert is_busy(status) is busy
