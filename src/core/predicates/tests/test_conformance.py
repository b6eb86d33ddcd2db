"""Each operator on each type of field, as the README's table promises; the cases are in ``cases/``."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import orjson
import pytest

from core import predicates
from core.predicates import (
    OPERATORS,
    FieldRegistry,
    FieldSpec,
    FieldType,
    Result,
    check_fields,
    json_schema,
    parse,
)
from core.predicates.tests.cases import ABSENT, CASES, Case

MIN_CASES = 300
MIN_CASES_OF_AN_OPERATOR = 12
ZONES = {"Europe/Paris", "Asia/Tehran", "Africa/Algiers"}
SIGNS = {"true": "✓", "false": "✗", "error": "!"}

FIELDS = FieldRegistry()
for _type in FieldType:
    FIELDS.add(FieldSpec(path=f"event.data.{_type}", label=_type.title(), type=_type))
FIELDS.add(FieldSpec(path="user", label="User", type=FieldType.OBJECT))


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


def written(char: str) -> str:
    """A character as an explanation shows it: controls and direction overrides as escapes."""
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\ud800": "?"}
    unseen = unicodedata.category(char) in ("Cc", "Zl", "Zp")
    turning = unicodedata.bidirectional(char) in (
        "LRE",
        "RLE",
        "PDF",
        "LRO",
        "RLO",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    )
    return short.get(char) or (f"\\u{ord(char):04x}" if unseen or turning else char)


def said(value: Any) -> str:
    """A value as an explanation shows it, said a second time and more slowly."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        text = "'" + "".join(map(written, value)) + "'"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{said(key)}: {said(entry)}" for key, entry in value.items()) + "}"
    elif isinstance(value, (list, tuple, set)):
        text = "[" + ", ".join(map(said, value)) + "]"
    elif isinstance(value, int) and value.bit_length() > 512:
        text = f"an integer of {value.bit_length()} bits"
    else:
        text = str(value)
    return text if len(text) <= 200 else text[:199] + "…"


def expectation(case: Case) -> str | None:
    """How the value that was asked for is shown; operators without one show nothing."""
    if OPERATORS.get(case.op).shape.schema is None:
        return None
    if case.op != "performed":
        return said(case.value)
    wanted = {"at_least": 1, "at_most": None, **case.value}
    return said({key: wanted[key] for key in ("event_type", "within", "at_least", "at_most")})


def finding(case: Case) -> str:
    """How the value that was found is shown; what could not even be read shows as null."""
    unreadable = case.op in ("performed", "changed_to") and case.blames
    if case.actual is ABSENT or unreadable:
        return "null"
    if case.op == "changed_to" and case.actual is not None:
        return said({"from": None, **case.actual})
    return said(case.actual)


def case_id(case: Case) -> str:
    return f"{case.op}-{case.type}-{str(case.value)[:30]}-{repr(case.actual)[:30]}-{case.zone[:4]}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_operator(case):
    predicate = predicates.compile(parse(case.document))
    explanation = predicate.explain(case.context)
    assert predicate.evaluate(case.context) is Result(case.result)
    assert explanation.result is Result(case.result)
    assert explanation.expected == expectation(case)
    assert explanation.actual == finding(case)

    opposite = predicates.compile(parse({"not": case.document}))
    assert opposite.evaluate(case.context).value == {"true": "false", "false": "true"}.get(
        case.result, "error"
    )

    asked = " ".join(part for part in (case.field, case.op, explanation.expected) if part is not None)
    if case.result != "error":
        assert explanation.reason is None
        assert explanation.as_text() == f"{SIGNS[case.result]} {asked}: is {explanation.actual}"
    else:
        path = case.blames or case.field
        assert explanation.reason.startswith(f"{path} is ")
        assert explanation.reason.endswith(f", {case.reason}")
        if not case.blames:
            assert explanation.reason == f"{path} is {explanation.actual}, {case.reason}"
        assert explanation.as_text() == f"! {asked}: {explanation.reason}"
    assert orjson.loads(orjson.dumps(explanation.as_dict())) == {
        "kind": "comparison",
        "pointer": "",
        "result": case.result,
        "field": case.field,
        "op": case.op,
        "expected": explanation.expected,
        "actual": explanation.actual,
        "reason": explanation.reason,
    }


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_every_case_could_be_published(case):
    """The table is of what tenants can have: the operator is offered for the field, the value fits it."""
    assert case.type in OPERATORS.get(case.op).types
    assert check_fields(parse(case.document), FIELDS) == []


