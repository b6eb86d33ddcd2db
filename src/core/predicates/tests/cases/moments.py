"""The operators that order, on moments, and within_last. The tenant is in Tehran, +03:30."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from core.predicates.tests.cases.base import (
    ABSENT,
    NO_ZONE,
    NOON,
    NOT_A_TIME,
    TOO_FAR,
    Case,
    E,
    F,
    T,
)

IRAN = timezone(timedelta(hours=3, minutes=30))

CASES = [
    Case("greater", "datetime", "2026-03-21T09:00:00Z", "2026-03-21T09:00:01Z", T),
    Case("greater", "datetime", "2026-03-21T09:00:00Z", "2026-03-21T09:00:00Z", F),
    Case("greater", "datetime", "2026-03-21T09:00:00Z", "2026-03-21T12:30:00.000001+03:30", T),
    Case("greater", "datetime", "2026-03-21T09:00:00Z", "2026-03-21T12:31:00", T),  # naive: 09:01 UTC
    Case("greater", "datetime", "2026-03-21T12:30", "2026-03-21T09:01:00Z", T),  # naive bound: 09:00 UTC
    Case("greater", "datetime", "2026-03-21", "2026-03-21T15:00:00", F),  # the day is not over
    Case("greater", "datetime", "2026-03-21", "2026-03-21T20:30:00Z", T),  # it is, in Tehran
    Case("greater", "datetime", "2026-03-21", "2026-03-21T20:29:59Z", F),
    Case("greater", "datetime", "2026-03-21", date(2026, 3, 22), T),
    Case("greater", "datetime", "2026-03-21", datetime(2026, 3, 22, 1, tzinfo=IRAN), T),
    Case("greater", "datetime", "2026-03-21", "۲۰۲۶-۰۳-۲۲", T),
    Case("greater", "datetime", "٢٠٢٦-٠٣-٢١", "2026-03-22", T),
    Case("greater", "datetime", "2026-03-21", ABSENT, F),
    Case("greater", "datetime", "2026-03-21", "yesterday", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "2026-02-30", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "۱۴۰۵/۰۱/۰۱", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", 1774051200, E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "20260322", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", True, E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "0001-01-01T00:00:00+14:00", E, TOO_FAR),
    Case("greater", "datetime", "9999-12-31", "2026-03-21", F),
    Case("greater", "datetime", "2026-03-21", None, F),
    Case("greater", "datetime", "2026-03-21", "\u200f2026-03-22\u200f", T),
    Case("greater", "datetime", "2026-03-21", "2026-03-22 10:00", T),
    Case(
        "greater", "datetime", "2026-03-21", "2026-03-22_10:00", E, NOT_A_TIME
    ),  # only T or a blank may part them
    Case("greater", "datetime", "2026-03-21", "2026-03-2212345", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "2026-W13", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "22 مارس", E, NOT_A_TIME),
    Case("greater", "datetime", "2026-03-21", "2026-03-22", E, NO_ZONE, zone="", blames="tenant.timezone"),
    Case("greater", "text", "2026-03-21", "٢٠٢٦-٠٣-٢٢", T),
    Case("greater", "any", "2026-03-21", {}, E, NOT_A_TIME),
    Case("less", "datetime", "2026-03-21", "2026-03-20T20:29:59Z", T),
    Case("less", "datetime", "2026-03-21", "2026-03-20T20:30:00Z", F),
    Case("less", "datetime", "2026-03-21", date(2026, 3, 20), T),
    Case("less", "datetime", "2026-03-21", ABSENT, F),
    Case("less", "datetime", "2026-03-21", [], E, NOT_A_TIME),
    Case("less", "datetime", "2026-03-21", None, F),
    Case("less", "datetime", "2026-03-21T00:00", "2026-03-20T20:29:59Z", T),
    Case("less", "datetime", "2026-03-21", "۲۰۲۶-۰۳-۲۰", T),
    Case("less", "datetime", "2026-03-21", "2026-03-21", F),
    Case("less", "datetime", "2026-03-21", "9999-12-31T23:59:59-14:00", E, TOO_FAR),
    Case("less", "text", "2026-03-21", "فردا", E, NOT_A_TIME),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T23:59:59", T),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T20:30:00Z", F),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-02-28T20:30:00Z", T),
    Case("between", "datetime", ["2026-03-01T00:00Z", "2026-03-02T00:00Z"], "2026-03-02T00:00Z", T),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], ABSENT, F),
    Case("between", "datetime", ["2026-03-21", "2026-03-21"], "2026-03-21T23:59:59.999999", T),
    Case("between", "datetime", ["2026-03-21", "2026-03-21"], "2026-03-22T00:00", F),
    Case("between", "datetime", ["۲۰۲۶-۰۳-۰۱", "۲۰۲۶-۰۳-۳۱"], "2026-03-15", T),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], None, F),
    Case("between", "datetime", ["2026-03-01", "2026-03-31T12:00Z"], "2026-03-31T12:00:00Z", T),
    Case("between", "datetime", ["2026-03-01", "2026-03-31T12:00Z"], "2026-03-31T12:00:01Z", F),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], ["2026-03-15"], E, NOT_A_TIME),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "2026-04-01", T),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-15", F),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "بعدا", E, NOT_A_TIME),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], ABSENT, T),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T20:30:00Z", T),
    Case("within_last", "datetime", "2h", "2026-03-21T10:00:00Z", T),
    Case("within_last", "datetime", "2h", "2026-03-21T09:59:59Z", F),
    Case("within_last", "datetime", "2h", "2026-03-21T13:30:00", T),  # naive: 10:00 UTC
    Case("within_last", "datetime", "2h", "2026-03-21T12:00:01Z", F),  # in the future
    Case("within_last", "datetime", "7d", datetime(2026, 3, 14, 12, tzinfo=UTC), T),
    Case("within_last", "datetime", "۷d", datetime(2026, 3, 14, 11, 59, tzinfo=UTC), F),
    Case("within_last", "datetime", "P1DT12H", "2026-03-20T00:00:00Z", T),
    Case("within_last", "datetime", "PT90M", "2026-03-21T10:29:00Z", F),
    Case("within_last", "datetime", "1w", date(2026, 3, 15), T),
    Case("within_last", "datetime", "30s", "2026-03-21T11:59:30Z", T),
    Case("within_last", "datetime", "7d", ABSENT, F),
    Case("within_last", "datetime", "7d", "soon", E, NOT_A_TIME),
    Case("within_last", "datetime", "7d", 5, E, NOT_A_TIME),
    Case("within_last", "datetime", "7d", None, F),
    Case("within_last", "datetime", "7d", "", E, NOT_A_TIME),
    Case("within_last", "datetime", "1d", "2026-03-21", T),  # a date is its first moment: 15 h 30 min ago
    Case("within_last", "datetime", "1d", "2026-03-20", F),
    Case("within_last", "datetime", "1d", "2026-03-22", F),
    Case("within_last", "datetime", "36500d", "1930-01-01", T),
    Case("within_last", "datetime", "٢h", "٢٠٢٦-٠٣-٢١T١٠:٠٠Z", T),
    Case("within_last", "datetime", "1d", NOON, T),  # this very moment
    Case(
        "within_last",
        "datetime",
        "1d",
        NOON,
        E,
        "not the present moment as an ISO 8601 date and time",
        now="الآن",
        blames="now",
    ),
    Case("within_last", "text", "7d", "2026-03-20T00:00:00Z", T),
    Case("within_last", "text", "7d", "دیروز", E, NOT_A_TIME),
    Case("within_last", "any", "7d", True, E, NOT_A_TIME),
    Case("within_last", "any", "7d", ABSENT, F),
]
