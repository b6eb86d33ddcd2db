"""Each operator against each kind of value, as the README's table promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import predicates
from core.predicates import OPERATORS, Result, parse
from core.predicates.tests.cases import ABSENT, CASES


def line(op, value=None, field="event.data.x"):
    document = {"field": field, "op": op}
    return document if value is None else {**document, "value": value}


def context(actual=ABSENT, **roots):
    data = {} if actual is ABSENT else {"x": actual}
    return {
        "event": {"data": data},
        "tenant": {"timezone": "Asia/Tehran"},
        "now": "2026-03-21T12:00:00Z",
        **roots,
    }


def case_id(case):
    return f"{case[0]}-{str(case[1])[:30]}-{'absent' if case[2] is ABSENT else repr(case[2])[:30]}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_operator(case):
    op, value, actual, wanted, *reason = case
    predicate = predicates.compile(parse(line(op, value)))
    explanation = predicate.explain(context(actual))
    assert predicate.evaluate(context(actual)) is Result(wanted)
    assert explanation.result is Result(wanted)
    if reason:
        assert explanation.reason == f"event.data.x is {explanation.actual}, {reason[0]}"
    else:
        assert explanation.reason is None


def test_the_table_is_broad():
    covered = {case[0] for case in CASES}
    assert len(CASES) >= 150
    assert set(OPERATORS) - covered == {"changed_to", "performed"}  # test_history.py


@pytest.mark.parametrize(
    ("op", "opposite", "value", "actual"),
    [
        (op, f"not_{op}", value, actual)
        for op, value, actual, *_ in CASES
        if op in ("equals", "in", "between")
    ],
)
def test_a_not_operator_is_the_negation(op, opposite, value, actual):
    negated = predicates.compile(parse({"not": line(op, value)}))
    assert predicates.compile(parse(line(opposite, value))).evaluate(context(actual)) is negated.evaluate(
        context(actual)
    )


def test_without_a_timezone_a_naive_time_is_utc():
    predicate = predicates.compile(parse(line("greater", "2026-03-21T12:00")))
    assert predicate.evaluate(context("2026-03-21T12:00:01Z", tenant={})) is Result.TRUE
    assert predicate.evaluate(context("2026-03-21T11:59:59Z", tenant={})) is Result.FALSE


def test_one_compiled_predicate_serves_tenants_in_different_zones():
    predicate = predicates.compile(parse(line("equals", "2026-03-29")))  # Paris loses an hour on that day
    late = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    assert predicate.evaluate(context(late, tenant={"timezone": "Europe/Paris"})) is Result.TRUE
    assert predicate.evaluate(context(late, tenant={"timezone": "Asia/Tehran"})) is Result.FALSE
    assert predicate.evaluate(context(late, tenant={"timezone": "Africa/Algiers"})) is Result.TRUE


@pytest.mark.parametrize(
    "zone", ["Mars/Olympus", "", "../../etc/passwd", "America", "a" * 5000, "\0", 5, {"a": 1}]
)
def test_a_bad_timezone_is_an_error_that_says_so(zone):
    predicate = predicates.compile(parse(line("greater", "2026-03-21")))
    explanation = predicate.explain(context("2026-03-22T10:00", tenant={"timezone": zone}))
    assert explanation.result is Result.ERROR
    assert explanation.reason.startswith("tenant.timezone is ")
    assert explanation.reason.endswith(", not the name of a time zone")


def test_a_bad_timezone_does_not_matter_to_times_with_their_own():
    predicate = predicates.compile(parse(line("greater", "2026-03-21T00:00Z")))
    assert predicate.evaluate(context("2026-03-22T10:00Z", tenant={"timezone": "?"})) is Result.TRUE


@pytest.mark.parametrize("now", [None, "today", 5, "2026-03-21", {"a": 1}, "0001-01-01T00:00+14:00"])
def test_within_last_without_a_present_is_an_error(now):
    explanation = predicates.compile(parse(line("within_last", "7d"))).explain(
        context("2026-03-20T10:00Z", now=now)
    )
    assert explanation.result is Result.ERROR
    assert explanation.reason.startswith("now is ")


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("event.data.items.0.sku", "پ-۱"),
        ("event.data.items.1.sku", "B-2"),
        ("event.data.items.2.sku", None),
        ("event.data.items.-1.sku", None),
        ("event.data.items.sku", None),
        ("event.data.items.٠.sku", None),
        ("event.data.map.0", "zero"),
        ("event.data.text.0", None),
        ("event.data.nothing.deep.er", None),
        ("nowhere", None),
        ("event.data.شهر", "الجزائر"),
    ],
)
def test_paths(field, wanted):
    data = {
        "items": [{"sku": "پ-۱"}, {"sku": "B-2"}],
        "map": {"0": "zero"},
        "text": "abc",
        "nothing": None,
        "شهر": "الجزائر",
    }
    where = {"event": {"data": data}}
    check = line("is_null", field=field) if wanted is None else line("equals", wanted, field=field)
    assert predicates.compile(parse(check)).evaluate(where) is Result.TRUE
