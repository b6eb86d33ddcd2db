"""Facts enter by one door, with the change that they tell of, once, and reach whoever wants them in order."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from core.errors import PermanentError
from events.models import Event
from events.queue.models import Item, ItemState
from events.services.publishing import DISPATCH, NewEvent, lane_of, publish, publish_many
from events.subscribing import SUBSCRIPTIONS, Subscription, anyone_wants, subscribe
from events.types import EVENT_TYPES, EventData, declare
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug

ALI, MARYAM = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def shop(committed_db):
    with tenant_scope(tenant_by_slug("demo")) as tenant:
        yield tenant


@pytest.fixture
def heard(only_subscription):
    """Batches of event data, as one subscriber to ``GREETED`` got them."""
    batches: list[list[str]] = []

    def handle(events) -> None:
        batches.append([event.data["text"] for event in events])
        if any(event.data["text"] == "bad" for event in events):
            raise PermanentError("cannot hear this")

    only_subscription(Subscription("test", {"GREETED"}.__contains__, handle))
    return batches


def greet(text: str, contact: uuid.UUID | None = ALI, **fields: object) -> NewEvent:
    return NewEvent(type="GREETED", data={"text": text}, contact_id=contact, **fields)


def items() -> list[Item]:
    with public_scope():
        return list(Item.objects.filter(kind=DISPATCH))


def test_outside_a_transaction_nothing_is_published(shop, heard):
    with pytest.raises(TransactionManagementError, match="transaction of the change"):
        publish(greet("سلام"))
    assert not Event.objects.exists()


def test_fact_and_dispatch_leave_with_the_change_that_was_undone(shop, heard):
    with transaction.atomic():
        publish(greet("سلام"))
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert items() == []


def test_a_fact_keeps_all_that_was_said_of_it(shop, heard):
    when, cause, conversation = datetime(2024, 1, 1, 10, tzinfo=UTC), uuid.uuid4(), uuid.uuid4()
    with transaction.atomic():
        event = publish(
            greet(
                "السلام عليكم",
                occurred_at=when,
                actor="contact",
                causation_id=cause,
                conversation_id=conversation,
                depth=3,
            )
        )
    stored = Event.objects.get(id=event.id)
    assert (stored.type, stored.data, stored.contact_id) == ("GREETED", {"text": "السلام عليكم"}, ALI)
    assert (stored.occurred_at, stored.actor, stored.depth) == (when, "contact", 3)
    assert (stored.causation_id, stored.conversation_id) == (cause, conversation)
    assert abs((datetime.now(UTC) - stored.recorded_at).total_seconds()) < 5


def test_a_key_lets_a_fact_in_once(shop, heard, work):
    with transaction.atomic():
        assert publish(greet("1", idempotency_key="msg123")) is not None
        assert publish(greet("2", idempotency_key="msg123")) is None
    with transaction.atomic():
        assert [e.data["text"] for e in publish_many([greet("3", idempotency_key="msg123"), greet("4")])] == [
            "4"
        ]
    work()
    assert heard == [["1", "4"]]
    assert Event.objects.count() == 2


def test_events_of_one_contact_go_in_the_order_in_which_they_were_published(shop, heard, work):
    for n in range(3):
        with transaction.atomic():
            publish_many([greet(f"ali {n}"), greet(f"maryam {n}", MARYAM)])
    work()
    texts = [text for batch in heard for text in batch]
    assert [text for text in texts if text.startswith("ali")] == ["ali 0", "ali 1", "ali 2"]
    assert [text for text in texts if text.startswith("maryam")] == ["maryam 0", "maryam 1", "maryam 2"]


def test_lanes_are_contacts_and_nobodys_events_go_each_its_own_way(shop):
    assert lane_of(Event(contact_id=ALI)) == lane_of(Event(contact_id=ALI)) == f"contact:{ALI}"
    assert lane_of(Event()) != lane_of(Event())


def test_what_nobody_wants_is_recorded_and_not_dispatched(shop, heard):
    with transaction.atomic():
        publish_many([NewEvent(type="IGNORED"), greet("سلام")])
    assert Event.objects.count() == 2
    assert len(items()) == 1
    assert anyone_wants("GREETED")
    assert not anyone_wants("IGNORED")


def test_a_subscriber_gets_a_batch_at_once_and_only_the_guilty_event_dies(shop, heard, work):
    with transaction.atomic():
        publish_many([greet("1"), greet("bad", MARYAM), greet("3")])
    work()
    assert heard[0] == ["1", "bad", "3"], "together first"
    assert sorted(map(tuple, heard[1:])) == [("1",), ("3",), ("bad",)]
    [dead] = items()
    assert (dead.state, dead.error) == (ItemState.DEAD, "PermanentError: cannot hear this")


def test_an_event_that_was_deleted_meanwhile_is_no_error(shop, heard, work):
    with transaction.atomic():
        publish(greet("سلام"))
    Event.objects.all().delete()
    work()
    assert heard == []
    assert items() == []


def test_subscribers_register_once_by_name(monkeypatch):
    monkeypatch.setattr(SUBSCRIPTIONS, "_items", {})

    @subscribe("greeter", types={"GREETED"})
    def greeter(events: object) -> None: ...

    assert anyone_wants("GREETED")
    with pytest.raises(ValueError, match="registered twice"):
        subscribe("greeter", types={"LEFT"})(lambda events: None)


def test_event_types_are_upper_snake_declared_once_with_their_shape(monkeypatch):
    monkeypatch.setattr(EVENT_TYPES, "_items", {})

    class Greeting(EventData):
        text: str

    declared = declare("GREETED", label="Greeted", description="Somebody said hello.", data=Greeting)
    assert declared.json_schema()["properties"]["text"]["type"] == "string"
    assert Greeting.model_validate({"text": "سلام", "more": 1}).text == "سلام"
    for code in ("greeted", "Greeted Again", "GREETED-2", ""):
        with pytest.raises(ValueError, match="UPPER_SNAKE"):
            declare(code, label="x", description="x")
    with pytest.raises(ValueError, match="registered twice"):
        declare("GREETED", label="x", description="x")
