"""The checker finds nothing where all is well, and each sort of damage by its name."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections, transaction

from channels_app.models import Channel, Conversation, InboundDelivery, Message, Send
from crm.models import Contact, Identity, Note
from events.models import Event
from ops.chaos.checker import check, pending
from ops.chaos.findings import Findings
from ops.chaos.plan import Account, PlannedMessage
from ops.chaos.workflows import JOURNEY, JOURNEY_EVERY, JOURNEY_NOTES, PART
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import ActionExecution, Version, Workflow, WorkflowExecution

NOW = datetime(2024, 1, 1, tzinfo=UTC)
CONTACT = "213555000001"
SENT = [
    PlannedMessage(account=0, contact=CONTACT, seq=n, at_s=n, poison="raise" if n == 3 else "")
    for n in range(1, 6)
]


class Provider:
    """What arrived."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

        self.calls = 0

    def outbox(self, account_id: str) -> list[dict[str, Any]]:
        return self.messages

    def sink(self, name: str, *, requests: bool) -> dict[str, Any]:
        return {"total": self.calls, "unique_keys": self.calls, "repeated": {}}


@pytest.fixture
def world(committed_db):
    """Five messages of one contact; the third is poison and lies in the dead letters."""
    tenant = tenant_by_slug("demo")
    provider = Provider()
    with tenant_scope(tenant), transaction.atomic():
        contact = Contact.objects.create(name="زبون")
        channel = Channel.objects.create(provider="whatsapp", name="x", account_id="1001", credentials=b"-")
        Identity.objects.create(
            contact=contact, provider="whatsapp", channel_id=channel.id, provider_user_id=CONTACT
        )
        conversation = Conversation.objects.create(channel=channel, contact=contact, recipient=CONTACT)
        workflow = Workflow.objects.create(name="chaos")
        version = Version.objects.create(workflow=workflow, number=1, document={}, published_by="x")
        for name in (JOURNEY, PART):
            other = Workflow.objects.create(name=name)
            Version.objects.create(workflow=other, number=1, document={}, published_by="x")
        for number, planned in enumerate(SENT):
            _handled(
                planned, 2 * number, provider, contact=contact, conversation=conversation, version=version
            )
    account = Account(
        slug="demo",
        tenant_id=str(tenant.id),
        schema_name=tenant.schema_name,
        account_id="1001",
        token="t",
        app_secret="s",
        webhook_path="/",
    )
    return account, provider


def _handled(
    planned: PlannedMessage, place: int, provider: Provider, *, contact, conversation, version
) -> None:
    text = planned.text("demo")
    InboundDelivery.objects.create(
        channel_id=conversation.channel_id, key=planned.message_id, lane="x", body="{}", processed_at=NOW
    )
    common = {"conversation": conversation, "channel": conversation.channel, "type": "text", "sent_at": NOW}
    Message.objects.create(
        **common,
        seq=place,
        direction="in",
        text=text,
        author="contact",
        provider_message_id=planned.message_id,
    )
    event = Event.objects.create(
        type="MESSAGE_RECEIVED", occurred_at=NOW, contact_id=contact.id, data={"content": text}
    )
    if planned.poison:
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "INSERT INTO public.queue_item (tenant_id, lane_key, kind, ref, dedupe_key, state)"
                " VALUES (%s, 'x', 'events.dispatch', %s, 'x', 1)",
                [uuid.uuid4(), str(event.id)],
            )
        return
    execution = WorkflowExecution.objects.create(
        workflow=version.workflow,
        version=version,
        event_id=event.id,
        contact_id=contact.id,
        state="completed",
    )
    for node in ("note", "tag", "reply"):
        ActionExecution.objects.create(execution=execution, node=node, action=node, state="completed")
    Note.objects.create(contact=contact, text=f"note {text}", author="workflow")
    if planned.seq % JOURNEY_EVERY == 0:
        _journey(execution, text)
        provider.calls += 1
    reply = Message.objects.create(
        **common, seq=place + 1, direction="out", text=f"re {text}", author="workflow"
    )
    send = Send.objects.create(effect_key=uuid.uuid4().hex, message=reply, state="sent", calls=1)
    provider.messages.append(
        {"customer": CONTACT, "text": reply.text, "effect_key": send.effect_key, "seq": place}
    )


