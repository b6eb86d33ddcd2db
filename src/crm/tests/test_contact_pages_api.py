"""The table of contacts, its views, the form, the timeline and duplicates, over REST."""

from __future__ import annotations

import pytest

from crm.models import ContactView
from crm.services.contacts import create_contact
from crm.services.fields import declare_field
from crm.services.notes import NewNote, add_notes
from crm.services.tagging import Tagging, add_tags
from tenants.scope import tenant_scope

URL = "/api/v1/crm/contacts/"
PERSIAN = {"field": "user.language", "op": "equals", "value": "fa"}


@pytest.fixture
def size(demo):
    with tenant_scope(demo):
        return declare_field(slug="size", label="المقاس", type="choice", choices=["S", "L"])


class TestQuery:
    def test_a_page_with_everything_that_a_row_shows(self, reader, demo, amina, reza):
        with tenant_scope(demo):
            add_tags([Tagging(reza.id, "وفية")])
        response = reader.post(f"{URL}query/", {"predicate": PERSIAN})
        assert response.status_code == 200, response.json()
        page = response.json()
        assert {key: page[key] for key in ("count", "capped", "undecided", "page", "page_size")} == {
            "count": 1, "capped": False, "undecided": 0, "page": 1, "page_size": 50,
        }  # fmt: skip
        (row,) = page["results"]
        assert (row["name"], row["tags"], row["segments"], row["identities"]) == (reza.name, ["وفية"], [], [])

    def test_orders(self, reader, amina, reza):
        rows = reader.post(f"{URL}query/", {"ordering": ["-name"]}).json()["results"]
        assert [row["name"] for row in rows] == [reza.name, amina.name]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"predicate": {"field": "user.shoe", "op": "is_null"}}, "predicate.field"),
            ({"predicate": {"any": [{"field": "user.name", "op": "less", "value": []}]}}, "predicate.any.0.value"),
            ({"ordering": ["tags"]}, "ordering"),
            ({"page_size": 500}, "page_size"),
        ],
    )  # fmt: skip
    def test_refusals_name_the_place(self, reader, amina, body, field):
        response = reader.post(f"{URL}query/", body)
        assert response.status_code == 400, response.json()
        assert list(response.json()["error"]["fields"]) == [field]

    def test_takes_the_scope_to_read(self, api, demo_key, amina):
        assert api("demo.localhost", key=demo_key("inbox:read")).post(f"{URL}query/", {}).status_code == 403

    def test_others_contacts_are_not_found(self, api, other_key, amina):
        page = api("other.localhost", key=other_key()).post(f"{URL}query/", {}).json()
        assert page["count"] == 0

    def test_costs_as_much_for_many_as_for_few(self, reader, demo, django_assert_max_num_queries):
        with tenant_scope(demo):
            made = [create_contact({"name": f"زبون {n}"}) for n in range(20)]
            add_tags([Tagging(contact.id, "وفية") for contact in made])
        with django_assert_max_num_queries(16):
            body = {
                "predicate": {"field": "user.tags", "op": "contains", "value": "وفية"},
                "ordering": ["name"],
            }
            assert reader.post(f"{URL}query/", body).json()["count"] == 20


class TestForm:
    def test_columns(self, reader, size):
        columns = {column["key"]: column for column in reader.get(f"{URL}columns/").json()}
        assert columns["name"]["field"] == "user.name"
        assert columns["tags"]["sortable"] is False
        own = columns["custom.size"]
        assert (own["label"], own["type"], own["choices"], own["custom"]) == (
            "المقاس",
            "choice",
            ["S", "L"],
            True,
        )
        assert "equals" in own["operators"]

    def test_schema(self, reader, size):
        schema = reader.get(f"{URL}schema/").json()
        assert schema["properties"]["phone"]["format"] == "phone"
        assert schema["properties"]["custom"]["properties"]["size"] == {
            "title": "المقاس", "type": "string", "enum": ["S", "L"],
        }  # fmt: skip

    def test_two_who_edit_do_not_overwrite_one_another(self, writer, amina):
        path = f"{URL}{amina.id}/"
        revision = writer.get(path).json()["revision"]
        first = writer.patch(path, {"name": "أمينة ب."}, headers={"If-Match": f'"{revision}"'})
        assert (first.status_code, first.json()["revision"]) == (200, revision + 1)
        second = writer.patch(path, {"name": "Amina"}, headers={"If-Match": str(revision)})
        assert (second.status_code, second.json()["error"]["code"]) == (409, "contact_changed")
        assert writer.get(path).json()["name"] == "أمينة ب."
        assert writer.patch(path, {"name": "Amina"}).status_code == 200

    def test_what_changes_nothing_keeps_the_revision(self, writer, amina):
        path = f"{URL}{amina.id}/"
        before = writer.get(path).json()["revision"]
        assert writer.patch(path, {"name": amina.name}).json()["revision"] == before


