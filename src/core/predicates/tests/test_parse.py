"""What the grammar refuses, where, and what it says to do."""

from __future__ import annotations

import math

import jsonschema
import pytest

from core.errors import PermanentError
from core.predicates import (
    OPERATORS,
    AllOf,
    AnyOf,
    Comparison,
    Not,
    PredicateError,
    catalogue,
    json_schema,
    parse,
)

NULL = {"field": "a", "op": "is_null"}


def nested(depth):
    node = NULL
    for _ in range(depth - 1):
        node = {"not": node}
    return node


def line(op, *value):
    return {"field": "a", "op": op, "value": value[0]} if value else {"field": "a", "op": op}


def performed(**value):
    return line("performed", {"event_type": "ORDER_PLACED", "within": "7d", **value})


REFUSED = [
    (None, "", "a predicate is an object"),
    ([], "", "a predicate is an object"),
    ("a", "", "a predicate is an object"),
    ({}, "", "'field' is missing"),
    ({"all": {}}, "/all", "'all' is not a list"),
    ({"any": "x"}, "/any", "'any' is not a list"),
    ({"all": [], "any": []}, "", "'all' stands beside 'any'"),
    ({"not": NULL, "field": "a"}, "", "'not' stands beside 'field'"),
    ({"all": [NULL, 5]}, "/all/1", "a predicate is an object"),
    ({"any": [{"all": []}, {"not": {"op": "is_null"}}]}, "/any/1/not", "'field' is missing"),
    ({"not": [NULL]}, "/not", "a predicate is an object"),
    ({"field": "a"}, "", "'op' is missing"),
    ({**NULL, "a/b~c": 1}, "/a~1b~0c", "unknown key 'a/b~c'"),
    ({"ALL": []}, "/ALL", "unknown key 'ALL'"),
    ({"field": "a", "op": "like", "value": "x"}, "/op", "known: between, changed_to, contains"),
    ({"field": "a", "op": ["equals"], "value": "x"}, "/op", "unknown operator"),
    ({"field": "a", "op": None}, "/op", "unknown operator"),
    ({"field": 5, "op": "is_null"}, "/field", "not a string"),
    ({"field": "", "op": "is_null"}, "/field", "an empty step"),
    ({"field": "a..b", "op": "is_null"}, "/field", "an empty step"),
    ({"field": ".a", "op": "is_null"}, "/field", "an empty step"),
    ({"field": "a. b", "op": "is_null"}, "/field", "blanks around"),
    ({"field": "a\nb", "op": "is_null"}, "/field", "control character"),
    ({"field": "a" * 301, "op": "is_null"}, "/field", "longer than 300"),
    ({"field": ".".join("a" * 21), "op": "is_null"}, "/field", "more than 20 steps"),
    (line("equals"), "", "'equals' needs a value"),
    (line("equals", None), "/value", "use the operator is_null"),
    (line("equals", ["x"]), "/value", "not a single text"),
    (line("equals", {"x": 1}), "/value", "not a single text"),
    (line("equals", math.nan), "/value", "finite"),
    (line("equals", math.inf), "/value", "finite"),
    (line("equals", 10**64), "/value", "finite"),
    (line("equals", "x" * 4097), "/value", "shorten it to 4096"),
    (line("is_null", "x"), "/value", "takes no value"),
    (line("is_empty", False), "/value", "takes no value"),
    (line("contains", ""), "/value", "would match everything"),
    (line("contains", None), "/value", "null"),
    (line("icontains", 5), "/value", "not text"),
    (line("icontains", "ـ\u064e"), "/value", "nothing is left"),
    (line("icontains", "  "), "/value", "nothing is left"),
    (line("starts_with", ""), "/value", "would match everything"),
    (line("ends_with", True), "/value", "not text"),
    (line("in", "x"), "/value", "not a list"),
    (line("in", []), "/value", "empty"),
    (line("in", ["x"] * 1001), "/value", "at most 1000"),
    (line("in", ["x", None]), "/value/1", "null"),
    (line("not_in", ["x", ["y"]]), "/value/1", "not a single text"),
    (line("greater", "abc"), "/value", "neither a number nor"),
    (line("greater", True), "/value", "neither a number nor"),
    (line("greater", None), "/value", "neither a number nor"),
    (line("less", "2026-13-01"), "/value", "neither a number nor"),
    (line("between", 5), "/value", "list of two"),
    (line("between", [1]), "/value", "list of two"),
    (line("between", [1, "x"]), "/value/1", "neither a number nor"),
    (line("between", [10, "۱"]), "/value", "swap the two"),
    (line("between", [1, "2026-01-01"]), "/value", "two numbers or two times"),
    (line("between", ["2026-03-31", "2026-03-01"]), "/value", "swap the two"),
    (line("between", ["2026-03-31T00:00Z", "2026-03-01T00:00Z"]), "/value", "swap the two"),
    (line("within_last", 7), "/value", "not a duration"),
    (line("within_last", "7"), "/value", "not a duration"),
    (line("within_last", "0d"), "/value", "not a duration"),
    (line("within_last", "P"), "/value", "not a duration"),
    (line("within_last", "7 days"), "/value", "not a duration"),
    (line("within_last", "P1DT"), "/value", "not a duration"),
    (line("within_last", "P1M"), "/value", "not a duration"),
    (line("within_last", "99999999w"), "/value", "not a duration"),
    (line("matches_regex", "(?=a)"), "/value", "lookahead is not supported"),
    (line("matches_regex", "(?!a)"), "/value", "lookahead is not supported"),
    (line("matches_regex", "(?<=a)b"), "/value", "lookbehind is not supported"),
    (line("matches_regex", "(?<!a)b"), "/value", "lookbehind is not supported"),
    (line("matches_regex", r"(a)\1"), "/value", "backreferences are not supported"),
    (line("matches_regex", "(?P<n>a)(?P=n)"), "/value", "backreferences are not supported"),
    (line("matches_regex", "(?>a)"), "/value", "atomic groups"),
    (line("matches_regex", "a++"), "/value", "possessive"),
    (line("matches_regex", "a{1001}"), "/value", "1000 at most"),
    (line("matches_regex", r"(\pL{100}){9}"), "/value", "too much memory"),
    (line("matches_regex", r"(\pL{40}){30}"), "/value", "1000 at most"),
    (line("matches_regex", "a{5,2}"), "/value", "count up"),
    (line("matches_regex", "a**"), "/value", "put the inner repeat in parentheses"),
    (line("matches_regex", r"(?<n>a)\k<n>"), "/value", "backreferences are not supported"),
    (line("matches_regex", r"\p{Arab}"), "/value", r"\p{Arabic}"),
    (line("matches_regex", r"\u0643"), "/value", r"\x{0643}"),
    (line("matches_regex", r"a\Z"), "/value", r"\z, or $"),
    (line("matches_regex", "(سلام"), "/value", r"write \( or \)"),
    (line("matches_regex", "(?#note)a"), "/value", "wiki/Syntax"),
    (line("matches_regex", "[(?=a"), "/value", "close the set"),  # it only quotes what looks like a lookahead
    (line("matches_regex", "[a++"), "/value", "close the set"),
    (line("matches_regex", "\u0958" * 400), "/value", "800 characters"),  # composed it becomes two each
    (line("matches_regex", "["), "/value", "missing ]"),
    (line("matches_regex", "a" * 513), "/value", "shorten it to 512"),
    (line("matches_regex", "\ud800"), "/value", "surrogate"),
    (line("performed", "ORDER_PLACED"), "/value", "not an object"),
    (line("performed", {"within": "7d"}), "/value/event_type", "code of an event type"),
    (performed(event_type="order placed"), "/value/event_type", "code of an event type"),
    (performed(within="soon"), "/value/within", "not a duration"),
    (performed(within=None), "/value/within", "not a duration"),
    (performed(times=3), "/value/times", "known: event_type, within"),
    (performed(at_least=-1), "/value/at_least", "whole number"),
    (performed(at_least=True), "/value/at_least", "whole number"),
    (performed(at_least=1.5), "/value/at_least", "whole number"),
    (performed(at_most=0), "/value/at_most", "did not happen set both to 0"),
    (nested(21), "/not" * 20, "deeper than 20"),
    ({"all": [NULL] * 500}, "/all/499", "more than 500 nodes"),
]


