"""Contacts over REST."""

from __future__ import annotations

import uuid

import pytest

from crm.models import Contact, Note, Tag
from crm.services.contacts import create_contact
from crm.services.notes import NewNote, add_notes
from crm.services.tagging import Tagging, add_tags
from tenants.scope import tenant_scope

URL = "/api/v1/crm/contacts/"


def names(response) -> set[str]:
    assert response.status_code == 200, response.json()
    return {row["name"] for row in response.json()["results"]}


class TestCreate:
    def test_makes_a_contact_with_everything(self, writer, events_of):
        response = writer.post(
            URL,
            {
                "name": "ياسمين",
                "phone": "٠٥٥٥ ١٢ ٣٤ ٥٦",
                "email": "Yasmine@Example.DZ",
                "timezone": "Africa/Algiers",
                "external_id": "shop-7",
                "tags": ["مهتمة", "VIP"],
            },
        )
        assert response.status_code == 201, response.json()
        made = response.json()
        assert made["phone"] == "+213555123456"
        assert made["email"] == "yasmine@example.dz"
        assert made["tags"] == ["مهتمة", "VIP"]
        assert made["identities"] == []
        published = events_of()
        assert [e.type for e in published] == ["USER_CREATED", "TAG_ADDED", "TAG_ADDED"]
        assert published[0].actor.startswith("key:")

    @pytest.mark.parametrize(
        ("phone", "stored"),
        [
            ("0555 12 34 56", "+213555123456"),
            ("00213 555-12-34-56", "+213555123456"),
            ("+98 912 345 6789", "+989123456789"),
            ("۰۵۵۵۱۲۳۴۵۶", "+213555123456"),
        ],
    )
    def test_takes_phones_in_any_spelling(self, writer, phone, stored):
        assert writer.post(URL, {"phone": phone}).json()["phone"] == stored

    @pytest.mark.parametrize(
        ("values", "field", "says"),
        [
            ({"phone": "123"}, "phone", "'123'"),
            ({"phone": "اتصل بي"}, "phone", "is not a phone number"),
            ({"email": "amina at example"}, "email", "is not an e-mail address"),
            ({"name": "س", "timezone": "Algiers"}, "timezone", "Africa/Algiers"),
            ({"name": "س" * 201}, "name", "200"),
            ({"name": "س", "custom": {"size": "L"}}, "custom.size", "not declared"),
            ({"name": None}, "name", "null"),
            ({"name": "س", "tags": [" "]}, "tags.0", "blank"),
            ({}, "non_field_errors", "at least one"),
        ],
    )
    def test_an_error_names_its_field_and_nothing_is_made(self, writer, demo, values, field, says):
        response = writer.post(URL, values)
        assert response.status_code == 400
        error = response.json()["error"]
        assert error["code"] == "invalid"
        assert list(error["fields"]) == [field]
        assert says in error["fields"][field][0]
        with tenant_scope(demo):
            assert not Contact.objects.exists()

    def test_a_taken_own_id_is_refused(self, writer, reza, demo):
        response = writer.post(URL, {"external_id": "customer123", "name": "کسی دیگر", "tags": ["جدید"]})
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == ["external_id"]
        with tenant_scope(demo):
            assert Contact.objects.count() == 1
            assert not Tag.objects.exists()

    def test_the_same_key_makes_one_contact(self, writer, demo):
        body = {"name": "سارا"}
        first = writer.post(URL, body, headers={"Idempotency-Key": "k1"})
        second = writer.post(URL, body, headers={"Idempotency-Key": "k1"})
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replayed"] == "true"
        other = writer.post(URL, {"name": "مريم"}, headers={"Idempotency-Key": "k1"})
        assert other.status_code == 422
        with tenant_scope(demo):
            assert Contact.objects.count() == 1


