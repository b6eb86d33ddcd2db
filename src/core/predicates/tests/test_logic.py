"""Three-valued logic, with the explanations of whole trees."""

from __future__ import annotations

import itertools
import json

import orjson
import pytest

from core import predicates
from core.predicates import Result, describe, fields_used, parse
from core.predicates.showing import MAX_SHOWN_CHARS

TRUE = {"field": "event.yes", "op": "is_not_null"}
FALSE = {"field": "event.yes", "op": "is_null"}
ERROR = {"field": "event.yes", "op": "greater", "value": 5}
CONTEXT = {"event": {"yes": "abc"}}
BY_RESULT = {Result.TRUE: TRUE, Result.FALSE: FALSE, Result.ERROR: ERROR}


def evaluate(document, context=CONTEXT):
    predicate = predicates.compile(parse(document))
    result = predicate.evaluate(context)
    assert predicate.explain(context).result is result
    return result


@pytest.mark.parametrize("inputs", [c for n in range(4) for c in itertools.product(Result, repeat=n)])
def test_groups_follow_the_three_valued_tables_in_any_order(inputs):
    children = [BY_RESULT[result] for result in inputs]
    every, some = evaluate({"all": children}), evaluate({"any": children})
    # Kleene: false < error < true; all is the least, any the greatest.
    rank = [Result.FALSE, Result.ERROR, Result.TRUE]
    assert every is min(inputs, key=rank.index, default=Result.TRUE)
    assert some is max(inputs, key=rank.index, default=Result.FALSE)


def test_not_keeps_an_error():
    assert evaluate({"not": TRUE}) is Result.FALSE
    assert evaluate({"not": FALSE}) is Result.TRUE
    assert evaluate({"not": ERROR}) is Result.ERROR


def test_a_result_is_not_a_boolean():
    with pytest.raises(TypeError, match="three values"):
        bool(Result.ERROR)


COUPON = {
    "all": [
        {
            "any": [
                {"field": "event.data.content", "op": "icontains", "value": "کد تخفیف"},
                {"field": "event.data.content", "op": "icontains", "value": "coupon"},
            ]
        },
        {"field": "user.tags", "op": "contains", "value": "interested"},
        {"not": {"field": "event.data.price", "op": "greater", "value": 10}},
    ]
}


def test_an_explanation_tells_what_each_line_found():
    context = {
        "event": {"data": {"content": "سلام، کد تخفیف دارید؟", "price": "abc"}},
        "user": {"tags": ["interested"]},
    }
    explanation = predicates.compile(parse(COUPON)).explain(context)
    assert explanation.as_text() == (
        "! all\n"
        "  ✓ any\n"
        "    ✓ event.data.content icontains 'کد تخفیف': is 'سلام، کد تخفیف دارید؟'\n"
        "    ✗ event.data.content icontains 'coupon': is 'سلام، کد تخفیف دارید؟'\n"
        "  ✓ user.tags contains 'interested': is ['interested']\n"
        "  ! not\n"
        "    ! event.data.price greater 10: event.data.price is 'abc', not a number"
    )
    assert explanation.errors() == ["event.data.price is 'abc', not a number"]
    assert explanation.as_dict()["children"][2] == {
        "kind": "not",
        "pointer": "/all/2",
        "result": "error",
        "children": [
            {
                "kind": "comparison",
                "pointer": "/all/2/not",
                "result": "error",
                "field": "event.data.price",
                "op": "greater",
                "expected": "10",
                "actual": "'abc'",
                "reason": "event.data.price is 'abc', not a number",
            }
        ],
    }


def test_fields_used_and_describe():
    node = parse(COUPON)
    assert fields_used(node) == {"event.data.content", "user.tags", "event.data.price"}
    assert describe(node) == (
        '(event.data.content contains, in any spelling, "کد تخفیف" or event.data.content contains, '
        'in any spelling, "coupon") and user.tags contains "interested" and not (event.data.price is more than 10)'
    )


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ({"all": []}, "always"),
        ({"any": []}, "never"),
        ({"not": {"any": []}}, "not (never)"),
        ({"field": "a", "op": "is_empty"}, "a is empty"),
        ({"field": "a", "op": "between", "value": [1, "۱۰"]}, 'a is between 1 and "۱۰"'),
        ({"field": "a", "op": "in", "value": ["x", True, 1]}, 'a is one of "x", true, 1'),
        ({"field": "a", "op": "changed_to", "value": None}, "a changed to null"),
        ({"field": "a", "op": "within_last", "value": "7d"}, "a is within the last 7d"),
        ({"field": "a", "op": "matches_regex", "value": r"\d+"}, r"a matches /\d+/"),
        (
            {"field": "user", "op": "performed", "value": {"event_type": "X", "within": "1w", "at_most": 2}},
            "user performed X at least 1 and at most 2 times in the last 1w",
        ),
    ],
)
def test_describe(document, text):
    assert describe(parse(document)) == text


@pytest.mark.parametrize(
    "field",
    [
        "event.data.password",
        "user.apiKey",
        "event.data.access_tokens.0",
        "event.headers.Authorization",
        "a.API_KEY",
    ],
)
def test_secrets_are_hidden_everywhere_in_the_explanation(field):
    predicate = predicates.compile(parse({"field": field, "op": "greater", "value": 424242}))
    value = "hunter2"
    for step in reversed(field.split(".")):
        value = [value] if step == "0" else {step: value}
    explanation = predicate.explain(value)
    assert explanation.result is Result.ERROR
    assert "hunter2" not in str(explanation.as_dict())
    assert "424242" not in str(explanation.as_dict())


def test_secrets_inside_a_shown_object_are_hidden():
    explanation = predicates.compile(parse({"field": "event.data", "op": "equals", "value": "x"})).explain(
        {"event": {"data": {"name": "آلیس", "login": [{"secret": "hunter2", "pinned": 1}]}}}
    )
    assert explanation.actual == "{'name': 'آلیس', 'login': [{'secret': •••, 'pinned': 1}]}"


@pytest.mark.parametrize(
    "value",
    ["س" * 1_000_000, [[]] * 100_000, {str(key): "x" for key in range(100_000)}, 10**10_000, "\ud800" * 300],
    ids=["text", "list", "object", "number", "surrogates"],
)
def test_what_is_shown_stays_short_and_serialisable(value):
    explanation = predicates.compile(parse({"field": "a", "op": "is_null"})).explain({"a": value})
    assert len(explanation.actual) <= MAX_SHOWN_CHARS
    assert orjson.loads(orjson.dumps(explanation.as_dict())) == json.loads(json.dumps(explanation.as_dict()))


def test_direction_overrides_cannot_disguise_a_line():
    explanation = predicates.compile(parse({"field": "a", "op": "is_null"})).explain(
        {"a": "x\u202ey\nمی‌خواهم"}
    )
    assert explanation.actual == "'x\\u202ey\\nمی‌خواهم'"


def test_a_deep_value_is_shown_without_recursing_to_its_end():
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    explanation = predicates.compile(parse({"field": "a", "op": "is_null"})).explain({"a": deep})
    assert explanation.actual.endswith("…")
    while deep:  # freed step by step, as the interpreter's own clean-up recurses
        deep = deep.pop()
