"""Laws that hold for every predicate and every JSON context."""

from __future__ import annotations

import json

import jsonschema
import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from core import predicates
from core.predicates import PredicateError, Result, describe, fields_used, json_schema, parse

WORDS = st.sampled_from(
    ["coupon", "COUPON", "کد تخفیف", "كد تخفيف", "5", "۵", "٥", "café", "2026-03-21", "", " "]
)
STAMPS = st.sampled_from(
    [
        "2026-03-21T10:00:00Z",
        "2026-03-21T10:00",
        "2026-03-20",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-14:00",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=20),
    WORDS,
    STAMPS,
)
KEYS = st.sampled_from(["data", "content", "x", "changes", "previous", "from", "to", "0", "timezone", "tags"])
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)
CONTEXTS = st.dictionaries(
    st.sampled_from(["event", "user", "conversation", "tenant", "steps", "now", "history", "x"]),
    JSON,
    max_size=8,
)
FIELDS = st.lists(
    st.sampled_from(["event", "user", "tenant", "now", "data", "content", "x", "changes", "0", "tags"]),
    min_size=1,
    max_size=4,
).map(".".join)


def line(op, values):
    return st.builds(lambda field, value: {"field": field, "op": op, "value": value}, FIELDS, values)


BOUNDS = st.one_of(st.integers(-(10**6), 10**6), st.floats(allow_nan=False, allow_infinity=False))
PLAIN = st.one_of(WORDS, STAMPS, st.booleans(), BOUNDS)
SEARCHES = WORDS.filter(str.strip)
DURATIONS = st.sampled_from(["30m", "2h", "7d", "P1DT12H", "36500d"])
COMPARISONS = st.one_of(
    *(line(op, st.none()) for op in ("is_null", "is_not_null", "is_empty", "is_not_empty")),
    *(line(op, PLAIN) for op in ("equals", "not_equals")),
    *(line(op, st.lists(PLAIN, min_size=1, max_size=5)) for op in ("in", "not_in")),
    *(line(op, SEARCHES) for op in ("contains", "icontains", "starts_with", "ends_with")),
    *(line(op, BOUNDS | STAMPS) for op in ("greater", "less")),
    *(line(op, st.lists(BOUNDS, min_size=2, max_size=2).map(sorted)) for op in ("between", "not_between")),
    line("between", st.just(["2026-03-01", "2026-03-31T10:00Z"])),
    line("matches_regex", st.sampled_from([r"\d+", "(?i)coupon", r"\p{Arabic}", "(a+)+$", ""]).filter(bool)),
    line("within_last", DURATIONS),
    line("changed_to", PLAIN | st.none()),
    line("performed", st.just({"event_type": "X", "within": "1d"})),
)
DOCUMENTS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda children: {"all": children}),
        st.lists(inner, max_size=4).map(lambda children: {"any": children}),
        inner.map(lambda child: {"not": child}),
    ),
    max_leaves=8,
)
SCHEMA = jsonschema.Draft202012Validator(json_schema())


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS, CONTEXTS)
def test_evaluate_and_explain_agree_and_never_raise(document, context):
    predicate = predicates.compile(parse(document))
    explanation = predicate.explain(context)
    assert predicate.evaluate(context) is explanation.result
    assert bool(explanation.errors()) or explanation.result is not Result.ERROR
    # A reason of any line may hold anything that the context held, and still has to be sent to a browser.
    assert json.loads(orjson.dumps(explanation.as_dict()))["result"] == explanation.result.value
    assert explanation.as_text()


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS, CONTEXTS)
def test_not_not_is_the_same(document, context):
    twice = predicates.compile(parse({"not": {"not": document}}))
    assert twice.evaluate(context) is predicates.compile(parse(document)).evaluate(context)


@settings(max_examples=150, deadline=None)
@given(st.lists(DOCUMENTS, max_size=4), CONTEXTS)
def test_de_morgan(documents, context):
    left = predicates.compile(parse({"not": {"all": documents}}))
    right = predicates.compile(parse({"any": [{"not": document} for document in documents]}))
    assert left.evaluate(context) is right.evaluate(context)


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS)
def test_what_parses_fits_the_schema_and_can_be_described(document):
    node = parse(document)
    SCHEMA.validate(document)
    assert describe(node)
    assert all(field in describe(node) for field in fields_used(node))


@settings(max_examples=200, deadline=None)
@given(
    JSON
    | st.builds(
        lambda field, op, value: {"field": field, "op": op, "value": value},
        st.just("a") | JSON,
        st.sampled_from(
            ["equals", "in", "greater", "between", "within_last", "matches_regex", "performed", "x"]
        )
        | JSON,
        JSON,
    )
)
def test_any_json_is_parsed_or_refused_with_a_place(document):
    try:
        node = parse(document)
    except PredicateError as error:
        refusal = error.as_dict()
    else:
        refusal = None
        predicates.compile(node).evaluate({"a": document})
    assert refusal is None or (refusal["problem"] and refusal["remedy"])