class TestList:
    @pytest.mark.parametrize(
        "term",
        ["امينه", "أَمِينَة", "بن على", "0555123456", "555 12", "+213 555 12 34 56", "AMINA@", "۰۵۵۵۱۲۳۴۵۶"],
    )
    def test_search_finds_every_spelling(self, reader, amina, reza, term):
        assert names(reader.get(URL, {"search": term})) == {amina.name}

    def test_search_without_a_match_is_empty(self, reader, amina):
        assert names(reader.get(URL, {"search": "أمينة رضا"})) == set()
        assert names(reader.get(URL, {"search": "50%"})) == set()

    def test_filters(self, reader, demo, amina, reza):
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, "Été"), Tagging(reza.id, "دیگر")])
        assert names(reader.get(URL, {"tag": "ÉTÉ"})) == {amina.name}
        assert names(reader.get(URL, {"tag": "nobody's"})) == set()
        assert names(reader.get(URL, {"phone": "0555-123-456"})) == {amina.name}
        assert names(reader.get(URL + "?phone=+213555123456")) == {amina.name}
        assert names(reader.get(URL, {"email": "AMINA@example.COM"})) == {amina.name}
        assert names(reader.get(URL, {"external_id": "customer123"})) == {reza.name}
        assert names(reader.get(URL, {"language": "fa"})) == {reza.name}
        bad = reader.get(URL, {"phone": "abc"})
        assert bad.status_code == 400
        assert list(bad.json()["error"]["fields"]) == ["phone"]

    def test_order(self, reader, amina, reza):
        listed = [row["id"] for row in reader.get(URL, {"ordering": "created_at"}).json()["results"]]
        assert set(listed) == {str(amina.id), str(reza.id)}

    def test_the_number_of_queries_does_not_grow(self, reader, demo, django_assert_max_num_queries):
        with tenant_scope(demo):
            for number in range(30):
                contact = create_contact({"name": f"زبون {number}"})
                add_tags([Tagging(contact.id, "جديد"), Tagging(contact.id, f"tag {number}")])
        with django_assert_max_num_queries(5):
            assert len(names(reader.get(URL))) == 30


class TestOne:
    def test_shows_tags_and_identities(self, reader, demo, amina):
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, "مهتمة")])
            amina.identities.create(
                channel_id=uuid.uuid4(), provider="whatsapp", provider_user_id="213555123456"
            )
        shown = reader.get(f"{URL}{amina.id}/").json()
        assert shown["tags"] == ["مهتمة"]
        assert [i["provider_user_id"] for i in shown["identities"]] == ["213555123456"]

    def test_patch_changes_what_is_given(self, writer, amina, events_of):
        response = writer.patch(f"{URL}{amina.id}/", {"name": "أمينة", "phone": "0661 23 45 67", "email": ""})
        assert response.status_code == 200, response.json()
        shown = response.json()
        assert (shown["name"], shown["phone"], shown["email"]) == ("أمينة", "+213661234567", "")
        changes = events_of(amina, "USER_UPDATED")[0].data["changes"]
        assert set(changes) == {"name", "phone", "email"}
        assert changes["phone"] == {"from": "+213555123456", "to": "+213661234567"}
        assert writer.get(URL, {"search": "0661234567"}).json()["count"] == 1

    def test_a_refused_patch_changes_nothing(self, writer, demo, amina, events_of):
        response = writer.patch(f"{URL}{amina.id}/", {"name": "اسم", "phone": "٠٠"})
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == ["phone"]
        with tenant_scope(demo):
            amina.refresh_from_db()
        assert amina.name == "أمينة بن علي"
        assert not events_of(amina, "USER_UPDATED")

    def test_a_taken_own_id_cannot_be_taken_again(self, writer, amina, reza):
        response = writer.patch(f"{URL}{amina.id}/", {"external_id": "customer123"})
        assert response.status_code == 400
        assert "another contact" in response.json()["error"]["fields"]["external_id"][0]

    def test_delete_takes_what_hangs_on_it(self, writer, demo, amina, reza):
        with tenant_scope(demo):
            add_notes([NewNote(amina.id, "زبونة قديمة")])
        assert writer.delete(f"{URL}{amina.id}/").status_code == 204
        with tenant_scope(demo):
            assert list(Contact.objects.all()) == [reza]
            assert not Note.objects.exists()
        assert writer.delete(f"{URL}{amina.id}/").status_code == 404


