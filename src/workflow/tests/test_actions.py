"""Every registered action keeps the contract; each option of the inbox's and the CRM's actions does something."""

from __future__ import annotations

import jsonschema
import pytest
from pydantic import BaseModel

from core.templating.tree import templates
from workflow.actions.base import ACTIONS, Effect, ExternalAction, InternalAction
from workflow.roots import ROOTS
from workflow.services.checking import config_problems

ALL = list(ACTIONS.values())


def by_slug(action) -> str:
    return action.slug


@pytest.mark.parametrize("action", ALL, ids=by_slug)
class TestContract:
    def test_it_describes_itself(self, action):
        described = action.describe()

        assert described["slug"] == action.slug
        assert all(described[key] for key in ("label", "description", "category", "example"))
        assert described["description"].endswith(".")
        assert described["effect"] in {effect.value for effect in Effect}
        assert described["retry"]["attempts"] >= 1
        assert set(described) == {
            "slug", "label", "description", "category", "effect", "config_schema", "output_schema", "retry", "example",
            "example_output", "ports", "channels", "icon",
        }  # fmt: skip

    def test_its_schemas_are_schemas(self, action):
        described = action.describe()

        for schema in (described["config_schema"], described["output_schema"]):
            jsonschema.Draft202012Validator.check_schema(schema)
        assert described["config_schema"]["additionalProperties"] is False
        assert described["config_schema"]["description"]

    def test_its_example_works(self, action):
        assert config_problems(action, action.example, "") == []
        if not any(templates(action.example)):
            jsonschema.validate(action.example, action.describe()["config_schema"])
            action.Config.model_validate(action.example)

    def test_it_is_of_one_of_the_two_sorts(self, action):
        assert isinstance(action, InternalAction) is not isinstance(action, ExternalAction)
        assert issubclass(action.Config, BaseModel)
        assert issubclass(action.Output, BaseModel)

    def test_it_touches_roots_that_there_are(self, action):
        assert action.touches <= set(ROOTS)


def test_the_promised_actions_are_there():
    promised = {
        "send_message",
        "add_tag",
        "remove_tag",
        "update_user",
        "add_note",
        "webhook",
        "wait",
        "set_conversation_status",
    }

    assert promised <= set(ACTIONS)


# -- each option -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"text": "سلام {{ user.first_name }} 🌸"}, {"type": "text", "text": "سلام أمينة 🌸", "data": {}}),
        (
            {"text": "انتخاب کنید", "buttons": [{"id": "yes", "title": "بله"}]},
            {
                "type": "interactive",
                "text": "انتخاب کنید",
                "data": {"buttons": [{"id": "yes", "title": "بله"}]},
            },
        ),
        (
            {"media_url": "https://example.com/{{ event.data.file }}"},
            {"type": "image", "text": "", "data": {"media_url": "https://example.com/a.jpg"}},
        ),
        (
            {"media_url": "https://example.com/a.pdf", "media_type": "document", "text": "فاتورة"},
            {"type": "document", "text": "فاتورة", "data": {"media_url": "https://example.com/a.pdf"}},
        ),
        (
            {"template": {"name": "hello", "language": "{{ user.language | default: 'fa' }}"}},
            {"type": "template", "text": "", "data": {"template": {"name": "hello", "language": "fa"}}},
        ),
    ],
)
def test_send_message(engine, chat, config, found):
    engine.workflow({"id": "send", "action": "send_message", "config": config})
    amina = engine.contact()
    conversation = chat(amina)

    execution = engine.run(amina, file="a.jpg")

    (message,) = conversation.messages.all()
    assert {"type": message.type, "text": message.text, "data": message.data} == found
    assert execution.outputs["send"]["message_id"] == str(message.id)
    assert message.author == f"workflow:{execution.workflow_id}"


def test_send_message_to_someone_without_an_address_fails(engine):
    engine.workflow({"action": "send_message", "config": {"text": "سلام"}})

    execution = engine.run(engine.contact())

    assert (execution.state, "NoAddressError" in execution.error) == ("failed", True)


def test_set_conversation_status(engine, chat):
    amina = engine.contact()
    conversation = chat(amina)
    engine.workflow(
        {"id": "hand", "action": "set_conversation_status", "config": {"control": "human"}},
        {"id": "snooze", "action": "set_conversation_status", "config": {"status": "snoozed"}},
        {
            "id": "again",
            "action": "set_conversation_status",
            "config": {"status": "snoozed", "control": "human"},
        },
    )

    execution = engine.run(amina, conversation_id=conversation.id)

    conversation.refresh_from_db()
    assert (conversation.status, conversation.control) == ("snoozed", "human")
    assert [execution.outputs[step]["changed"] for step in ("hand", "snooze", "again")] == [True, True, False]


def test_tags_come_and_go(engine):
    engine.workflow(
        {"id": "add", "action": "add_tag", "config": {"tag": "vip"}},
        {"id": "twice", "action": "add_tag", "config": {"tag": "vip"}},
        {"id": "remove", "action": "remove_tag", "config": {"tag": "new"}},
        {"id": "absent", "action": "remove_tag", "config": {"tag": "nobody-has-it"}},
    )
    amina = engine.contact("new")

    outputs = engine.run(amina).outputs

    assert engine.user(amina)["tags"] == ["vip"]
    assert [outputs[step]["changed"] for step in ("add", "twice", "remove", "absent")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("config", "field", "value"),
    [
        ({"name": "فاطمه {{ event.data.family }}"}, "name", "فاطمه رضایی"),
        ({"phone": "0555 12 34 56"}, "phone", "+213555123456"),
        ({"email": "amina@example.com"}, "email", "amina@example.com"),
        ({"language": "fa"}, "language", "fa"),
        ({"timezone": "Africa/Algiers"}, "timezone", "Africa/Algiers"),
    ],
)
def test_update_user(engine, config, field, value):
    engine.workflow({"id": "update", "action": "update_user", "config": config})
    amina = engine.contact()

    execution = engine.run(amina, family="رضایی")

    assert execution.error == ""
    assert engine.user(amina)[field] == value
    assert execution.outputs["update"]["changes"][field]["to"] == value
