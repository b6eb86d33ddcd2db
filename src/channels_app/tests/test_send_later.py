"""Sending later: through the gate at the time, cancelled or gone but never both."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from accounts.notifications.models import Notification
from channels_app.models import Conversation, MessageTemplate, ScheduledMessage, Send
from channels_app.services.scheduling import NotScheduledError, cancel_scheduled, schedule, send_due
from channels_app.tests.support import NUMBER, deliver, drain, text_body
from tenants.scope import tenant_scope

CONVERSATIONS = "/api/v1/inbox/conversations/"
SCHEDULED = "/api/v1/inbox/scheduled-messages/"


def in_(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


@pytest.fixture
def url(clock, conversation) -> str:
    return f"{CONVERSATIONS}{conversation.id}/scheduled/"


def later(client, url: str, text: str = "غدا إن شاء الله", **message) -> dict:
    made = client.post(url, {"message": {"text": text, **message}, "send_at": in_(hours=2)})
    assert made.status_code == 201, made.json()
    return made.json()


def test_goes_at_its_time(clock, bobs, bob, url, conversation, pump, world):
    made = later(bobs, url)
    assert (made["state"], made["body"]) == ("scheduled", {"text": "غدا إن شاء الله"})
    assert made["author_shown"]["name"] == "Bob"
    clock.wait(hours=1)
    conversation.refresh_from_db()
    assert (conversation.last_seq, Send.objects.count()) == (1, 0)
    clock.wait(hours=1, seconds=1)
    pump()
    assert [out["text"] for out in world.outbox(NUMBER)] == ["غدا إن شاء الله"]
    shown = bobs.get(f"{SCHEDULED}{made['id']}/").json()
    assert (shown["state"], shown["message_id"]) == ("sent", str(Send.objects.get().message_id))
    assert Send.objects.get().message.author == f"member:{bob.id}"
    assert bobs.get(url).json() == []


def test_the_gate_looks_then(clock, bobs, url):
    later(bobs, url)
    Conversation.objects.update(last_inbound_at=datetime.now(UTC) - timedelta(hours=23))
    clock.wait(hours=2, seconds=1)
    assert Send.objects.get().error_code == "window_closed"


def test_changed_until_it_goes(clock, bobs, url, pump, world):
    made = later(bobs, url)
    at = f"{SCHEDULED}{made['id']}/"
    changed = bobs.patch(at, {"message": {"text": "بل بعد غد"}, "send_at": in_(hours=5)}).json()
    assert changed["body"] == {"text": "بل بعد غد"}
    clock.wait(hours=3)
    assert not Send.objects.exists()
    clock.wait(hours=3)
    pump()
    assert [out["text"] for out in world.outbox(NUMBER)] == ["بل بعد غد"]
    assert bobs.patch(at, {"send_at": in_(hours=5)}).json()["error"]["code"] == "not_scheduled"
    assert bobs.delete(at).status_code == 409


def test_cancelled_it_never_goes(clock, bobs, url):
    made = later(bobs, url)
    assert bobs.delete(f"{SCHEDULED}{made['id']}/").status_code == 204
    clock.wait(hours=3)
    assert not Send.objects.exists()
    assert ScheduledMessage.objects.get().state == "cancelled"


def test_goes_into_the_new_conversation_when_the_old_one_is_closed(clock, bobs, url, conversation):
    later(bobs, url)
    bobs.patch(f"{CONVERSATIONS}{conversation.id}/", {"status": "closed"})
    clock.wait(hours=3)
    message = Send.objects.get().message
    assert message.conversation_id != conversation.id
    assert message.conversation.contact_id == conversation.contact_id


def test_what_cannot_be_written_any_more_is_told_to_its_author(clock, bobs, bob, url, whatsapp):
    template = MessageTemplate.objects.create(
        channel=whatsapp,
        name="hello",
        language="ar",
        status="APPROVED",
        components=[{"type": "BODY", "text": "مرحبا"}],
    )
    later(bobs, url, "", template_id=str(template.id))
    other = later(bobs, url, "هذه تصل")
    template.delete()
    clock.wait(hours=3)
    assert Send.objects.get().message.text == "هذه تصل"
    assert bobs.get(f"{SCHEDULED}{other['id']}/").json()["state"] == "sent"
    (failed,) = bobs.get(url).json()
    assert failed["state"] == "failed"
    assert "template" in failed["error"]
    assert Notification.objects.get(recipient_id=bob.id).kind == "scheduled"


@pytest.mark.parametrize("body", [
    {"message": {"text": "x"}},
    {"message": {"text": "x"}, "send_at": "2020-01-01T00:00:00Z"},
    {"message": {"text": "x"}, "send_at": "2026-12-01T10:00:00"},
    {"message": {}, "send_at": "2030-01-01T00:00:00Z"},
    {"message": {"text": "x", "nope": 1}, "send_at": "2030-01-01T00:00:00Z"},
])  # fmt: skip
def test_what_is_refused_is_not_kept(bobs, url, body):
    assert bobs.post(url, body).status_code == 400
    assert not ScheduledMessage.objects.exists()


def test_cancelled_or_sent_but_never_both(shop):
    """Whoever comes first wins; the other is told, or does nothing."""
    with tenant_scope(shop.demo):
        with transaction.atomic():
            deliver(shop.whatsapp, text_body())
        drain()
        conversation = Conversation.objects.get()
        for _ in range(5):
            with transaction.atomic():
                row = schedule(
                    conversation.id,
                    {"text": "x"},
                    send_at=datetime.now(UTC) + timedelta(hours=1),
                    author="key:x",
                )
                ScheduledMessage.objects.filter(id=row.id).update(send_at=datetime.now(UTC))
            sends, refused = Send.objects.count(), []
            gate = threading.Barrier(2)

            def cancel(row=row, gate=gate, refused=refused) -> None:
                try:
                    with tenant_scope(shop.demo), transaction.atomic():
                        gate.wait(10)
                        cancel_scheduled(row.id)
                except NotScheduledError:
                    refused.append(row.id)
                finally:
                    connection.close()

            thread = threading.Thread(target=cancel)
            thread.start()
            with transaction.atomic():
                gate.wait(10)
                send_due([row.id])
            thread.join(10)
            row.refresh_from_db()
            went = Send.objects.count() - sends
            assert (row.state, went, len(refused)) in (("sent", 1, 1), ("cancelled", 0, 0))
