"""T9: statuses in every order, twice and late; a message's state never moves backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from channels_app.models import Conversation, Direction, Message, Send
from channels_app.providers.base import DeliveryState, StatusUpdate
from channels_app.services.delivery import RANK, advance, apply
from channels_app.services.updates import settle

AT = datetime(2026, 1, 1, 10, tzinfo=UTC)
SENT, DELIVERED, READ, FAILED = (
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
    DeliveryState.READ,
    DeliveryState.FAILED,
)
STATES = (SENT, DELIVERED, READ, FAILED)
#: Every order of every choice of states, each also with every state told twice.
ORDERS = [order for size in (1, 2, 3, 4) for order in permutations(STATES, size)]


def status(state: DeliveryState, *, at: datetime = AT) -> StatusUpdate:
    code = "131026" if state == FAILED else ""
    return StatusUpdate(provider_message_id="wamid.1", state=state, occurred_at=at, error_code=code)


def unsaved() -> Send:
    message = Message(state=DeliveryState.SENDING, provider_message_id="wamid.1", sent_at=AT)
    return Send(effect_key="k", message=message, state=DeliveryState.SENDING)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(order))
@pytest.mark.parametrize("twice", [False, True])
def test_no_order_moves_it_backwards(order, twice):
    send, ranks = unsaved(), [RANK[DeliveryState.SENDING]]
    for state in (*order, *order) if twice else order:
        moved = advance(send, state, at=AT)
        ranks.append(RANK[DeliveryState(send.state)])
        assert moved == (ranks[-1] > ranks[-2])
        assert send.message.state == send.state
    assert ranks == sorted(ranks)
    assert send.state == max(order, key=RANK.__getitem__)
    assert (send.message.read_at is not None) == (READ in order)
    assert (send.message.delivered_at is not None) == bool({READ, DELIVERED} & set(order))


@pytest.mark.parametrize("order", [o for o in ORDERS if {DELIVERED, READ} & set(o)], ids="-".join)
def test_what_arrived_has_not_failed(order):
    send = unsaved()
    for state in order:
        advance(send, state, at=AT, code="131026" if state == FAILED else "")
    assert send.state in (DELIVERED, READ)
    assert send.error_code == ""


@pytest.fixture
def sent(whatsapp) -> Send:
    """A message whose call was answered."""
    from crm.services.contacts import create_contact

    contact = create_contact({"name": "أمينة"})
    conversation = Conversation.objects.create(channel=whatsapp, contact=contact, recipient="213555010203")
    message = Message.objects.create(
        conversation=conversation,
        channel=whatsapp,
        seq=1,
        direction=Direction.OUT,
        type="text",
        author="system",
        state=SENT,
        sent_at=AT,
        provider_message_id="wamid.1",
    )
    return Send.objects.create(effect_key="k1", message=message, state=SENT, calls=1)


def keyed(state: DeliveryState) -> StatusUpdate:
    """A status that carries our own key beside the provider's id."""
    return StatusUpdate(provider_message_id="wamid.1", state=state, occurred_at=AT, effect_key="k1")


@pytest.mark.parametrize("order", list(permutations([SENT, DELIVERED, READ])), ids="-".join)
@pytest.mark.parametrize("with_key", [SENT, DELIVERED, READ])
def test_statuses_with_and_without_our_key_move_the_same_row(sent, order, with_key):
    apply([keyed(s) if s == with_key else status(s) for s in order], sent.message.channel_id)
    stored = Send.objects.select_related("message").get()
    assert (stored.state, stored.message.state) == (READ, READ)
    assert stored.message.delivered_at == stored.message.read_at == AT


@pytest.mark.parametrize("order", list(permutations((SENT, DELIVERED, READ))), ids="-".join)
def test_in_the_database_all_in_one_batch(sent, whatsapp, order):
    apply([status(state) for state in order] * 2, whatsapp.id)
    sent.refresh_from_db()
    assert (sent.state, sent.message.state) == (READ, READ)


def test_in_the_database_one_by_one(sent, whatsapp):
    for number, state in enumerate((READ, SENT, FAILED, DELIVERED)):
        apply([status(state, at=AT + timedelta(minutes=number))], whatsapp.id)
    sent.refresh_from_db()
    assert (sent.state, sent.error, sent.error_code) == (READ, "", "")
    assert sent.message.read_at == AT


def test_failure_after_sent_is_told(sent, whatsapp, published):
    settle(whatsapp.id, [status(FAILED), status(FAILED)])
    (event,) = published("MESSAGE_FAILED")
    assert event.data["error_code"] == "131026"
    assert event.contact_id == sent.message.conversation.contact_id


def test_statuses_of_another_channel_change_nothing(sent, telegram):
    assert settle(telegram.id, [status(READ)]) == [0]
    sent.refresh_from_db()
    assert sent.state == SENT
