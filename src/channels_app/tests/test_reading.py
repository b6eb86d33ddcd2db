"""Read marks: each member's own, never ahead of what was there, never back by themselves."""

from __future__ import annotations

import pytest

from channels_app.models import ReadMark
from channels_app.services.reading import MOST_UNREAD
from channels_app.tests.support import message, receive, whatsapp_body
from tenants.scope import tenant_scope

URL = "/api/v1/inbox/conversations/"


@pytest.fixture
def url(conversation, whatsapp) -> str:
    """Amina wrote three times."""
    receive(whatsapp, whatsapp_body(messages=[message(n, f"رسالة {n}") for n in (2, 3)]))
    return f"{URL}{conversation.id}/"


def unread(client, url: str) -> int:
    return client.get(url).json()["unread_count"]


def test_each_reads_for_himself(alices, bobs, url):
    assert (unread(alices, url), unread(bobs, url)) == (3, 3)
    assert bobs.post(f"{url}read/", {"seq": 2}).json() == {"seq": 2, "unread_count": 1}
    assert (unread(alices, url), unread(bobs, url)) == (3, 1)


def test_a_message_that_comes_meanwhile_stays_unread(bobs, url, whatsapp):
    receive(whatsapp, whatsapp_body(messages=[message(4, "لحظة")]))
    assert bobs.post(f"{url}read/", {"seq": 3}).json()["unread_count"] == 1


def test_goes_neither_back_nor_ahead(bobs, url):
    bobs.post(f"{url}read/", {"seq": 3})
    assert bobs.post(f"{url}read/", {"seq": 1}).json()["seq"] == 3
    assert bobs.post(f"{url}read/", {"seq": 99}).json()["seq"] == 3
    assert bobs.post(f"{url}read/", {"seq": -1}).status_code == 400


def test_back_to_unread(bobs, url):
    bobs.post(f"{url}read/", {"seq": 3})
    assert bobs.post(f"{url}unread/").json() == {"seq": 2, "unread_count": 1}
    assert unread(bobs, url) == 1


def test_who_answers_has_read(alices, bobs, url):
    bobs.post(f"{url}messages/", {"text": "تفضلي"})
    assert (unread(bobs, url), unread(alices, url)) == (0, 3)


def test_our_own_words_and_reactions_are_not_unread(alices, bobs, url, whatsapp):
    alices.post(f"{url}read/", {"seq": 3})
    bobs.post(f"{url}messages/", {"text": "تفضلي"})
    bobs.post(f"{url}notes/", {"text": "زبونة مهمة"})
    reaction = message("r", type="reaction", reaction={"message_id": "wamid.IN2", "emoji": "👍"})
    receive(whatsapp, whatsapp_body(messages=[reaction]))
    assert unread(alices, url) == 0


def test_is_counted_no_further_than_a_badge(bobs, url, whatsapp):
    receive(whatsapp, whatsapp_body(messages=[message(n) for n in range(10, 10 + MOST_UNREAD)]))
    assert unread(bobs, url) == MOST_UNREAD


def test_reading_needs_to_be_allowed(api, demo_key, other_key, url, demo):
    assert api("demo.localhost", key=demo_key("crm:read")).post(f"{url}read/", {"seq": 1}).status_code == 403
    assert api("other.localhost", key=other_key()).post(f"{url}read/", {"seq": 1}).status_code == 404
    assert (
        api("demo.localhost", key=demo_key("inbox:read")).post(f"{url}read/", {"seq": 1}).status_code == 200
    )
    with tenant_scope(demo):
        assert ReadMark.objects.count() == 1
