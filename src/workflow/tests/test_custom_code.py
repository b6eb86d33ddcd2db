"""The action ``custom_code``: what its code sees, each of its options, and how it fails."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import pytest
from pydantic import ValidationError

from core.errors import PermanentError
from core.http import HttpClient
from core.sandbox import CodeLimitError, CodeValueError, fields
from core.sandbox.errors import SandboxError
from core.sandbox.schemas import SchemaMismatchError
from workflow.actions.base import ACTIONS, ActionContext
from workflow.actions.custom_code import CustomCode, CustomCodeConfig, CustomCodeOutput

ROOTS = {
    "event": {"data": {"content": "سلام، دو تا لطفا"}},
    "user": {"name": "أمينة", "age": 31, "tags": ["vip"]},
    "conversation": {"status": "open"},
    "tenant": {"currency": "DZD"},
    "steps": {"order": {"json_body": {"total": 2400}}},
    "now": "2026-01-02T03:04:05+00:00",
    "vars": {"level": "gold"},
}


def run(code: str, **config: Any) -> CustomCodeOutput:
    """The output of a step with this config."""
    context = ActionContext(effect_key="k", actor="test", event_id=uuid.uuid4(), depth=0, data=ROOTS)
    model = CustomCodeConfig.model_validate({"code": code, **config})

    return asyncio.run(CustomCode().run(model, context, HttpClient()))


def test_the_example():
    output = run(**CustomCode.example)

    assert output.model_dump() == CustomCode.example_output
    assert ACTIONS.get("custom_code").effect == "read"


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("event['data']['content']", "سلام، دو تا لطفا"),
        ("return user['age'] + 1", 32),
        ("conversation['status']", "open"),
        ("tenant['currency']", "DZD"),
        ("steps['order']['json_body']['total'] * 2", 4800),
        ("from datetime import datetime\ndatetime.fromisoformat(now).year", 2026),
        ("vars['level']", "gold"),
        ("inputs['n']", [1, 2]),
    ],
)
def test_what_the_code_sees(code, value):
    assert run(code, inputs={"n": [1, 2]}).value == value


def test_the_roots_cannot_be_changed_from_inside():
    assert run("user['name'] = 'x'\nuser.clear()\nreturn user").value == {}
    assert ROOTS["user"]["name"] == "أمينة"


def test_printing():
    assert run("print('مرحبا')") == CustomCodeOutput(value=None, printed="مرحبا\n")


@pytest.mark.parametrize(
    ("option", "value", "error", "says"),
    [
        (
            "input_schema",
            {"required": ["price"]},
            SchemaMismatchError,
            "inputs: 'price' is a required property",
        ),
        (
            "input_schema",
            {"properties": {"n": {"maximum": 2}}},
            SchemaMismatchError,
            "inputs.n: 3 is greater",
        ),
        (
            "output_schema",
            {"type": "string"},
            SchemaMismatchError,
            "the result: [3, '3'] is not of type 'string'",
        ),
        ("output_schema", {"items": {"type": "integer"}}, SchemaMismatchError, "the result.1: '3' is not"),
        ("timeout_ms", 20, CodeLimitError, "takes longer than 0.02 s"),
        ("inputs", {"n": "x"}, SchemaMismatchError, "inputs.n: 'x' is not of type 'integer'"),
    ],
)
def test_each_option_does_something(option, value, error, says):
    code = "x = 0\nfor i in range(600_000): x += 1\nreturn [inputs['n'] + 0, str(inputs['n'])]"
    fits = {
        "inputs": {"n": 3},
        "input_schema": {"type": "object", "properties": {"n": {"type": "integer"}}},
        "output_schema": {"type": "array", "minItems": 2},
    }
    assert run(code, **fits).value == [3, "3"]

    with pytest.raises(error) as caught:
        run(code, **{**fits, option: value})
    assert says in str(caught.value)
    assert isinstance(caught.value, PermanentError)


def test_a_value_that_is_not_json():
    with pytest.raises(CodeValueError, match=r"the result\.tags: a set is not JSON; make it a list"):
        run("return {'tags': {'vip'}}")


@pytest.mark.parametrize(
    ("config", "place", "says"),
    [
        ({"code": ""}, ("code",), "at least 1 character"),
        ({"code": "x = 1\nreturn = 5"}, ("code",), "line 2: this is not Python"),
        (
            {"code": "import os\nos.system('id')"},
            ("code",),
            "line 1: the sandbox has no module 'os'; available:",
        ),
        ({"code": "def f():\n    yield 1"}, ("code",), "line 2: the sandbox's Python does not know yield"),
        ({"code": "x" * 70_000}, ("code",), "at most 65536 characters"),
        (
            {"code": "1", "input_schema": {"type": "txt"}},
            ("input_schema",),
            "schema.type: 'txt' is not valid",
        ),
        (
            {"code": "1", "output_schema": {"pattern": "(?=a)"}},
            ("output_schema",),
            "lookahead is not supported",
        ),
        ({"code": "1", "timeout_ms": 1_001}, ("timeout_ms",), "less than or equal to 1000"),
        ({"code": "1", "timeout_ms": 0}, ("timeout_ms",), "greater than or equal to 10"),
        ({"code": "1", "language": "python"}, ("language",), "not permitted"),
    ],
)
def test_what_is_refused_when_it_is_entered(config, place, says):
    with pytest.raises(ValidationError) as caught:
        CustomCodeConfig.model_validate(config)

    (error,) = caught.value.errors()
    assert error["loc"] == place
    assert says in error["msg"]


def test_a_sandbox_that_is_down_does_not_make_configs_invalid(monkeypatch):
    def down(source: str) -> None:
        raise SandboxError

    monkeypatch.setattr(fields, "check_code", down)

    assert CustomCodeConfig.model_validate({"code": "return 'not checked before'"})


def test_an_answer_is_remembered(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(fields, "check_code", asked.append)

    for _ in range(3):
        CustomCodeConfig.model_validate({"code": "return 'checked once'"})

    assert asked == ["return 'checked once'"]


def test_the_form_shows_an_editor():
    code = CustomCodeConfig.model_json_schema()["properties"]["code"]

    assert (code["format"], code["minLength"], code["maxLength"]) == ("code", 1, 65_536)


def test_the_loop_is_free_while_code_runs():
    async def both() -> float:
        context = ActionContext(effect_key="k", actor="test", event_id=uuid.uuid4(), depth=0)
        config = CustomCodeConfig(code="while True: pass", timeout_ms=300)
        running = asyncio.create_task(CustomCode().run(config, context, HttpClient()))
        started = time.monotonic()
        await asyncio.sleep(0.05)
        free_after = time.monotonic() - started
        with pytest.raises(CodeLimitError):
            await running
        return free_after

    assert asyncio.run(both()) < 0.25


def test_in_a_workflow(engine, chat):
    engine.workflow(
        {
            "id": "work",
            "action": "custom_code",
            "config": {
                "code": "words = {w: {'n': {'length': len(w)}} for w in inputs['text'].split()}\n"
                "return {'words': words, 'name': user['name'], 'liquid': f\"{{{len(words)}}} {{{{ user.name }}}} {{% x %}}\","
                " 'open': conversation['status'], 'said': event['data']['content']}",
                "inputs": {"text": "{{ event.data.content }} {{ user.first_name }}"},
            },
        },
        {
            "id": "note",
            "action": "add_note",
            "config": {"text": "{{ steps.work.value.words.سلام.n.length }}"},
        },
    )
    amina = engine.contact()
    conversation = chat(amina)

    execution = engine.run(amina, conversation_id=conversation.id, content="سلام دنیا")

    assert execution.error == ""
    assert execution.outputs["work"] == {
        "value": {
            "words": {
                "سلام": {"n": {"length": 4}},
                "دنیا": {"n": {"length": 4}},
                "أمينة": {"n": {"length": 5}},
            },
            "name": "أمينة بن علي",
            "liquid": "{3} {{ user.name }} {% x %}",
            "open": "open",
            "said": "سلام دنیا",
        },
        "printed": "",
    }


def test_a_failing_step_says_where(engine):
    engine.workflow(
        {"id": "work", "action": "custom_code", "config": {"code": "x = 1\nreturn user['nope']['x']"}}
    )

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "line 2: KeyError" in execution.error
