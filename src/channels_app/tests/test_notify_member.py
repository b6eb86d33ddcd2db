"""``notify_member``: who of the team is told, and what opens from it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from accounts.models import User
from accounts.notifications.models import Notification
from channels_app.actions.notify_member import NobodyToNotifyError, NotifyConfig, NotifyMember
from channels_app.models import Conversation
from channels_app.tests.test_assigning import hire, open_one
from core.ids import uuid7
from workflow.actions.base import ACTIONS, ActionCall, ActionContext, MissingSubjectError
from workflow.services.checking import action_problems

pytestmark = pytest.mark.usefixtures("inside")

TITLE = "أمينة تطلب إنسانا"


def call(conversation: Conversation | None, **config) -> ActionCall:
    context = ActionContext(
        effect_key=uuid7().hex,
        actor="workflow:1",
        event_id=uuid7(),
        depth=1,
        contact_id=conversation.contact_id if conversation else None,
        conversation_id=conversation.id if conversation else None,
    )
    return ActionCall(NotifyConfig.model_validate({"title": TITLE, **config}), context)


def told(*calls: ActionCall) -> list[list[str]]:
    return [output.recipients for output in NotifyMember().run_many(calls)]


class TestWhom:
    def test_the_assignee(self, bob):
        assert told(call(open_one(assignee_id=bob.id), to="assignee", body="متن")) == [[str(bob.id)]]
        made = Notification.objects.get()
        assert (made.recipient_id, made.kind, made.title, made.body) == (bob.id, "workflow", TITLE, "متن")

    def test_a_role_while_the_conversation_is_nobodys(self, demo, bob):
        a, b = hire(demo, "a", "b", role="manager")
        assert told(call(open_one(), to="assignee", role="manager")) == [[str(a.id), str(b.id)]]

    def test_a_role_when_the_assignee_has_left(self, demo, bob):
        (a,) = hire(demo, "a", role="manager")
        conversation = open_one(assignee_id=bob.id)
        User.objects.filter(id=bob.id).update(is_active=False)
        assert told(call(conversation, to="assignee", role="manager")) == [[str(a.id)]]

    def test_one_member(self, bob):
        assert told(call(None, to="member", member="bob@demo.example")) == [[str(bob.id)]]

    def test_all_with_a_role(self, demo, alice, bob):
        (a,) = hire(demo, "a")
        assert told(call(None, to="role", role="agent")) == [[str(bob.id), str(a.id)]]

    def test_nobody(self, bob):
        with pytest.raises(NobodyToNotifyError, match="assign it first, or name a role"):
            told(call(open_one(), to="assignee"))
        with pytest.raises(NobodyToNotifyError, match="choose another role"):
            told(call(None, to="role", role="analyst"))
        with pytest.raises(MissingSubjectError):
            told(call(None, to="assignee", role="agent"))
        assert not Notification.objects.exists()

    def test_a_batch_within_budget(self, demo, alice, bob, django_assert_max_num_queries):
        calls = [call(open_one(assignee_id=bob.id), to="assignee") for _ in range(10)]
        calls += [call(None, to="role", role="agent") for _ in range(10)]
        with django_assert_max_num_queries(8):
            told(*calls)
        assert Notification.objects.count() == 20


class TestLink:
    @pytest.mark.parametrize(
        ("link", "keys"),
        [
            ("none", []),
            ("contact", ["contact_id"]),
            ("conversation", ["conversation_id"]),
            (None, ["conversation_id"]),
        ],
    )
    def test_where_it_leads(self, bob, link, keys):
        conversation = open_one()
        told(call(conversation, to="member", member=str(bob.id), **({"link": link} if link else {})))
        found = Notification.objects.get().link
        ids = {"contact_id": str(conversation.contact_id), "conversation_id": str(conversation.id)}
        assert found == {key: ids[key] for key in keys}

    def test_without_a_conversation_to_the_contact(self, bob):
        conversation = open_one()
        given = call(conversation, to="member", member=str(bob.id))
        context = ActionContext(
            effect_key="x", actor="workflow:1", event_id=uuid7(), depth=1, contact_id=conversation.contact_id
        )
        told(ActionCall(given.config, context))
        assert Notification.objects.get().link == {"contact_id": str(conversation.contact_id)}


@pytest.mark.parametrize(
    "config",
    [
        {"to": "member"},
        {"to": "role"},
        {"to": "assignee", "member": "bob@demo.example"},
        {"to": "member", "member": "bob@demo.example", "role": "agent"},
        {"to": "assignee", "title": ""},
        {"to": "everybody"},
    ],
)
def test_the_form_refuses_what_has_no_meaning(config):
    with pytest.raises(ValidationError):
        NotifyConfig.model_validate({"title": TITLE, **config})


class TestPublishing:
    """Whom a step names must be there: a member, a role. What a template will name is not known yet."""

    @pytest.mark.parametrize(
        ("slug", "config", "told"),
        [
            ("assign", {"to": "member", "member": "bob@demo.example"}, {}),
            ("assign", {"to": "member", "member": "{{ event.data.who }}"}, {}),
            ("assign", {"to": "round_robin", "role": "agent"}, {}),
            ("assign", {"to": "least_busy"}, {}),
            (
                "assign",
                {"to": "member", "member": "charlie@other.example"},
                {"member": "is no active member here"},
            ),
            ("assign", {"to": "round_robin", "role": "كاتب"}, {"role": "There is no role 'كاتب'; known: "}),
            ("notify_member", {"to": "role", "role": "manager"}, {}),
            ("notify_member", {"to": "assignee"}, {}),
            ("notify_member", {"to": "role", "role": "boss"}, {"role": "There is no role 'boss'; known: "}),
            ("notify_member", {"to": "member", "member": "نیست"}, {"member": "is no active member here"}),
        ],
    )
    def test_whom_a_step_names(self, bob, charlie, slug, config, told):
        title = {"title": TITLE} if slug == "notify_member" else {}
        found = action_problems(ACTIONS.get(slug), {**title, **config}, "step")
        assert [problem.place for problem in found] == [f"step/{key}" for key in told]
        assert all(words in problem.message for words, problem in zip(told.values(), found, strict=True))
