"""equals and not_equals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from core.predicates.tests.cases.base import (
    A_LIST,
    ABSENT,
    AN_OBJECT,
    COUPON,
    NO_ZONE,
    Case,
    E,
    F,
    T,
)

CASES = [
    Case("equals", "text", "open", "open", T),
    Case("equals", "text", "open", "Open", F),
    Case("equals", "text", "open", "open ", F),
    Case("equals", "text", "open", ABSENT, F),
    Case("equals", "text", "open", None, F),
    Case("equals", "text", "", "", T),
    Case("equals", "text", "", ABSENT, F),
    Case("equals", "text", "café", "cafe\u0301", T),
    Case("equals", "text", "cafe\u0301", "café", T),
    Case("equals", "text", "کتاب", "کتاب", T),
    Case(
        "equals", "text", "کتاب", "كتاب", F
    ),  # Persian kaf against Arabic kaf: equals is exact, icontains is not
    Case("equals", "text", "۵", "5", F),
    Case("equals", "number", 5, 5, T),
    Case("equals", "number", 5, 5.0, T),
    Case("equals", "number", 5, Decimal("5.00"), T),
    Case("equals", "number", 0.1, 0.1, T),
    Case("equals", "number", 0.1, Decimal("0.1"), T),
    Case("equals", "number", 5, 6, F),
    Case("equals", "any", 5, "5", F),
    Case("equals", "any", "5", 5, F),
    Case("equals", "number", 5, float("nan"), F),
    Case("equals", "number", 5, Decimal("sNaN"), F),
    Case("equals", "number", 0, ABSENT, F),
    Case("equals", "any", 1, True, F),
    Case("equals", "any", True, 1, F),
    Case("equals", "boolean", True, True, T),
    Case("equals", "any", True, "true", F),
    Case("equals", "boolean", False, False, T),
    Case("equals", "any", False, 0, F),
    Case("equals", "boolean", False, ABSENT, F),
    Case("equals", "any", "vip", ["vip"], E, A_LIST),
    Case("equals", "any", "vip", {"tag": "vip"}, E, AN_OBJECT),
    Case("equals", "text", "0190", UUID(int=5), E, "of a kind that predicates cannot compare"),
    Case("equals", "datetime", "2026-03-21T09:00:00Z", datetime(2026, 3, 21, 9, tzinfo=UTC), T),
    Case("equals", "datetime", "2026-03-21T12:30:00+03:30", datetime(2026, 3, 21, 9, tzinfo=UTC), T),
    Case("equals", "datetime", "2026-03-21T12:30:00", datetime(2026, 3, 21, 9, tzinfo=UTC), T),
    Case(
        "equals", "datetime", "2026-03-21", datetime(2026, 3, 20, 20, 30, tzinfo=UTC), T
    ),  # midnight in Tehran
    Case("equals", "datetime", "2026-03-21", datetime(2026, 3, 20, 20, 29, 59, tzinfo=UTC), F),
    Case("equals", "datetime", "2026-03-21", date(2026, 3, 21), T),
    Case("equals", "any", "tomorrow", date(2026, 3, 21), F),
    Case("equals", "text", COUPON, COUPON, T),
    Case("equals", "text", "سلام", "سـلام", F),  # tatweel
    Case("equals", "text", "كود", "كُود", F),  # a vowel sign
    Case("equals", "text", "كُّود", "كُّود", T),  # shadda and damma typed in the other order
    Case("equals", "text", "می‌خواهم", "میخواهم", F),  # ZWNJ
    Case("equals", "text", "سلام", "سلام\u200f", F),
    Case("equals", "text", "سلام Ali 12", "سلام Ali 12", T),
    Case("equals", "text", "١٢", "۱۲", F),  # the digits of Arabic and of Persian
    Case("equals", "text", "آب", "ا\u0653ب", T),  # alef and madda, composed or not
    Case("equals", "text", "straße", "strasse", F),
    Case("equals", "text", "5", "5.0", F),
    Case("equals", "text", "open", "", F),
    Case("equals", "number", 5, -5, F),
    Case("equals", "number", 0, -0.0, T),
    Case("equals", "number", 5, None, F),
    Case("equals", "number", 10**30, 10**30 + 1, F),
    Case("equals", "number", 10**20, 1e20, T),
    Case("equals", "number", 5, "۵", F),
    Case("equals", "number", 5, [5], E, A_LIST),
    Case("equals", "boolean", True, False, F),
    Case("equals", "boolean", True, None, F),
    Case("equals", "boolean", True, "بله", F),
    # As JSON has it: both are text, and mean the same.
    Case("equals", "datetime", "2026-03-21T09:00:00Z", "2026-03-21T09:00:00+00:00", T),
    Case("equals", "datetime", "2026-03-21", "2026-03-21T05:00:00+00:00", T),
    Case("equals", "datetime", "2026-03-21", "2026-03-21T20:30:00+00:00", F),  # the next day in Tehran
    Case("equals", "datetime", "2026-03-21T12:30", "2026-03-21T09:00:00Z", T),
    Case("equals", "datetime", "2026-03-21T12:30", "2026-03-21T09:00:01Z", F),
    Case("equals", "datetime", "2026-03-21", "۲۰۲۶-۰۳-۲۱", T),
    Case("equals", "datetime", "2026-03-21", "2026-03-21", T, zone="Mars/Olympus"),  # letter by letter
    Case(
        "equals",
        "datetime",
        "2026-03-21",
        "2026-03-22",
        E,
        NO_ZONE,
        zone="Mars/Olympus",
        blames="tenant.timezone",
    ),
    Case("equals", "datetime", "2026-03-21", "", F),
    Case("equals", "datetime", "2026-03-21", "yesterday", F),
    Case("equals", "datetime", "2026-03-21", 1774051200, F),
    Case("equals", "datetime", "2026-03-21", None, F),
    Case("equals", "datetime", "2026-03-21", ABSENT, F),
    Case("equals", "any", "x", ABSENT, F),
    Case("equals", "any", 1.5, True, F),
    Case("not_equals", "text", "open", "closed", T),
    Case("not_equals", "text", "open", "open", F),
    Case("not_equals", "text", "open", ABSENT, T),
    Case("not_equals", "any", 5, "5", T),
    Case("not_equals", "any", True, 1, T),
    Case("not_equals", "any", "vip", ["vip"], E, A_LIST),
    Case("not_equals", "text", "open", None, T),
    Case("not_equals", "text", "open", "", T),
    Case("not_equals", "text", "کتاب", "كتاب", T),
    Case("not_equals", "text", "café", "cafe\u0301", F),
    Case("not_equals", "number", 5, 5.0, F),
    Case("not_equals", "number", 5, 6, T),
    Case("not_equals", "number", 5, float("nan"), T),
    Case("not_equals", "number", 5, ABSENT, T),
    Case("not_equals", "boolean", True, False, T),
    Case("not_equals", "boolean", True, True, F),
    Case("not_equals", "boolean", True, None, T),
    Case("not_equals", "datetime", "2026-03-21", "2026-03-21T05:00:00+00:00", F),
    Case("not_equals", "datetime", "2026-03-21", "2026-03-21T20:30:00+00:00", T),
    Case("not_equals", "datetime", "2026-03-21", ABSENT, T),
    Case("not_equals", "any", "vip", {"tag": "vip"}, E, AN_OBJECT),
]
