"""The inbox's list: pages by cursor, filters, search in what was said, counts, saved views."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_app.listing import MOST_COUNTED
from channels_app.models import Conversation, ConversationLabel, Label, SavedView
from channels_app.tests.support import TELEGRAM, receive, text_body

URL = "/api/v1/inbox/conversations/"
VIEWS = "/api/v1/inbox/views/"


def listed(client, **query) -> list[str]:
    response = client.get(URL, query)
    assert response.status_code == 200, response.json()
    return [row["recipient"] for row in response.json()["results"]]


def number(n: int) -> str:
    return f"2135550102{n:02}"


@pytest.fixture
def crowd(whatsapp) -> list[Conversation]:
    """Ten customers; the last wrote last."""
    receive(
        whatsapp, *[text_body(f"رسالة رقم {n}", number=n, of=number(n), name=f"زبون {n}") for n in range(10)]
    )
    start = timezone.now() - timedelta(hours=1)
    rows = list(Conversation.objects.order_by("recipient"))
    for n, row in enumerate(rows):
        # Two at the same moment, so that the id has to decide.
        row.last_message_at = start + timedelta(minutes=n - n % 2)
        row.save(update_fields=["last_message_at"])
    return rows


class TestPages:
    def walk(self, client, meanwhile=lambda: None, **query) -> list[str]:
        found, cursor = [], ""
        while cursor is not None:
            answer = client.get(URL, {"limit": 3, **query, **({"cursor": cursor} if cursor else {})}).json()
            found += [row["recipient"] for row in answer["results"]]
            cursor = answer["next"]
            meanwhile()
        return found

    def test_show_each_once_the_latest_first(self, agent, crowd):
        found = self.walk(agent)
        order = sorted(crowd, key=lambda row: (row.last_message_at, row.id), reverse=True)
        assert found == [row.recipient for row in order]

    def test_are_stable_while_messages_come_in(self, agent, crowd, whatsapp):
        fresh = iter(range(20, 99))

        def another_writes() -> None:
            n = next(fresh)
            receive(whatsapp, text_body("جديد", number=n, of=number(n)))

        found = self.walk(agent, another_writes)
        assert sorted(found) == sorted(row.recipient for row in crowd)

    @pytest.mark.parametrize(
        "query", [{"cursor": "x"}, {"cursor": "MjAyNnwx"}, {"limit": "0"}, {"limit": "x"}]
    )
    def test_refuse_what_is_none_of_theirs(self, agent, query):
        assert agent.get(URL, query).status_code == 400

    def test_cost_the_same_however_long(self, bobs, crowd, bob, django_assert_max_num_queries):
        Conversation.objects.update(assignee_id=bob.id)
        label = Label.objects.create(name="عاجل")
        ConversationLabel.objects.bulk_create(
            [ConversationLabel(conversation=row, label=label) for row in crowd]
        )
        bobs.get(URL)
        with django_assert_max_num_queries(8):
            rows = bobs.get(URL).json()["results"]
        assert {row["assignee"]["name"] for row in rows} == {"Bob"}
        assert rows[0]["labels"] == [{"id": str(label.id), "name": "عاجل", "color": "#64748b"}]
        assert rows[0]["unread_count"] == 1


class TestFilters:
    def test_by_label(self, agent, crowd):
        first, second = Label.objects.create(name="طلبية"), Label.objects.create(name="شكوى")
        ConversationLabel.objects.create(conversation=crowd[1], label=first)
        ConversationLabel.objects.create(conversation=crowd[2], label=first)
        ConversationLabel.objects.create(conversation=crowd[2], label=second)
        assert sorted(listed(agent, label=[first.id, second.id])) == [number(1), number(2)]
        assert listed(agent, label=second.id) == [number(2)]

    def test_unread_is_the_readers_own(self, bobs, alices, crowd):
        read = crowd[3]
        bobs.post(f"{URL}{read.id}/read/", {"seq": 1})
        assert listed(bobs, unread="false") == [number(3)]
        assert number(3) not in listed(bobs, unread="true")
        assert len(listed(alices, unread="true")) == 10

    def test_snoozed(self, agent, crowd):
        Conversation.objects.filter(id=crowd[4].id).update(status="snoozed")
        assert listed(agent, snoozed="true") == [number(4)]
        assert len(listed(agent, snoozed="false")) == 9

    @pytest.mark.parametrize(
        ("term", "found"),
        [
            ("الطّلبية", {5}),
            ("الطلبيه وصلت", {5}),
            ("وصل", {5}),
            ("٥٠٠٠", {5}),
            ("زبون 7", {7}),
            ("0555 01 02 06", {6}),
            ("رسالة غائب", set()),
            ("' & !", set()),
        ],
    )
    def test_search_reads_contacts_and_messages_in_any_spelling(self, agent, crowd, whatsapp, term, found):
        receive(
            whatsapp,
            text_body("هل وصلت الطلبية؟ 5000 دج", number="order", of=number(5), name="زبون 5"),
        )
        assert set(listed(agent, search=term)) == {number(n) for n in found}

    def test_several_together(self, agent, crowd, telegram):
        receive(telegram, TELEGRAM["text"])
        assert len(listed(agent, provider=["whatsapp", "telegram"], assignee="none")) == 11
        assert listed(agent, provider="whatsapp", search="رسالة", status="closed") == []

    @pytest.mark.parametrize(
        "query", [{"label": "x"}, {"unread": "x"}, {"search": "س" * 201}, {"contact": "x"}, {"control": "x"}]
    )
    def test_refuse_nonsense(self, agent, query):
        response = agent.get(URL, query)
        assert response.status_code == 400
        assert next(iter(response.json()["error"]["fields"])).split(".")[0] in query


class TestCounts:
    def test_of_lists_and_views_in_one_statement(self, bobs, bob, crowd, django_assert_max_num_queries):
        Conversation.objects.filter(id__in=[row.id for row in crowd[:3]]).update(assignee_id=bob.id)
        Conversation.objects.filter(id=crowd[9].id).update(status="snoozed")
        view = SavedView.objects.create(name="مغلقة", filters={"status": ["closed"]}, owner_id=bob.id)
        SavedView.objects.create(name="لغيره", filters={}, owner_id=uuid.uuid4())
        bobs.get(f"{URL}counts/")
        with django_assert_max_num_queries(5):
            found = bobs.get(f"{URL}counts/").json()
        assert {key: found[key]["count"] for key in ("mine", "unassigned", "all", "unread", "snoozed")} == {
            "mine": 3,
            "unassigned": 6,
            "all": 9,
            "unread": 9,
            "snoozed": 1,
        }
        assert found["views"] == [{"view_id": str(view.id), "count": 0, "more": False}]

    def test_go_no_further_than_a_badge(self, agent, crowd, monkeypatch):
        assert MOST_COUNTED == 1_000
        monkeypatch.setattr("channels_app.listing.MOST_COUNTED", 4)
        monkeypatch.setattr("channels_app.api.conversations.MOST_COUNTED", 4)
        assert agent.get(f"{URL}counts/").json()["all"] == {"count": 4, "more": True}


@pytest.mark.usefixtures("inside")
class TestViews:
    def test_are_ones_own_or_everybodys(self, alices, bobs):
        own = bobs.post(VIEWS, {"name": "لي", "filters": {"assignee": "me"}}).json()
        shared = alices.post(VIEWS, {"name": "للجميع", "filters": {"unread": True}, "shared": True}).json()
        assert (own["shared"], shared["shared"]) == (False, True)
        assert [row["id"] for row in alices.get(VIEWS).json()] == [shared["id"]]
        assert {row["id"] for row in bobs.get(VIEWS).json()} == {own["id"], shared["id"]}
        for response in (
            alices.get(f"{VIEWS}{own['id']}/"),
            alices.patch(f"{VIEWS}{own['id']}/", {"name": "x"}),
            alices.delete(f"{VIEWS}{own['id']}/"),
        ):
            assert response.status_code == 404
        assert SavedView.objects.get(id=own["id"]).name == "لي"

    def test_hold_only_filters_that_there_are(self, bobs):
        for filters in ({"statos": ["open"]}, {"status": ["x"]}, {"label": ["x"]}, []):
            response = bobs.post(VIEWS, {"name": "x", "filters": filters})
            assert response.status_code == 400, filters
            assert next(iter(response.json()["error"]["fields"])).startswith("filters")
        assert not SavedView.objects.exists()

    def test_change_and_go(self, bobs):
        made = bobs.post(VIEWS, {"name": "لي", "filters": {}, "position": 2}).json()
        url = f"{VIEWS}{made['id']}/"
        changed = bobs.patch(url, {"filters": {"status": ["open"]}, "shared": True}).json()
        assert (changed["filters"], changed["shared"], changed["position"]) == (
            {"status": ["open"]},
            True,
            2,
        )
        assert bobs.delete(url).status_code == 204
        assert not SavedView.objects.exists()
