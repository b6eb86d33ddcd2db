"""Conversations given to members: named, in turn, to the least busy; and what is told of it."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest
from django.db import connections, transaction
from pydantic import ValidationError

from accounts.models import User
from accounts.notifications.members import NoSuchMemberError, NoSuchRoleError
from accounts.services.members import add_member
from accounts.services.users import create_user
from channels_app.actions.assign import Assign, AssignConfig
from channels_app.models import Channel, Conversation
from channels_app.services.assigning import (
    Assignment,
    NobodyToDealToError,
    NotAMemberError,
    Strategy,
    assign,
    set_assignee,
)
from channels_app.services.conversations import ConversationNotFoundError
from core.ids import uuid7
from crm.services.cause import Cause
from crm.services.contacts import create_contact
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.actions.base import ActionCall, ActionContext


def open_one(name: str = "أمينة", **values) -> Conversation:
    channel, _ = Channel.objects.get_or_create(
        provider="webchat", account_id="site", defaults={"name": "الموقع", "credentials": b""}
    )
    contact = create_contact({"name": name})
    return Conversation.objects.create(channel=channel, contact=contact, recipient=str(contact.id), **values)


def hire(demo, *names: str, role: str = "agent") -> list[User]:
    people = [create_user(email=f"{n}@demo.example", name=n, password="a-long-Passw0rd") for n in names]
    for person in people:
        add_member(user=person, tenant=demo, role=role)
    return people


def deal(strategy: Strategy, conversations: list[Conversation], **values) -> list[uuid.UUID | None]:
    done = assign([Assignment(conversation_id=c.id, strategy=strategy, **values) for c in conversations])
    return [one.assignee_id for one in done]


@pytest.mark.usefixtures("inside")
class TestDealing:
    def test_in_turn_over_batches(self, demo, alice):
        a, b, c = hire(demo, "a", "b", "c")
        conversations = [open_one() for _ in range(5)]
        first = deal(Strategy.ROUND_ROBIN, conversations[:2], role="agent")
        rest = deal(Strategy.ROUND_ROBIN, conversations[2:], role="agent")
        assert first + rest == [a.id, b.id, c.id, a.id, b.id]
        assert Counter(Conversation.objects.values_list("assignee_id", flat=True)) == {
            a.id: 2,
            b.id: 2,
            c.id: 1,
        }

    def test_who_left_is_passed_over(self, demo):
        a, b, c = hire(demo, "a", "b", "c")
        assert deal(Strategy.ROUND_ROBIN, [open_one()], role="agent") == [a.id]
        User.objects.filter(id=b.id).update(is_active=False)
        assert deal(Strategy.ROUND_ROBIN, [open_one(), open_one()], role="agent") == [c.id, a.id]

    def test_each_role_has_its_own_turn(self, demo, alice):
        (a,) = hire(demo, "a")
        (m,) = hire(demo, "m", role="manager")
        assert deal(Strategy.ROUND_ROBIN, [open_one()], role="agent") == [a.id]
        assert deal(Strategy.ROUND_ROBIN, [open_one()], role="manager") == [m.id]
        assert deal(Strategy.ROUND_ROBIN, [open_one(), open_one()]) == [alice.id, a.id]

    def test_to_the_least_busy(self, demo):
        a, b, c = hire(demo, "a", "b", "c")
        for person, count in ((a, 2), (b, 1)):
            for _ in range(count):
                open_one(assignee_id=person.id)
        for _ in range(3):
            open_one(assignee_id=c.id, status="closed")
        dealt = deal(Strategy.LEAST_BUSY, [open_one() for _ in range(4)], role="agent")
        assert dealt == [c.id, b.id, c.id, a.id]

    def test_the_least_busy_takes_turns_among_equals(self, demo):
        a, b = hire(demo, "a", "b")
        conversations = [open_one() for _ in range(4)]
        assert deal(Strategy.LEAST_BUSY, conversations, role="agent") == [a.id, b.id, a.id, b.id]

    def test_only_what_is_nobodys(self, demo):
        a, b = hire(demo, "a", "b")
        mine, free = open_one(assignee_id=b.id), open_one()
        dealt = deal(Strategy.ROUND_ROBIN, [mine, free], role="agent", only_unassigned=True)
        assert dealt == [b.id, a.id]

    def test_nobody_there(self, demo, bob):
        conversation = open_one()
        with pytest.raises(NobodyToDealToError, match="'analyst'; choose another role"):
            deal(Strategy.ROUND_ROBIN, [conversation], role="analyst")
        with pytest.raises(NoSuchRoleError, match="known: "):
            deal(Strategy.ROUND_ROBIN, [conversation], role="agents")
        with pytest.raises(ConversationNotFoundError):
            assign([Assignment(conversation_id=uuid.uuid4())])
        conversation.refresh_from_db()
        assert conversation.assignee_id is None

    def test_a_batch_within_budget(self, demo, django_assert_max_num_queries):
        hire(demo, "a", "b")
        conversations = [open_one() for _ in range(30)]
        with django_assert_max_num_queries(13):
            deal(Strategy.LEAST_BUSY, conversations, role="agent")
        assert not Conversation.objects.filter(assignee_id=None).exists()


@pytest.mark.usefixtures("inside")
class TestGiving:
    def test_what_is_told(self, bob, alice, published):
        conversation = open_one()
        cause = Cause(actor="workflow:1", event_id=uuid.uuid4(), depth=3)
        assert set_assignee(conversation.id, bob.id, cause=cause)
        assert not set_assignee(conversation.id, bob.id)
        assert set_assignee(conversation.id, None)
        first, second = published("CONVERSATION_ASSIGNED")
        assert (first.data["assignee_id"], first.data["previous_assignee_id"]) == (str(bob.id), "")
        assert (second.data["assignee_id"], second.data["previous_assignee_id"]) == ("", str(bob.id))
        assert (first.actor, first.causation_id, first.depth) == ("workflow:1", cause.event_id, 3)
        assert (first.contact_id, first.conversation_id) == (conversation.contact_id, conversation.id)

    def test_strangers_get_nothing(self, bob, charlie, published):
        conversation = open_one()
        with pytest.raises(NotAMemberError):
            set_assignee(conversation.id, charlie.id)
        assert published("CONVERSATION_ASSIGNED") == []

    def test_over_rest(self, agent, bob, published):
        conversation = open_one()
        url = f"/api/v1/inbox/conversations/{conversation.id}/"
        assert agent.patch(url, {"assignee_id": str(bob.id)}).json()["assignee_id"] == str(bob.id)
        assert published("CONVERSATION_ASSIGNED")[0].actor.startswith("key:")


@pytest.mark.usefixtures("inside")
class TestAction:
    def call(self, conversation: Conversation | None, **config) -> ActionCall:
        context = ActionContext(
            effect_key=uuid7().hex,
            actor="workflow:1",
            event_id=uuid7(),
            depth=2,
            contact_id=conversation.contact_id if conversation else None,
            conversation_id=conversation.id if conversation else None,
        )
        return ActionCall(AssignConfig.model_validate(config), context)

    def test_every_option(self, demo, alice, bob, published):
        conversation = open_one()
        for config, expected in (
            ({"to": "member", "member": "BOB@demo.example"}, (str(bob.id), True)),
            ({"to": "member", "member": str(bob.id)}, (str(bob.id), False)),
            ({"to": "round_robin", "role": "owner", "only_unassigned": True}, (str(bob.id), False)),
            ({"to": "round_robin", "role": "owner"}, (str(alice.id), True)),
            ({"to": "nobody"}, (None, True)),
            ({"to": "least_busy", "role": "agent"}, (str(bob.id), True)),
        ):
            (done,) = Assign().run_many([self.call(conversation, **config)])
            assert (done.assignee_id, done.changed) == expected, config
        assert {(e.actor, e.depth) for e in published("CONVERSATION_ASSIGNED")} == {("workflow:1", 2)}

    def test_a_stranger(self, charlie):
        with pytest.raises(NoSuchMemberError, match="no active member here"):
            Assign().run_many([self.call(open_one(), to="member", member="charlie@other.example")])

    @pytest.mark.parametrize(
        "config",
        [
            {},
            {"to": "member"},
            {"to": "nobody", "member": "bob@demo.example"},
            {"to": "member", "member": "bob@demo.example", "role": "agent"},
            {"to": "somebody"},
        ],
    )
    def test_the_form_refuses_what_has_no_meaning(self, config):
        with pytest.raises(ValidationError):
            AssignConfig.model_validate(config)


def test_dealers_at_the_same_time_deal_evenly(committed_db):
    demo = tenant_by_slug("demo")
    with tenant_scope(demo), transaction.atomic():
        people = hire(demo, "a", "b", "c", "d")
        conversations = [open_one() for _ in range(8)]
    barrier, errors = threading.Barrier(4), []

    def run(mine: list[Conversation]) -> None:
        try:
            with tenant_scope(demo):
                barrier.wait(timeout=10)
                for conversation in mine:
                    with transaction.atomic():
                        deal(Strategy.ROUND_ROBIN, [conversation], role="agent")
        except Exception as exc:
            errors.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(conversations[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not errors
    with tenant_scope(demo):
        assert Counter(Conversation.objects.values_list("assignee_id", flat=True)) == {
            p.id: 2 for p in people
        }