def test_the_table_fits_the_schema():
    validator = jsonschema.Draft202012Validator(json_schema())
    for case in CASES:
        validator.validate(case.document)


def test_no_case_stands_twice():
    seen = Counter(repr((c.op, c.type, c.value, c.actual, c.zone, c.now)) for c in CASES)
    assert [key for key, times in seen.items() if times > 1] == []


def test_the_table_is_broad():
    assert len(CASES) >= MIN_CASES
    count = Counter(case.op for case in CASES)
    assert {op: count[op] for op in OPERATORS if count[op] < MIN_CASES_OF_AN_OPERATOR} == {}
    assert set(count) <= set(OPERATORS)


def test_every_operator_has_a_case_on_every_type_that_offers_it():
    offered = {(op, kind.value) for op in OPERATORS for kind in OPERATORS.get(op).types}
    assert sorted(offered - {(case.op, case.type) for case in CASES}) == []


@pytest.mark.parametrize("op", list(OPERATORS))
def test_every_operator_meets_the_hard_values(op):
    mine = [case for case in CASES if case.op == op]
    assert any(case.actual is ABSENT for case in mine)
    assert any(case.actual is None for case in mine)
    assert any(
        unicodedata.bidirectional(char) in ("R", "AL", "AN") for case in mine for char in repr(case)
    ) or any(digit in repr(case) for case in mine for digit in "۰۱۲۳۴۵۶۷۸۹")
    results = {case.result for case in mine}
    assert {"true", "false"} <= results
    if "error" not in results:
        assert op in ("is_null", "is_not_null", "is_empty", "is_not_empty")  # these can always tell
    if FieldType.DATETIME in OPERATORS.get(op).types and OPERATORS.get(op).shape.schema is not None:
        assert {case.zone for case in mine} >= ZONES


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.op in ("equals", "in", "between")], ids=case_id
)
def test_a_not_operator_is_the_negation(case):
    negation = predicates.compile(parse({"not": case.document}))
    opposite = predicates.compile(parse({**case.document, "op": f"not_{case.op}"}))
    assert opposite.evaluate(case.context) is negation.evaluate(case.context)


@pytest.mark.parametrize(
    ("document", "data", "text"),
    [
        (
            line("icontains", "کد تخفیف"),
            "سلام، \u202bكد تخفيف\u202c دارید؟\n۲",
            "✓ event.data.x icontains 'کد تخفیف': is 'سلام، \\u202bكد تخفيف\\u202c دارید؟\\n۲'",
        ),
        (line("is_empty"), "\u200f", "✓ event.data.x is_empty: is '\u200f'"),
        (line("in", ["fa", "عربي", 5, True]), None, "✗ event.data.x in ['fa', 'عربي', 5, true]: is null"),
        (
            line("between", ["۱", "۱۰"]),
            "چهار",
            "! event.data.x between ['۱', '۱۰']: event.data.x is 'چهار', not a number",
        ),
        (
            line("greater", "2026-03-21"),
            date(2026, 3, 22),
            "✓ event.data.x greater '2026-03-21': is 2026-03-22",
        ),
        (
            line("contains", "vip"),
            {"نام": "علی", "tags": ["vip", None, 1.5]},
            "! event.data.x contains 'vip': event.data.x is {'نام': 'علی', 'tags': ['vip', null, 1.5]}, "
            "neither text nor a list",
        ),
        (line("equals", "x"), "س" * 300, "✗ event.data.x equals 'x': is '" + "س" * 198 + "…"),
        (
            line("performed", {"event_type": "ORDER_PLACED", "within": "30d", "at_least": 3}, field="user"),
            None,
            "! user performed {'event_type': 'ORDER_PLACED', 'within': '30d', 'at_least': 3, 'at_most': null}: "
            "history is a function, not able to tell how often that happened",
        ),
    ],
)
def test_lines_as_people_read_them(document, data, text):
    assert (
        predicates.compile(parse(document)).explain(context(data, history=lambda query: None)).as_text()
        == text
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
