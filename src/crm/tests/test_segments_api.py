"""Segments over REST."""

from __future__ import annotations

import uuid

import pytest

from crm.models import Segment
from crm.services import segment_preview
from crm.services.contacts import create_contact
from crm.services.fields import declare_field
from crm.services.segments import create_segment
from tenants.scope import tenant_scope

URL = "/api/v1/crm/segments/"
CONTACTS = "/api/v1/crm/contacts/"
PERSIAN = {"field": "user.language", "op": "equals", "value": "fa"}


@pytest.fixture
def by_hand(demo) -> Segment:
    with tenant_scope(demo):
        return create_segment(name="دعوة الافتتاح", key="opening", kind="static")


def names(response) -> list[str]:
    assert response.status_code == 200, response.json()
    return [row["name"] for row in response.json()["results"]]


class TestSegments:
    def test_made_filled_and_asked_for(self, writer, reader, demo, amina, reza, work):
        made = writer.post(URL, {"name": "فارسی‌زبانان", "key": "persian", "predicate": PERSIAN})
        assert made.status_code == 201, made.json()
        assert (made.json()["state"], made.json()["size"], made.json()["progress"]) == ("computing", 0, 0.0)
        work()
        url = f"{URL}{made.json()['id']}/"
        shown = reader.get(url).json()
        assert (shown["state"], shown["size"], shown["progress"]) == ("ready", 1, 1.0)
        assert (shown["key"], shown["kind"], shown["predicate"]) == ("persian", "dynamic", PERSIAN)
        inside = reader.get(f"{url}contacts/").json()
        assert inside["count"] == 1
        assert inside["results"][0]["contact"]["name"] == reza.name
        assert names(reader.get(CONTACTS, {"segment": "persian"})) == [reza.name]
        assert names(reader.get(CONTACTS, {"segment": shown["id"]})) == [reza.name]
        assert names(reader.get(CONTACTS, {"segment": "nobody"})) == []
        assert reader.get(f"{CONTACTS}{reza.id}/").json()["segments"] == ["persian"]

    def test_changed_and_deleted(self, writer, demo, amina, reza, work):
        made = writer.post(URL, {"name": "x", "predicate": PERSIAN}).json()
        work()
        url = f"{URL}{made['id']}/"
        changed = writer.patch(
            url, {"name": "y", "predicate": {"not": PERSIAN}, "key": "z", "kind": "static"}
        )
        assert (changed.json()["name"], changed.json()["key"], changed.json()["kind"]) == (
            "y",
            "x",
            "dynamic",
        )
        assert changed.json()["state"] == "computing"
        work()
        assert writer.get(f"{url}contacts/").json()["results"][0]["contact"]["id"] == str(amina.id)
        assert writer.delete(url).status_code == 204
        assert writer.get(url).status_code == 404
        assert names(writer.get(URL)) == []

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"predicate": PERSIAN}, "name"),
            ({"name": "x"}, "predicate"),
            ({"name": "x", "predicate": []}, "predicate"),
            (
                {"name": "x", "predicate": {"all": [{"field": "user.nme", "op": "is_null"}]}},
                "predicate.all.0.field",
            ),
            ({"name": "x", "predicate": PERSIAN, "key": "Ü"}, "key"),
            ({"name": "x", "predicate": PERSIAN, "kind": "z"}, "kind"),
        ],
    )
    def test_an_error_names_its_field_and_nothing_is_made(self, writer, demo, values, field):
        refused = writer.post(URL, values)
        assert refused.status_code == 400, refused.json()
        assert list(refused.json()["error"]["fields"]) == [field]
        with tenant_scope(demo):
            assert not Segment.objects.exists()

    def test_the_same_key_makes_one(self, writer, demo):
        body = {"name": "x", "predicate": PERSIAN}
        first, second = (writer.post(URL, body, headers={"Idempotency-Key": "k"}) for _ in range(2))
        assert first.json() == second.json()
        with tenant_scope(demo):
            assert Segment.objects.count() == 1

    def test_a_refresh(self, writer, demo, by_hand, work):
        made = writer.post(URL, {"name": "x", "predicate": PERSIAN}).json()
        work()
        answer = writer.post(f"{URL}{made['id']}/refresh/")
        assert (answer.status_code, answer.json()["state"]) == (202, "computing")
        refused = writer.post(f"{URL}{by_hand.id}/refresh/")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "kept_by_hand")

    def test_list_within_budget(self, reader, demo, django_assert_max_num_queries):
        with tenant_scope(demo):
            for number in range(10):
                create_segment(name=f"قائمة {number}", kind="static")
        with django_assert_max_num_queries(4):
            assert reader.get(URL, {"kind": "static", "search": "قائمة"}).json()["count"] == 10

    def test_a_reader_only_reads(self, reader, demo, by_hand, amina):
        for path in ("", f"{by_hand.id}/refresh/", f"{by_hand.id}/add/", f"{by_hand.id}/remove/"):
            assert reader.post(URL + path, {"contact_ids": [str(amina.id)]}).status_code == 403
        assert reader.delete(f"{URL}{by_hand.id}/").status_code == 403
        with tenant_scope(demo):
            assert not by_hand.contact_segments.exists()