class TestTagsNotesTimeline:
    def test_tags_are_put_on_and_taken_off(self, writer, amina, events_of):
        url = f"{URL}{amina.id}/tags/"
        assert writer.post(url, {"tag": "Intéressée"}).json() == {"changed": True, "tags": ["Intéressée"]}
        assert writer.post(url, {"tag": "INTÉRESSÉE"}).json() == {"changed": False, "tags": ["Intéressée"]}
        assert writer.delete(url + "?tag=intéressée").json() == {"changed": True, "tags": []}
        assert writer.delete(url + "?tag=intéressée").json() == {"changed": False, "tags": []}
        assert [e.type for e in events_of(amina)][1:] == ["TAG_ADDED", "TAG_REMOVED"]

    def test_a_tag_is_needed(self, writer, amina):
        for response in (writer.post(f"{URL}{amina.id}/tags/", {}), writer.delete(f"{URL}{amina.id}/tags/")):
            assert response.status_code == 400
            assert list(response.json()["error"]["fields"]) == ["tag"]

    def test_notes(self, writer, reader, amina, events_of, django_assert_max_num_queries):
        url = f"{URL}{amina.id}/notes/"
        for text in ("طلبت كود التخفيض", "اتصلت بها"):
            made = writer.post(url, {"text": text})
            assert made.status_code == 201
            assert made.json()["author"].startswith("key:")
        with django_assert_max_num_queries(6):
            listed = reader.get(url).json()["results"]
        assert [note["text"] for note in listed] == ["اتصلت بها", "طلبت كود التخفيض"]
        assert len(events_of(amina, "NOTE_ADDED")) == 2
        assert writer.post(url, {"text": "  "}).status_code == 400

    def test_timeline_goes_back_piece_by_piece(self, reader, demo, amina, django_assert_max_num_queries):
        with tenant_scope(demo):
            for number in range(7):
                add_notes([NewNote(amina.id, f"ملاحظة {number}")])
        url, seen = f"{URL}{amina.id}/timeline/?limit=3", []
        while url:
            with django_assert_max_num_queries(5):
                piece = reader.get(url).json()
            seen += [event["data"].get("text", event["type"]) for event in piece["results"]]
            url = piece["next"]
        assert seen == [f"ملاحظة {n}" for n in range(6, -1, -1)] + ["USER_CREATED"]
        assert reader.get(f"{URL}{amina.id}/timeline/?before=x").status_code == 400


class TestAccess:
    @pytest.mark.parametrize(
        ("method", "path", "scope"),
        [
            ("get", "contacts/", "inbox:read"),
            ("post", "contacts/", "crm:read"),
            ("patch", "contacts/{id}/", "crm:read"),
            ("delete", "contacts/{id}/", "crm:read"),
            ("post", "contacts/{id}/tags/", "crm:read"),
            ("delete", "contacts/{id}/tags/", "crm:read"),
            ("post", "contacts/{id}/notes/", "crm:read"),
            ("get", "contacts/{id}/timeline/", "inbox:write"),
            ("post", "tags/", "crm:read"),
            ("get", "fields/", "channels:admin"),
            ("post", "fields/", "crm:read"),
        ],
    )
    def test_without_the_scope_it_is_refused(self, api, demo_key, demo, amina, method, path, scope):
        client = api("demo.localhost", key=demo_key(scope))
        body = {"name": "x", "tag": "x", "text": "x", "slug": "x", "label": "x"}
        response = getattr(client, method)(f"/api/v1/crm/{path.format(id=amina.id)}", body)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "insufficient_scope"
        with tenant_scope(demo):
            assert Contact.objects.get().name == amina.name
            assert not Tag.objects.exists()
            assert not Note.objects.exists()

    def test_strangers_are_refused(self, api, other_key, amina):
        assert api("demo.localhost").get(URL).status_code == 401
        assert api("demo.localhost", key=other_key()).get(URL).status_code == 403

    def test_another_tenants_contact_is_not_there(self, api, other_key, demo, amina):
        client = api("other.localhost", key=other_key())
        assert client.get(URL).json()["count"] == 0
        for response in (
            client.get(f"{URL}{amina.id}/"),
            client.patch(f"{URL}{amina.id}/", {"name": "x"}),
            client.delete(f"{URL}{amina.id}/"),
            client.post(f"{URL}{amina.id}/tags/", {"tag": "x"}),
            client.get(f"{URL}{amina.id}/timeline/"),
        ):
            assert response.status_code == 404
        with tenant_scope(demo):
            assert Contact.objects.get().name == amina.name

    def test_a_member_works_by_session(self, api, bob, amina):
        assert names(api("demo.localhost", user=bob).get(URL)) == {amina.name}