@pytest.mark.parametrize(("document", "pointer", "text"), REFUSED)
def test_a_wrong_document_is_refused_at_its_place(document, pointer, text):
    with pytest.raises(PredicateError) as caught:
        parse(document)
    assert caught.value.pointer == pointer
    assert text in str(caught.value)
    assert caught.value.remedy
    assert isinstance(caught.value, PermanentError)
    assert caught.value.as_dict().keys() == {"pointer", "problem", "remedy"}


def test_a_document_becomes_nodes():
    document = {
        "all": [
            {"field": "user.tags", "op": "in", "value": ["vip", "طلایی"]},
            {"any": [{"not": {"field": "a", "op": "is_null", "value": None}}]},
        ]
    }
    assert parse(document) == AllOf(
        (
            Comparison("user.tags", "in", ("vip", "طلایی")),
            AnyOf((Not(Comparison("a", "is_null")),)),
        )
    )


def test_nodes_are_hashable_so_that_a_compiled_predicate_can_be_cached_by_them():
    documents = [*(found["example"] for found in catalogue()), {"all": [performed(), NULL]}]
    assert len({parse(document) for document in documents}) == len(documents)


def test_the_limits_themselves_are_allowed():
    parse(nested(20))
    parse({"all": [NULL] * 499})
    parse(line("in", ["x"] * 1000))
    parse(line("matches_regex", "a" * 512))


def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("slug", list(OPERATORS))
def test_every_example_parses_and_fits_the_schema(slug):
    example = OPERATORS.get(slug).example
    assert parse(example).op == slug
    validator().validate(example)
    validator().validate({"any": [{"not": {"all": [example]}}]})


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"all": {}},
        {"all": [], "any": []},
        {"field": "a", "op": "like", "value": "x"},
        {**NULL, "x": 1},
        line("equals"),
        line("equals", ["x"]),
        line("is_null", "x"),
        line("contains", ""),
        line("in", []),
        line("between", [1]),
        line("within_last", 7),
        line("within_last", "P"),
        line("within_last", "P1DT"),
        line("within_last", "7 days"),
        performed(times=3),
    ],
)
def test_the_schema_refuses_what_it_can(document):
    assert not validator().is_valid(document)


def test_the_catalogue_is_complete():
    for entry in catalogue():
        assert all(entry[key] for key in ("slug", "label", "description", "value", "types", "example"))
        assert entry["example"]["op"] == entry["slug"]
    assert len(catalogue()) == 20