class TestByHand:
    def test_in_and_out(self, writer, by_hand, amina, reza, events_of):
        url = f"{URL}{by_hand.id}/"
        both = {"contact_ids": [str(amina.id), str(reza.id)]}
        assert writer.post(f"{url}add/", both).json() == {"changed": 2}
        assert writer.post(f"{url}add/", both).json() == {"changed": 0}
        assert writer.post(f"{url}remove/", {"contact_ids": [str(reza.id)]}).json() == {"changed": 1}
        assert writer.get(url).json()["size"] == 1
        assert events_of(reza, "SEGMENT_LEFT")[0].actor.startswith("key:")

    def test_bad_bodies(self, writer, by_hand, amina):
        url = f"{URL}{by_hand.id}/add/"
        nobody = str(uuid.uuid4())
        for ids in ([], ["x"], [nobody, str(amina.id)]):
            refused = writer.post(url, {"contact_ids": ids})
            assert refused.status_code == 400
            assert next(iter(refused.json()["error"]["fields"])).startswith("contact_ids")
        assert writer.get(f"{URL}{by_hand.id}/").json()["size"] == 0

    def test_a_segment_of_a_predicate_is_not_filled_by_hand(self, writer, amina):
        made = writer.post(URL, {"name": "x", "predicate": PERSIAN}).json()
        refused = writer.post(f"{URL}{made['id']}/add/", {"contact_ids": [str(amina.id)]})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "filled_by_predicate")

    def test_who_is_inside_within_budget(self, reader, writer, demo, by_hand, django_assert_max_num_queries):
        with tenant_scope(demo):
            ids = [str(create_contact({"name": f"زبون {n}"}).id) for n in range(20)]
        writer.post(f"{URL}{by_hand.id}/add/", {"contact_ids": ids})
        with django_assert_max_num_queries(7):
            assert reader.get(f"{URL}{by_hand.id}/contacts/").json()["count"] == 20


class TestPreview:
    def test_counts_and_shows_some(self, reader, demo, amina):
        with tenant_scope(demo):
            made = [create_contact({"name": f"مشتری {n}", "language": "fa"}) for n in range(12)]
        shown = reader.post(f"{URL}preview/", {"predicate": PERSIAN}).json()
        assert (shown["matched"], shown["scanned"], shown["complete"]) == (12, 13, True)
        assert [row["id"] for row in shown["sample"]] == [str(c.id) for c in reversed(made)][:10]
        with tenant_scope(demo):
            assert not Segment.objects.exists()

    def test_is_bounded(self, reader, demo, amina, reza, monkeypatch):
        monkeypatch.setattr(segment_preview, "MAX_SCANNED", 1)
        looked_at = {"field": "user.name", "op": "matches_regex", "value": "."}
        shown = reader.post(f"{URL}preview/", {"predicate": looked_at}).json()
        assert (shown["matched"], shown["scanned"], shown["complete"]) == (1, 1, False)
        shown = reader.post(f"{URL}preview/", {"predicate": {"all": []}}).json()
        assert (shown["matched"], shown["scanned"], shown["complete"]) == (2, 2, True)

    def test_tells_of_whom_it_cannot_decide(self, reader, writer, demo, amina):
        with tenant_scope(demo):
            declare_field(slug="age", label="السن")
        writer.patch(f"{CONTACTS}{amina.id}/", {"custom": {"age": "كبيرة"}})
        predicate = {"field": "user.custom.age", "op": "greater", "value": 30}
        shown = reader.post(f"{URL}preview/", {"predicate": predicate}).json()
        assert (shown["matched"], shown["errors"]) == (0, 1)
        assert "not a number" in shown["last_error"]

    def test_says_what_is_wrong(self, reader):
        refused = reader.post(f"{URL}preview/", {"predicate": {"field": "event.type", "op": "is_null"}})
        assert refused.status_code == 400
        assert list(refused.json()["error"]["fields"]) == ["predicate.field"]
