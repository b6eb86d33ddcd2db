"""Every form that the back end serves says what its fields are, asks for inputs that exist, and is known to the web UI's tests."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from core.forms import RELATIONS, WIDGETS, hints, shown

ROOT = Path(__file__).resolve().parents[2]


@cache
def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_ui_fixtures", ROOT / "frontend/scripts/fixtures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _parts(schema: dict[str, Any], root: dict[str, Any], seen: frozenset[str]) -> Iterator[dict[str, Any]]:
    """The schema and all below it, references followed once."""
    ref = schema.get("$ref")
    if ref is not None:
        if ref in seen:
            return
        definition = root["$defs"][ref.rsplit("/", 1)[-1]]
        schema, seen = {**definition, **schema}, seen | {ref}
    yield schema
    below = [*schema.get("properties", {}).values(), *schema.get("patternProperties", {}).values()]
    below += [each for key in ("anyOf", "oneOf", "allOf") for each in schema.get(key, ())]
    below += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for each in below:
        yield from _parts(each, root, seen)


def _fields(form: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for part in _parts(form["schema"], form["schema"], frozenset()):
        yield from part.get("properties", {}).items()


def test_the_web_ui_is_tested_with_what_is_served():
    for path, make in _script().FIXTURES.items():
        # Through JSON, as it is served: tuples become lists.
        now = json.loads(json.dumps(make()))
        assert json.loads(path.read_text()) == now, "run .venv/bin/python frontend/scripts/fixtures.py"


def test_every_field_has_a_title_and_a_description():
    forms = [form for form in _script().forms() if not form["name"].startswith("template:")]
    assert len(forms) > 60
    silent = [
        f"{form['name']}: {name}"
        for form in forms
        for name, field in _fields(form)
        if not field.get("description") or not (field.get("title") or "$ref" in str(field))
    ]
    assert silent == []


def test_every_hint_is_one_that_forms_know():
    asked = [
        part for form in _script().forms() for part in _parts(form["schema"], form["schema"], frozenset())
    ]
    widgets = {part["x-widget"] for part in asked if "x-widget" in part}
    relations = {part["x-relation"] for part in asked if "x-relation" in part}
    assert widgets >= {"cron", "duration", "liquid", "predicate"}
    assert widgets <= WIDGETS
    assert relations >= {"member", "role", "segment", "tag", "workflow"}
    assert relations <= RELATIONS


def test_the_web_ui_has_an_input_for_every_widget_and_a_picker_for_every_relation():
    components = ROOT / "frontend/src/components"
    inputs = (components / "schema-form/inputs.ts").read_text()
    pickers = (components / "relation/kinds.ts").read_text()
    named = inputs.split("INPUT_NAMES = [", 1)[1].split("]", 1)[0]
    assert {json.loads(name) for name in named.replace("\n", "").split(",") if name.strip()} == WIDGETS
    registry = pickers.split("RELATIONS = {", 1)[1].split("}", 1)[0]
    assert {line.split(":")[0].strip(' ",') for line in registry.split("\n") if line.strip()} == RELATIONS


def test_fields_named_by_conditions_are_there():
    for form in _script().forms():
        for part in _parts(form["schema"], form["schema"], frozenset()):
            siblings = part.get("properties", {})
            for field in siblings.values():
                assert set(field.get("x-when", {})) <= set(siblings), form["name"]


def test_unknown_hints_are_refused():
    with pytest.raises(ValueError, match="no form has the widget 'dial'"):
        hints("dial")
    with pytest.raises(ValueError, match="no form offers 'planet'"):
        shown("Planet", relation="planet")
    assert hints(relation="tag", advanced=True, when={"to": ("a",)}, lines=1) == {
        "x-widget": "relation",
        "x-relation": "tag",
        "x-advanced": True,
        "x-when": {"to": ["a"]},
        "x-lines": 1,
    }
