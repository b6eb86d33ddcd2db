"""Merged contacts keep their conversations, one of them open on each channel."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from channels_app.models import Channel, Conversation, ConversationStatus
from crm.models import Contact
from crm.services.contacts import create_contact
from crm.services.merging import Merge, merge_contacts
from events.models import Event
from tenants.scope import tenant_scope

NOW = datetime(2026, 3, 20, 10, tzinfo=UTC)


@pytest.fixture
def pair(demo):
    with tenant_scope(demo):
        yield create_contact({"name": "أمينة"}), create_contact({"name": "Amina"})


def channel(name: str) -> Channel:
    return Channel.objects.create(provider="webchat", name=name, account_id=uuid.uuid4().hex)


def talk(contact: Contact, on: Channel, minutes: int, **more) -> Conversation:
    return Conversation.objects.create(
        contact=contact,
        channel=on,
        recipient="someone",
        last_message_at=NOW + timedelta(minutes=minutes),
        **more,
    )


def test_conversations_go_over_and_one_a_channel_stays_open(pair):
    winner, loser = pair
    shop, site = channel("المتجر"), channel("Site")
    older, newer = talk(winner, shop, 0), talk(loser, shop, 5)
    elsewhere = talk(loser, site, 1)
    closed = talk(loser, shop, 9, status=ConversationStatus.CLOSED)
    merge_contacts(Merge(winner=winner.id, loser=loser.id))
    rows = {row.id: row for row in Conversation.objects.all()}
    assert {row.contact_id for row in rows.values()} == {winner.id}
    assert [rows[one.id].status for one in (older, newer, elsewhere, closed)] == [
        "closed",
        "open",
        "open",
        "closed",
    ]
    (told,) = Event.objects.filter(type="CONVERSATION_CLOSED")
    assert (told.conversation_id, told.contact_id) == (older.id, winner.id)
