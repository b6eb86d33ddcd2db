"""Days and wall clocks in three zones: one with summer time, one that gave it up in 2022, one without.

Paris 2026: the clock skips 02:00-03:00 on 29 March (at 01:00 UTC) and repeats it on 25 October (at 01:00 UTC).
Tehran 2022: it skipped 00:00-01:00 on 22 March and repeated 23:00-24:00 on 21 September. Algiers: always +01:00.
"""

from __future__ import annotations

from core.predicates.tests.cases.base import ALGIERS, PARIS, TEHRAN, Case, F, T

CASES = [
    # A day of 23 hours in Paris, of 24 in Algiers, which share the clock until 02:00.
    Case("equals", "datetime", "2026-03-29", "2026-03-28T22:59:59Z", F, zone=PARIS),
    Case("equals", "datetime", "2026-03-29", "2026-03-28T23:00:00Z", T, zone=PARIS),
    Case("equals", "datetime", "2026-03-29", "2026-03-29T21:59:59Z", T, zone=PARIS),
    Case("equals", "datetime", "2026-03-29", "2026-03-29T22:00:00Z", F, zone=PARIS),
    Case("equals", "datetime", "2026-03-29", "2026-03-28T23:00:00Z", T, zone=ALGIERS),
    Case("equals", "datetime", "2026-03-29", "2026-03-29T22:59:59Z", T, zone=ALGIERS),
    Case("equals", "datetime", "2026-03-29", "2026-03-29T23:00:00Z", F, zone=ALGIERS),
    Case("equals", "datetime", "2026-03-29", "2026-03-28T20:30:00Z", T, zone=TEHRAN),
    # A day of 25 hours.
    Case("equals", "datetime", "2026-10-25", "2026-10-24T22:00:00Z", T, zone=PARIS),
    Case("equals", "datetime", "2026-10-25", "2026-10-25T22:59:59Z", T, zone=PARIS),
    Case("equals", "datetime", "2026-10-25", "2026-10-25T23:00:00Z", F, zone=PARIS),
    # A day without a midnight, and one whose last hour comes twice.
    Case("equals", "datetime", "2022-03-22", "2022-03-21T20:29:59Z", F, zone=TEHRAN),
    Case("equals", "datetime", "2022-03-22", "2022-03-21T20:30:00Z", T, zone=TEHRAN),
    Case("equals", "datetime", "2022-03-22", "2022-03-22T19:29:59Z", T, zone=TEHRAN),
    Case("equals", "datetime", "2022-03-22", "2022-03-22T19:30:00Z", F, zone=TEHRAN),
    Case("equals", "datetime", "2022-09-21", "2022-09-21T20:29:59Z", T, zone=TEHRAN),
    Case("equals", "datetime", "2022-09-21", "2022-09-21T20:30:00Z", F, zone=TEHRAN),
    # A wall clock that the day skips is read as if the clock had not been changed yet; a repeated one is the first.
    Case("equals", "datetime", "2026-03-29T01:30:00Z", "2026-03-29T02:30", T, zone=PARIS),
    Case("equals", "datetime", "2026-03-29T03:30", "2026-03-29T02:30", T, zone=PARIS),
    Case("equals", "datetime", "2026-10-25T00:30:00Z", "2026-10-25T02:30", T, zone=PARIS),
    Case("equals", "datetime", "2026-10-25T01:30:00Z", "2026-10-25T02:30", F, zone=PARIS),
    Case("equals", "datetime", "2026-10-25T02:30", "2026-10-25T02:30+01:00", F, zone=PARIS),
    Case("not_equals", "datetime", "2026-03-29", "2026-03-29T22:00:00Z", T, zone=PARIS),
    Case("not_equals", "datetime", "2026-03-29", "2026-03-29T22:00:00Z", F, zone=ALGIERS),
    Case("not_equals", "datetime", "2026-03-29", "2026-03-29T20:30:00Z", T, zone=TEHRAN),
    Case("in", "datetime", ["2026-03-28", "2026-03-29"], "2026-03-29T22:00:00Z", F, zone=PARIS),
    Case("in", "datetime", ["2026-03-28", "2026-03-29"], "2026-03-29T22:00:00Z", T, zone=ALGIERS),
    Case("in", "datetime", ["2026-03-28", "2026-03-29"], "2026-03-29T22:00:00Z", F, zone=TEHRAN),
    Case("not_in", "datetime", ["2026-10-25"], "2026-10-25T22:30:00Z", F, zone=PARIS),
    Case("not_in", "datetime", ["2026-10-25"], "2026-10-25T22:30:00Z", F, zone=ALGIERS),
    Case("not_in", "datetime", ["2026-10-25"], "2026-10-25T22:30:00Z", T, zone=TEHRAN),
    Case("contains", "list", "2026-03-29", ["2026-03-29T22:00:00Z"], F, zone=PARIS),
    Case("contains", "list", "2026-03-29", ["2026-03-29T22:00:00Z"], T, zone=ALGIERS),
    # After the day; before it.
    Case("greater", "datetime", "2026-03-29", "2026-03-29T21:59:59Z", F, zone=PARIS),
    Case("greater", "datetime", "2026-03-29", "2026-03-29T22:00:00Z", T, zone=PARIS),
    Case("greater", "datetime", "2026-03-29", "2026-03-29T22:00:00Z", F, zone=ALGIERS),
    Case("greater", "datetime", "2026-03-29", "2026-03-29T20:30:00Z", T, zone=TEHRAN),
    Case("greater", "datetime", "2026-10-25", "2026-10-25T22:59:59Z", F, zone=PARIS),
    Case("greater", "datetime", "2026-10-25T02:30", "2026-10-25T00:30:01Z", T, zone=PARIS),
    Case("greater", "datetime", "2026-03-29T02:30", "2026-03-29T01:30:00Z", F, zone=PARIS),
    Case(
        "greater", "datetime", "2022-09-21", "2022-09-21T20:00:00Z", F, zone=TEHRAN
    ),  # 23:30 for the second time
    Case("less", "datetime", "2026-03-29", "2026-03-28T22:59:59Z", T, zone=PARIS),
    Case("less", "datetime", "2026-03-29", "2026-03-28T22:59:59Z", T, zone=ALGIERS),
    Case("less", "datetime", "2026-03-29", "2026-03-28T22:59:59Z", F, zone=TEHRAN),
    Case("less", "datetime", "2026-10-25", "2026-10-24T22:00:00Z", F, zone=PARIS),
    Case("less", "datetime", "2026-10-25", "2026-10-24T22:00:00Z", T, zone=ALGIERS),
    Case("less", "datetime", "2022-03-22", "2022-03-21T20:29:59Z", T, zone=TEHRAN),
    # A month, first and last day included.
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T21:59:59Z", T, zone=PARIS),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T22:00:00Z", F, zone=PARIS),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T22:00:00Z", T, zone=ALGIERS),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-02-28T23:00:00Z", T, zone=PARIS),
    Case("between", "datetime", ["2026-03-01", "2026-03-31"], "2026-02-28T22:59:59Z", F, zone=ALGIERS),
    Case(
        "between", "datetime", ["2026-10-25T01:00", "2026-10-25T04:00"], "2026-10-25T02:59:59Z", T, zone=PARIS
    ),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T22:00:00Z", T, zone=PARIS),
    Case("not_between", "datetime", ["2026-03-01", "2026-03-31"], "2026-03-31T22:00:00Z", F, zone=ALGIERS),
    # What counts is the time that passed, not the wall clock.
    Case("within_last", "datetime", "1h", "2026-03-29T01:45", T, zone=PARIS, now="2026-03-29T03:30"),
    Case("within_last", "datetime", "1h", "2026-03-29T01:15", F, zone=PARIS, now="2026-03-29T03:30"),
    Case("within_last", "datetime", "1d", "2026-03-28T11:00", T, zone=PARIS, now="2026-03-29T12:00"),
    Case("within_last", "datetime", "1d", "2026-03-28T11:00", F, zone=ALGIERS, now="2026-03-29T12:00"),
    Case("within_last", "datetime", "1d", "2026-03-28T12:00", T, zone=TEHRAN, now="2026-03-29T12:00"),
    Case("within_last", "datetime", "1d", "2026-10-24T12:00", F, zone=PARIS, now="2026-10-25T12:00"),
    Case("within_last", "datetime", "25h", "2026-10-24T12:00", T, zone=PARIS, now="2026-10-25T12:00"),
    Case("within_last", "datetime", "1h", "2022-03-21T23:45", T, zone=TEHRAN, now="2022-03-22T01:30"),
    Case("changed_to", "datetime", "2026-03-29", {"from": None, "to": "2026-03-29T22:00:00Z"}, F, zone=PARIS),
    Case(
        "changed_to", "datetime", "2026-03-29", {"from": None, "to": "2026-03-29T22:00:00Z"}, T, zone=ALGIERS
    ),
    Case(
        "changed_to", "datetime", "2026-03-29", {"from": None, "to": "2026-03-28T20:30:00Z"}, T, zone=TEHRAN
    ),
]
