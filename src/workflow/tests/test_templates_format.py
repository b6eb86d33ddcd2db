"""The template format: placeholders, parameters and their values, and what a document must be."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from workflow.models import Workflow
from workflow.services.publishing import publish_draft
from workflow.templates.catalogue import catalogue, search
from workflow.templates.document import InvalidTemplateError, json_schema, read_template
from workflow.templates.parameters import ParameterSchema
from workflow.templates.placeholders import escaped, fill, names_in
from workflow.templates.texts import pick
from workflow.templates.values import ParametersError, filled

TEMPLATE: dict[str, Any] = {
    "format": "wasl.workflow-template/1",
    "slug": "greet",
    "name": {"en": "Greet", "ar": "تحية"},
    "actions": ["add_tag"],
    "parameters": {"properties": {"tag": {"type": "string", "title": {"en": "Tag"}, "default": "زبون"}}},
    "workflow": {
        "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
        "nodes": [{"id": "tag", "action": "add_tag", "config": {"tag": {"$param": "tag"}}}],
    },
}


# -- placeholders ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"$param": "days"}, 3),
        ([{"$param": "list"}], [["ا", "ب"]]),
        ("بعد [[days]] أيام", "بعد 3 أيام"),
        ("[[yes]] [[list]] [[share]]", "true ا, ب 2.5"),
        ("[[word]]", "[[days]]"),
        (r"[[\days]]", "[[days]]"),
        (r"[[\\days]]", r"[[\days]]"),
        ({"$$param": "days"}, {"$param": "days"}),
        ({"$$$param": {"$param": "days"}}, {"$$param": 3}),
        ({"$param": "days", "more": 1}, {"$param": "days", "more": 1}),
        ("[[ days ]] [[Days]] [days] {{ days }}", "[[ days ]] [[Days]] [days] {{ days }}"),
        ({"key": {"deep": [{"$param": "days"}, None, True]}}, {"key": {"deep": [3, None, True]}}),
    ],
)
def test_fill(value, expected):
    values = {"days": 3, "list": ["ا", "ب"], "yes": True, "share": 2.5, "word": "[[days]]"}

    assert fill(value, values) == expected


def test_names_in():
    value = {"a": [{"$param": "x"}, r"[[y]] [[\z]]"], "b": {"$$param": "n"}}

    assert list(names_in(value)) == ["x", "y"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="[]\\ab$") | st.just("[[ab]]"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$param", "$$param", "a"]), inner, max_size=2)
    ),
    max_leaves=12,
)


@given(json_values)
def test_what_is_escaped_comes_back(value):
    assert list(names_in(escaped(value))) == []
    assert fill(escaped(value), {}) == value


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "fr"), ("fr-DZ", "fr"), ("de", "en"), ("ar", "ar")],
)
def test_pick(language, expected):
    assert pick({"ar": "ar", "en": "en", "fr": "fr"}, language) == expected
    assert pick({"ar": "ar"}, language) == "ar"
    assert pick({}, language) == ""


# -- values ------------------------------------------------------------------------------------------------------------


def schema(**properties: Any) -> ParameterSchema:
    full = {name: {"title": {"en": name}, **body} for name, body in properties.items()}
    needed = [n for n, body in full.items() if "default" not in body and "defaultByLanguage" not in body]
    return ParameterSchema.model_validate({"properties": full, "required": needed})


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ({"type": "string"}, "  سلام ", "سلام"),
        ({"type": "integer"}, 3.0, 3),
        ({"type": "number"}, 2.5, 2.5),
        ({"type": "boolean"}, False, False),
        ({"type": "string", "enum": ["a", "b"]}, "b", "b"),
        ({"type": "string", "pattern": "[A-Z]{2,4}"}, "DZD", "DZD"),
        ({"type": "array", "items": {"type": "string", "enum": ["sun", "mon"]}}, ["mon"], ["mon"]),
        ({"type": "array", "items": {"type": "integer"}}, [1, 2.0], [1, 2]),
        ({"type": "string", "format": "phone"}, "٠٥٥٥ ١٢ ٣٤ ٥٦", "+213555123456"),
        ({"type": "number", "format": "money"}, 0, 0),
        ({"type": "string", "format": "duration"}, "2h 30m", "2h 30m"),
        ({"type": "string", "format": "time"}, "٠٩:٣٠", "09:30"),
        ({"type": "string", "format": "url"}, "https://maps.example/متجر", "https://maps.example/متجر"),
        ({"type": "string", "format": "template-text"}, "سلام {{ user.name }}", "سلام {{ user.name }}"),
        ({"type": "string", "format": "member"}, "Bob@demo.example", "Bob@demo.example"),
        ({"type": "string", "format": "role"}, "agent", "agent"),
        ({"type": "string", "format": "segment"}, "loyal", "loyal"),
        ({"type": "string", "format": "event-type"}, "ORDER_PLACED", "ORDER_PLACED"),
        ({"type": "string", "format": "custom-field"}, "birthday", "birthday"),
    ],
)
def test_good_values(scope, bob, parameter, value, expected):
    from crm.services.segments import create_segment

    create_segment(name="أوفياء", key="loyal", kind="static")

    found = filled(schema(p=parameter), {"p": value}, language="ar")["p"]

    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("parameter", "value", "place", "message"),
    [
        ({"type": "string"}, 3, "/p", "must be a text"),
        ({"type": "string"}, "{{ user.name }}", "/p", "Liquid"),
        ({"type": "string", "minLength": 1}, " ", "/p", "must not be empty"),
        ({"type": "string", "maxLength": 3}, "أربعة", "/p", "at most 3 characters; it has 5"),
        ({"type": "string", "enum": ["a", "b"]}, "c", "/p", "must be one of a, b"),
        ({"type": "string", "pattern": "[A-Z]+"}, "xA", "/p", "pattern"),
        ({"type": "integer"}, 2.5, "/p", "whole number"),
        ({"type": "integer"}, "3", "/p", "must be a number"),
        ({"type": "integer"}, True, "/p", "must be a number"),
        ({"type": "number"}, float("inf"), "/p", "must be a number"),
        ({"type": "number", "minimum": 1}, 0, "/p", "at least 1"),
        ({"type": "number", "maximum": 9.5}, 10, "/p", "at most 9.5"),
        ({"type": "boolean"}, "true", "/p", "true or false"),
        ({"type": "array", "items": {"type": "string"}}, "x", "/p", "a list"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, [], "/p", "1 to 1000 members"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, ["a", "b"], "/p/1", "one of a"),
        ({"type": "array", "items": {"type": "integer"}}, [1, "2"], "/p/1", "a number"),
        ({"type": "array", "items": {"type": "string"}}, ["{% if %}"], "/p/0", "Liquid"),
        ({"type": "string", "format": "phone"}, "12", "/p", "write it as in +213"),
        ({"type": "number", "format": "money"}, -1, "/p", "less than nothing"),
        ({"type": "string", "format": "duration"}, "soon", "/p", "not a duration"),
        ({"type": "string", "format": "time"}, "25:00", "/p", "not a time of day"),
        ({"type": "string", "format": "url"}, "http://x.example", "/p", "https://"),
        ({"type": "string", "format": "template-text"}, "{{ user.name | nope }}", "/p", "nope"),
        ({"type": "string", "format": "member"}, "charlie@other.example", "/p", "no active member"),
        ({"type": "string", "format": "role"}, "king", "/p", "agent (Agent)"),
        ({"type": "string", "format": "segment"}, "vip", "/p", "there is no segment 'vip'; known: none yet"),
        ({"type": "string", "format": "channel"}, "1", "/p", "there is no channel"),
        ({"type": "string", "format": "workflow"}, "x", "/p", "id of a published workflow"),
        ({"type": "string", "format": "workflow"}, "0" * 32, "/p", "no published workflow"),
        ({"type": "string", "format": "event-type"}, "order", "/p", "ORDER_PLACED"),
        ({"type": "string", "format": "custom-field"}, "Größe", "/p", "small letters"),
        ({"type": "string"}, None, "/p", "must be given"),
    ],
)
def test_bad_values_are_told_with_place_and_mend(scope, charlie, parameter, value, place, message):
    with pytest.raises(ParametersError) as caught:
        filled(schema(p=parameter), {"p": value}, language="ar")

    (problem,) = caught.value.problems
    assert problem.place == place
    assert message in problem.message


def test_all_that_is_wrong_is_told_at_once(scope):
    known = schema(a={"type": "integer"}, b={"type": "string"}, c={"type": "boolean", "default": True})

    with pytest.raises(ParametersError) as caught:
        filled(known, {"a": "x", "d": 1}, language="ar")

    assert [problem.place for problem in caught.value.problems] == ["/d", "/a", "/b"]
    assert "Known: a, b, c" in caught.value.problems[0].message


def test_defaults_are_filled_in_by_language(scope):
    known = schema(
        text={"type": "string", "defaultByLanguage": {"en": "Hello", "fa": "سلام"}},
        empty={"type": "string", "default": ""},
        days={"type": "integer", "default": 3},
    )

    assert filled(known, {}, language="fa-IR") == {"text": "سلام", "empty": "", "days": 3}
    assert filled(known, {"text": None, "days": 5}, language="de")["text"] == "Hello"


def test_a_workflow_of_the_tenant_can_be_chosen(scope):
    workflow = Workflow.objects.create(name="w", draft={**TEMPLATE["workflow"], "nodes": [NODE]})
    known = schema(p={"type": "string", "format": "workflow"})
    with pytest.raises(ParametersError):
        filled(known, {"p": str(workflow.id)}, language="ar")

    publish_draft(workflow, by="test")

    assert filled(known, {"p": workflow.id.hex}, language="ar") == {"p": str(workflow.id)}


NODE = {"id": "tag", "action": "add_tag", "config": {"tag": "زبون"}}


# -- documents ---------------------------------------------------------------------------------------------------------


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(TEMPLATE), **parts}


def test_a_template_is_read_and_written():
    template = read_template(TEMPLATE)

    assert read_template(template.dump()) == template
    assert template.dump()["parameters"]["type"] == "object"


@pytest.mark.parametrize(
    ("template", "place", "message"),
    [
        (changed(format="wasl.workflow-template/2"), "/format", "wasl.workflow-template/1"),
        (changed(slug="Ünter"), "/slug", "pattern"),
        (changed(name={}), "/name", "at least 1"),
        (changed(extra=1), "/extra", "Extra"),
        (changed(category="magic"), "/category", "Input should be"),
        (changed(actions=[]), "/", "must be those that its steps use: add_tag"),
        (changed(estimated_cost=[{"action": "send_message"}]), "/", "send_message, which no step uses"),
        (changed(parameters={}), "/", "placeholders without a parameter: tag"),
        (changed(workflow={"nodes": [NODE]}), "/", "parameters that nothing uses: tag"),
        (changed(event_types=["[[other]]"]), "/event_types/0", "dictionary"),
        (changed(event_types=[{"code": "[[other]]"}]), "/", "placeholders without a parameter: other"),
    ],
)
def test_what_a_document_must_be(template, place, message):
    with pytest.raises(InvalidTemplateError) as caught:
        read_template(template)

    assert [(p.place, message in p.message) for p in caught.value.problems] == [(place, True)]


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ({"type": "object"}, "Input should be"),
        ({"type": "array"}, "'items' goes with"),
        ({"type": "string", "items": {}}, "'items' goes with"),
        ({"type": "string", "format": "money"}, "does not go with"),
        ({"type": "number", "format": "phone"}, "does not go with"),
        ({"type": "string", "format": "colour"}, "Input should be"),
        ({"type": "string", "pattern": "(?=x)"}, "not valid for RE2"),
        ({"type": "string", "enum": ["a"], "enumLabels": {"b": {"en": "B"}}}, "which enum has not"),
        ({"type": "integer", "defaultByLanguage": {"en": "1"}}, "is for a text"),
        ({"type": "string", "default": "x", "defaultByLanguage": {"en": "y"}}, "is for a text"),
        ({"type": "string", "maximium": 3}, "Extra"),
    ],
)
def test_what_a_parameter_must_be(parameter, message):
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        schema(p=parameter)


@pytest.mark.parametrize("required", [[], ["b"], ["a", "b"]])
def test_required_are_those_without_a_default(required):
    properties = {
        "a": {"type": "string", "title": {"en": "A"}},
        "b": {"type": "string", "title": {"en": "B"}, "default": ""},
    }
    with pytest.raises(ValueError, match="must name exactly the parameters without a default: a"):
        ParameterSchema.model_validate({"properties": properties, "required": required})


def test_a_form_gets_plain_json_schema():
    known = schema(
        days={
            "type": "array",
            "items": {
                "type": "string",
                "enum": ["fri"],
                "enumLabels": {"fri": {"en": "Friday", "ar": "الجمعة"}},
            },
            "default": ["fri"],
        },
        text={"type": "string", "defaultByLanguage": {"ar": "سلام"}, "minLength": 1},
    )

    days = known.properties["days"].schema_in("ar", {})
    text = known.properties["text"].schema_in("ar", {"1": "واتساب"})

    assert days["items"] == {"type": "string", "enum": ["fri"], "x-enum-labels": {"fri": "الجمعة"}}
    assert text == {
        "type": "string",
        "title": "text",
        "default": "سلام",
        "minLength": 1,
        "x-choices": [{"value": "1", "label": "واتساب"}],
    }
    Draft202012Validator.check_schema(days)


def test_the_published_schema_takes_every_template():
    published = json_schema()
    Draft202012Validator.check_schema(published)

    for template in catalogue().values():
        Draft202012Validator(published).validate(template.dump())
    with pytest.raises(Exception, match="format"):
        Draft202012Validator(published).validate({**TEMPLATE, "format": "other"})


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"category": "retention"}, {"review_request", "win_back"}),
        ({"channel": "telegram", "words": "سبد"}, {"abandoned_cart"}),
        ({"words": "PANIER abandonne"}, {"abandoned_cart"}),
        ({"language": "de"}, set()),
        ({"words": "no such words"}, set()),
    ],
)
def test_search(asked, expected):
    assert {template.slug for template in search(**asked)} == expected
