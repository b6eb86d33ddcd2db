"""The field registry, with the check of a predicate against it."""

from __future__ import annotations

import pytest

from core.predicates import FieldRegistry, FieldSpec, FieldType, check_fields, operators_for, parse
from core.registry import UnknownKeyError


@pytest.fixture
def registry():
    fields = FieldRegistry()
    for spec in (
        FieldSpec(path="event.data.*", label="Event data", type=FieldType.ANY),
        FieldSpec(path="event.data.order.*", label="Order", type=FieldType.OBJECT),
        FieldSpec(path="event.data.order.total", label="مبلغ", type=FieldType.NUMBER, example=12.5),
        FieldSpec(path="user.language", label="Language", type=FieldType.TEXT, choices=("fa", "ar", "en")),
        FieldSpec(path="user.tags", label="Tags", type=FieldType.LIST, operators=("contains", "is_empty")),
        FieldSpec(path="user.created_at", label="Created", type=FieldType.DATETIME),
        FieldSpec(path="user.opted_in", label="Opted in", type=FieldType.BOOLEAN),
    ):
        fields.add(spec)
    return fields


def check(registry, field, op, *value):
    document = {"field": field, "op": op} | ({"value": value[0]} if value else {})
    return check_fields(parse(document), registry)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("event.data.anything", "event.data.*"),
        ("event.data.a.0.b", "event.data.*"),
        ("event.data.order.total", "event.data.order.total"),
        ("event.data.order.id", "event.data.order.*"),
        ("event.data", None),
        ("event.database", None),
        ("event.data.*", "event.data.*"),
        ("user", None),
    ],
)
def test_the_most_precise_field_is_found(registry, path, found):
    spec = registry.find(path)
    assert (spec.path if spec else None) == found


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [
        ("event.data.x", "icontains", ["کد"]),
        ("event.data.order.total", "greater", ["۱۰۰"]),
        ("event.data.order.total", "equals", [5]),
        ("user.language", "in", [["fa", "ar"]]),
        ("user.language", "starts_with", ["f"]),
        ("user.tags", "contains", ["vip"]),
        ("user.created_at", "between", [["2026-03-01", "2026-03-31"]]),
        ("user.created_at", "within_last", ["7d"]),
        ("user.opted_in", "equals", [True]),
        ("user.opted_in", "is_null", []),
    ],
)
def test_a_fitting_comparison_has_no_problem(registry, field, op, value):
    assert check(registry, field, op, *value) == []


@pytest.mark.parametrize(
    ("field", "op", "value", "pointer", "message"),
    [
        ("user.langauge", "equals", ["fa"], "/field", "did you mean 'user.language'?"),
        ("zzz", "is_null", [], "/field", "unknown field 'zzz'"),
        (
            "user.tags",
            "equals",
            ["vip"],
            "/op",
            "'equals' does not go with Tags (list); use: contains, is_empty",
        ),
        ("user.opted_in", "greater", [5], "/op", "does not go with Opted in (boolean)"),
        ("user.opted_in", "equals", ["yes"], "/value", "'yes' is not true or false"),
        ("event.data.order.total", "equals", ["5"], "/value", "'5' is not a number"),
        ("event.data.order.total", "greater", ["2026-01-01"], "/value", "is not a number"),
        ("event.data.order.total", "icontains", ["5"], "/op", "does not go with مبلغ (number)"),
        ("user.created_at", "greater", [5], "/value", "5 is not an ISO 8601 date or time"),
        (
            "user.language",
            "equals",
            ["de"],
            "/value",
            "'de' is not a choice of Language; choices: fa, ar, en",
        ),
        ("user.language", "in", [["fa", "de"]], "/value", "'de' is not a choice"),
        ("user.language", "contains", [5], "/value", "5 is not text, as Language is"),
    ],
)
def test_a_problem_names_its_place_and_way_out(registry, field, op, value, pointer, message):
    (problem,) = check(registry, field, op, *value)
    assert problem.pointer == pointer
    assert problem.field == field
    assert message in problem.message


def test_problems_carry_the_pointer_within_the_tree(registry):
    node = parse({"all": [{"any": []}, {"not": {"field": "user.tag", "op": "is_null"}}]})
    (problem,) = check_fields(node, registry)
    assert problem.as_dict() == {
        "pointer": "/all/1/not/field",
        "field": "user.tag",
        "message": "unknown field 'user.tag'; did you mean 'user.tags'?",
        "suggestion": "user.tags",
    }


def test_a_field_is_registered_once_and_with_known_operators(registry):
    with pytest.raises(ValueError, match="registered twice"):
        registry.add(FieldSpec(path="user.tags", label="Again", type=FieldType.LIST))
    with pytest.raises(UnknownKeyError, match="like"):
        registry.add(FieldSpec(path="user.x", label="X", type=FieldType.TEXT, operators=("like",)))
    assert registry.find("user.x") is None


def test_fields_describe_themselves_for_forms(registry):
    assert [spec.path for spec in registry.specs()] == sorted(spec.path for spec in registry.specs())
    assert registry.find("user.tags").as_dict() == {
        "path": "user.tags",
        "label": "Tags",
        "type": "list",
        "operators": ["contains", "is_empty"],
        "choices": [],
        "example": None,
    }


def test_each_type_offers_its_operators():
    offered = {kind: {found.slug for found in operators_for(kind)} for kind in FieldType}
    assert "greater" in offered[FieldType.NUMBER]
    assert "icontains" not in offered[FieldType.NUMBER]
    assert "performed" in offered[FieldType.OBJECT]
    assert len(offered[FieldType.ANY]) == 20
    assert all({"is_null", "is_not_null"} <= slugs for slugs in offered.values())