class TestTimeline:
    def test_entries_have_a_kind_and_a_title(self, reader, demo, amina):
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, "وفية")])
            add_notes([NewNote(amina.id, "ملاحظة")])
        rows = reader.get(f"{URL}{amina.id}/timeline/").json()["results"]
        assert [row["kind"] for row in rows] == ["note", "tag", "contact"]
        assert rows[1]["title"] == {
            "key": "timeline.TAG_ADDED", "label": "Tag added", "params": {"tag": "وفية"},
        }  # fmt: skip

    def test_one_kind_alone_page_by_page(self, reader, demo, amina):
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, f"وسم {n}") for n in range(3)])
        first = reader.get(f"{URL}{amina.id}/timeline/", {"kind": ["tag", "note"], "limit": 2}).json()
        assert [row["title"]["params"]["tag"] for row in first["results"]] == ["وسم 2", "وسم 1"]
        rest = reader.get(first["next"].replace("http://demo.localhost", "")).json()
        assert [row["type"] for row in rest["results"]] == ["TAG_ADDED"]
        assert rest["next"] is None

    def test_consent_is_not_the_contacts_data(self, reader, writer, amina):
        writer.post(f"{URL}{amina.id}/opt_out/", {"reason": "طلبت ذلك"})
        rows = reader.get(f"{URL}{amina.id}/timeline/", {"kind": "consent"}).json()["results"]
        assert [row["type"] for row in rows] == ["USER_OPTED_OUT"]
        rows = reader.get(f"{URL}{amina.id}/timeline/", {"kind": "contact"}).json()["results"]
        assert [row["type"] for row in rows] == ["USER_CREATED"]
        assert reader.get(f"{URL}{amina.id}/timeline/", {"kind": "gossip"}).status_code == 400


class TestDuplicates:
    @pytest.fixture
    def crowd(self, demo, amina):
        with tenant_scope(demo):
            create_contact({"name": "امينه بن على", "email": "other@example.com"})
            create_contact({"name": "Yacine", "phone": "0555123456"})
            create_contact({"name": "سارا"})
            create_contact({"name": "سارا"})

    def test_groups(self, reader, crowd, amina):
        groups = reader.get(f"{URL}duplicates/").json()
        assert [(group["reason"], [row["name"] for row in group["contacts"]]) for group in groups] == [
            ("phone", [amina.name, "Yacine"]),
            ("name", [amina.name, "امينه بن على"]),
        ]

    def test_of_one(self, reader, crowd, amina):
        groups = reader.get(f"{URL}{amina.id}/duplicates/").json()
        assert [group["reason"] for group in groups] == ["phone", "name"]
        assert all(group["contacts"][0]["id"] == str(amina.id) for group in groups)

    def test_costs_little(self, reader, crowd, django_assert_max_num_queries):
        with django_assert_max_num_queries(14):
            reader.get(f"{URL}duplicates/")


class TestViews:
    URL = "/api/v1/crm/contact-views/"
    BODY = {"name": "الأوفياء", "columns": ["name", "phone"], "ordering": ["-name"], "predicate": PERSIAN}

    def test_members_see_their_own_and_the_shared(self, api, alice, bob):
        hers = api("demo.localhost", user=alice)
        his = api("demo.localhost", user=bob)
        mine = hers.post(self.URL, self.BODY)
        assert mine.status_code == 201, mine.json()
        assert mine.json()["mine"] is True
        hers.post(self.URL, {**self.BODY, "name": "Partagée", "shared": True})
        seen = his.get(self.URL).json()["results"]
        assert [(row["name"], row["mine"]) for row in seen] == [("Partagée", False)]
        assert his.get(f"{self.URL}{mine.json()['id']}/").status_code == 404

    def test_sharing_takes_more_than_reading(self, api, demo_key, reader, writer, demo):
        refused = reader.post(self.URL, self.BODY)
        assert refused.status_code == 403
        made = writer.post(self.URL, self.BODY).json()
        assert made["shared"] is True
        assert reader.delete(f"{self.URL}{made['id']}/").status_code == 403
        assert reader.patch(f"{self.URL}{made['id']}/", {"name": "x"}).status_code == 403
        with tenant_scope(demo):
            assert ContactView.objects.get().name == "الأوفياء"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"columns": ["shoe"]}, "columns"),
            ({"ordering": ["tags"]}, "ordering"),
            ({"predicate": {"field": "user.shoe", "op": "is_null"}}, "predicate.field"),
            ({"name": " "}, "name"),
        ],
    )
    def test_refusals(self, writer, demo, change, field):
        response = writer.post(self.URL, {**self.BODY, **change})
        assert list(response.json()["error"]["fields"]) == [field]
        with tenant_scope(demo):
            assert not ContactView.objects.exists()

    def test_changes(self, writer):
        made = writer.post(self.URL, self.BODY).json()
        changed = writer.patch(f"{self.URL}{made['id']}/", {"columns": ["email"], "predicate": {}})
        assert changed.status_code == 200, changed.json()
        assert (changed.json()["columns"], changed.json()["predicate"]) == (["email"], {})
