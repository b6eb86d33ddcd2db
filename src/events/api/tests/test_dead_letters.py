"""Dead letters over REST: found, explained, put back and let go, each tenant's its own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.audit.models import AuditEntry
from events.models import Event
from events.queue.enqueue import NewItem, enqueue
from events.queue.models import Item, ItemState, Lane
from events.services.publishing import DISPATCH
from tenants.scope import tenant_scope

URL = "/api/v1/dead-letters/"


def died(tenant, *, kind: str = DISPATCH, ref: str = "", error: str = "ValueError: مبلغ خاطئ") -> Item:
    """An item that was given up."""
    ref = ref or str(uuid.uuid4())
    with tenant_scope(tenant), transaction.atomic():
        enqueue(NewItem(lane=f"contact:{ref}", kind=DISPATCH, ref=ref))
    item = Item.objects.get(tenant_id=tenant.id, ref=ref)
    Item.objects.filter(id=item.id).update(state=ItemState.DEAD, attempts=5, error=error, kind=kind)
    Lane.objects.filter(tenant_id=tenant.id).update(wake_at=None)
    item.refresh_from_db()
    return item


@pytest.fixture
def client(api, demo_key, demo):
    return api("demo.localhost", key=demo_key("workflow:write"))


def listed(client, **query) -> list[dict]:
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


class TestReading:
    def test_a_letter_says_what_it_was_about(self, client, demo):
        with tenant_scope(demo):
            event = Event.objects.create(
                type="USER_CREATED",
                occurred_at=datetime.now(UTC),
                contact_id=uuid.uuid4(),
                conversation_id=uuid.uuid4(),
                data={},
                actor="x",
            )
        letter = died(demo, ref=str(event.id))
        (shown,) = listed(client)
        assert (shown["id"], shown["error"], shown["attempts"]) == (letter.id, "ValueError: مبلغ خاطئ", 5)
        about = shown["about"]
        assert (about["subject"], about["text"]) == ("event", "USER_CREATED")
        assert about["event_id"] == str(event.id)
        assert about["contact_id"] == str(event.contact_id)
        assert about["conversation_id"] == str(event.conversation_id)
        assert client.get(f"{URL}{letter.id}/").json() == shown

    def test_what_is_gone_is_still_told_by_its_sort(self, client, demo):
        died(demo)
        died(demo, kind="of.the_past", ref="not an id")
        gone, unknown = sorted(listed(client), key=lambda row: row["known"], reverse=True)
        assert (gone["about"]["subject"], gone["about"]["text"], gone["known"]) == ("event", "", True)
        assert (unknown["about"]["subject"], unknown["known"]) == ("other", False)

    def test_filters_and_kinds(self, client, demo):
        slow, wrong = died(demo, error="TimeoutError: بطيء"), died(demo, error="KeyError: 'x'")
        died(demo, kind="of.the_past")
        assert [row["id"] for row in listed(client, error="بطيء")] == [slow.id]
        assert [row["id"] for row in listed(client, search="keyerror")] == [wrong.id]
        assert len(listed(client, kind=DISPATCH)) == 2
        assert client.get(f"{URL}kinds/").json() == [
            {"kind": DISPATCH, "subject": "event", "count": 2},
            {"kind": "of.the_past", "subject": "other", "count": 1},
        ]

    def test_waiting_work_is_no_dead_letter(self, client, demo):
        with tenant_scope(demo), transaction.atomic():
            enqueue(NewItem(lane="x", kind=DISPATCH, ref="waiting"))
        waiting = Item.objects.get()
        assert listed(client) == []
        assert client.post(f"{URL}{waiting.id}/discard/", {"reason": "x"}).status_code == 404
        assert client.post(f"{URL}discard/", {"ids": [waiting.id], "reason": "x"}).json() == {
            "done": 0,
            "left": 1,
        }
        assert Item.objects.get().state == ItemState.PENDING

    def test_within_budget(self, client, demo, django_assert_max_num_queries):
        for _ in range(20):
            died(demo)
        with django_assert_max_num_queries(6):
            assert len(listed(client)) == 20


class TestRedriving:
    def test_one(self, client, demo):
        letter = died(demo)
        assert client.post(f"{URL}{letter.id}/redrive/").json() == {"done": 1, "left": 0}
        letter.refresh_from_db()
        assert (letter.state, letter.attempts, letter.error) == (ItemState.PENDING, 0, "")
        assert Lane.objects.get(key=letter.lane_key).wake_at is not None

    def test_some_and_all_that_match(self, client, demo):
        letters = [died(demo, error=f"TimeoutError: {number}") for number in range(4)]
        ids = [letters[0].id, letters[1].id, 999_999]
        assert client.post(f"{URL}redrive/", {"ids": ids}).json() == {"done": 2, "left": 1}
        other = died(demo, error="KeyError")
        assert client.post(f"{URL}redrive/?error=timeout", {}).json() == {"done": 2, "left": 0}
        assert [row["id"] for row in listed(client)] == [other.id]

    def test_unknown_kinds_stay(self, client, demo):
        died(demo, kind="of.the_past")
        assert client.post(f"{URL}redrive/", {}).json() == {"done": 0, "left": 1}
        assert len(listed(client)) == 1


class TestDiscarding:
    def test_with_a_reason_that_stands_in_the_audit(self, client, demo):
        letter = died(demo)
        assert client.post(f"{URL}{letter.id}/discard/", {"reason": " "}).status_code == 400
        answer = client.post(f"{URL}{letter.id}/discard/", {"reason": "طلب قديم"})
        assert answer.json() == {"done": 1, "left": 0}
        assert not Item.objects.exists()
        with tenant_scope(demo):
            entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_type, entry.object_id) == (
            "discard",
            "queue.item",
            str(letter.id),
        )
        assert entry.detail == {"reason": "طلب قديم", "done": 1, "letters": [f"{DISPATCH} {letter.ref}"]}

    def test_some(self, client, demo):
        keep, *rest = [died(demo) for _ in range(3)]
        answer = client.post(f"{URL}discard/", {"ids": [letter.id for letter in rest], "reason": "مكرر"})
        assert answer.json() == {"done": 2, "left": 0}
        assert [row["id"] for row in listed(client)] == [keep.id]


class TestTenants:
    def test_another_tenants_letters_are_not_here(self, client, demo, other):
        theirs = died(other)
        assert listed(client) == []
        assert client.get(f"{URL}kinds/").json() == []
        for path, body in (
            (f"{theirs.id}/", None),
            (f"{theirs.id}/redrive/", {}),
            (f"{theirs.id}/discard/", {"reason": "x"}),
        ):
            answer = client.get(URL + path) if body is None else client.post(URL + path, body)
            assert answer.status_code == 404
        for path, body in (("redrive/", {}), ("discard/", {"reason": "x"})):
            assert client.post(URL + path, {**body, "ids": [theirs.id]}).json()["done"] == 0
            assert client.post(URL + path, body).json()["done"] == 0
        theirs.refresh_from_db()
        assert theirs.state == ItemState.DEAD

    def test_scopes(self, api, demo_key, demo):
        letter = died(demo)
        reader = api("demo.localhost", key=demo_key("workflow:read"))
        assert len(listed(reader)) == 1
        assert reader.post(f"{URL}{letter.id}/redrive/").status_code == 403
        assert api("demo.localhost", key=demo_key("inbox:write")).get(URL).status_code == 403
        letter.refresh_from_db()
        assert letter.state == ItemState.DEAD