def _journey(straight: WorkflowExecution, text: str) -> None:
    """What a message's journey leaves."""
    for word in JOURNEY_NOTES:
        Note.objects.create(contact_id=straight.contact_id, text=f"{word} {text}", author="workflow")
    common = {"event_id": straight.event_id, "contact_id": straight.contact_id, "state": "completed"}
    journey, part = (Version.objects.get(workflow__name=name) for name in (JOURNEY, PART))
    root = WorkflowExecution.objects.create(workflow=journey.workflow, version=journey, **common)
    branches = [f"fork:{name}" for name in ("time", "call", "sub", "event")] + ["each:0", "each:1"]
    for branch in branches:
        child = WorkflowExecution.objects.create(
            workflow=journey.workflow, version=journey, parent=root, branch=branch, **common
        )
        ActionExecution.objects.create(execution=child, node="x", action="add_note", state="completed")
    WorkflowExecution.objects.create(
        workflow=part.workflow, version=part, parent=root, branch="sub:", **common
    )


def findings(world) -> Findings:
    account, provider = world
    return check(database_url=_url(), accounts=[account], acknowledged=SENT, simulator=provider)


def _url() -> str:
    parameters = connections["default"].get_connection_params()
    return "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**parameters)


def damage(*statements: str) -> None:
    """Change the rows of demo behind the product's back."""
    with tenant_scope(tenant_by_slug("demo")), connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def test_all_is_well(world):
    found = findings(world)
    assert found.violations == {}
    assert (found.counts["messages"], found.counts["executions"], found.counts["dead_letters"]) == (5, 4, 1)
    assert found.counts["provider_sends"] == 4
    assert pending(_url()) == 0


@pytest.mark.parametrize(
    ("sort", "statements"),
    [
        ("lost", ["DELETE FROM channels_app_message WHERE direction = 'in' AND text LIKE '#00002%'"]),
        ("lost", ["DELETE FROM crm_note WHERE text LIKE '%#00001%'"]),
        ("lost", ["UPDATE channels_app_inbounddelivery SET processed_at = NULL"]),
        (
            "duplicates",
            [
                "INSERT INTO crm_note SELECT gen_random_uuid(), text, author, created_at, contact_id FROM crm_note"
            ],
        ),
        ("duplicates", ["DELETE FROM workflow_actionexecution WHERE node = 'tag'"]),
        ("duplicates", ["UPDATE events_event SET data = jsonb_set(data, '{content}', '\"#00001 demo x\"')"]),
        ("order_breaks", ["UPDATE channels_app_message SET seq = -seq - 1"]),
        ("cross_tenant", ["UPDATE crm_note SET text = replace(text, 'demo', 'other')"]),
        ("not_completed", ["UPDATE workflow_workflowexecution SET state = 'waiting'"]),
        ("unexpected", ["UPDATE channels_app_send SET effect_key = 'x' || left(effect_key, 60)"]),
        ("lost", ["DELETE FROM crm_note WHERE text LIKE 'heard #00005%'"]),
        (
            "lost",
            [
                "DELETE FROM workflow_actionexecution WHERE node = 'x'",
                "DELETE FROM workflow_workflowexecution WHERE branch = 'fork:call'",
            ],
        ),
        (
            "duplicates",
            [
                "INSERT INTO workflow_actionexecution SELECT gen_random_uuid(), node, action, state, attempts, input,"
                " output, error, started_at, ended_at, execution_id, port FROM workflow_actionexecution"
            ],
        ),
        ("not_completed", ["UPDATE workflow_workflowexecution SET state = 'failed' WHERE branch = 'each:1'"]),
        ("wrongly_dead", ["UPDATE public.queue_item SET ref = 'x'"]),
        ("not_dead", ["DELETE FROM public.queue_item"]),
        ("queue_not_empty", ["UPDATE public.queue_item SET state = 0"]),
        (
            "queue_not_empty",
            ["INSERT INTO public.queue_lane VALUES (gen_random_uuid(), 'x', 0, now(), NULL, 1)"],
        ),
    ],
)
def test_each_damage_is_found(world, sort, statements):
    damage(*statements)
    assert sort in findings(world).violations


def test_a_send_that_arrived_twice_is_found(world):
    world[1].messages.append(world[1].messages[0])
    assert findings(world).violations["repeated_sends"] == 1


def test_a_reply_that_never_arrived_is_lost_unless_its_outcome_is_unknown(world):
    world[1].messages.pop()
    assert findings(world).violations["lost"] == 1
    damage("UPDATE channels_app_send SET state = 'unknown'")
    found = findings(world)
    assert found.violations == {}
    assert (found.counts["unknown_never_arrived"], found.counts["unknown_arrived"]) == (1, 3)


def test_a_call_that_never_arrived_is_lost(world):
    world[1].calls -= 1
    assert findings(world).violations["lost"] == 1


def test_replies_out_of_order_at_the_provider_are_found(world):
    first, second = world[1].messages[:2]
    first["seq"], second["seq"] = second["seq"], first["seq"]
    assert findings(world).violations["order_breaks"] == 1


def test_a_database_that_is_away_is_not_an_empty_queue():
    with public_scope():
        assert pending("postgresql://nobody@127.0.0.1:1/none") is None
