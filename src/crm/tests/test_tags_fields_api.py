"""Tags and custom fields over REST."""

from __future__ import annotations

import pytest

from crm.models import Contact, CustomField, Tag
from crm.services.contacts import Change, update_contacts
from crm.services.tagging import Tagging, add_tags
from tenants.scope import tenant_scope

TAGS = "/api/v1/crm/tags/"
FIELDS = "/api/v1/crm/fields/"


class TestTags:
    def test_made_renamed_removed(self, writer, demo, amina, events_of):
        made = writer.post(TAGS, {"name": "زبونة وفية", "color": "#16a34a"})
        assert made.status_code == 201, made.json()
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, "زبونة وفية")])
        url = f"{TAGS}{made.json()['id']}/"
        assert writer.patch(url, {"name": "وفية"}).json()["name"] == "وفية"
        assert writer.get(f"/api/v1/crm/contacts/{amina.id}/").json()["tags"] == ["وفية"]
        assert writer.delete(url).status_code == 204
        assert writer.get(f"/api/v1/crm/contacts/{amina.id}/").json()["tags"] == []

    @pytest.mark.parametrize("name", ["VIP", "vip", " ViP "])
    def test_one_tag_a_name_whatever_its_case(self, writer, demo, name):
        writer.post(TAGS, {"name": "Vip"})
        response = writer.post(TAGS, {"name": name})
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == ["name"]
        with tenant_scope(demo):
            assert Tag.objects.count() == 1

    def test_renaming_to_anothers_name_is_refused(self, writer):
        writer.post(TAGS, {"name": "Hiver"})
        summer = writer.post(TAGS, {"name": "Été"}).json()
        assert writer.patch(f"{TAGS}{summer['id']}/", {"name": "HIVER"}).status_code == 400
        assert writer.patch(f"{TAGS}{summer['id']}/", {"name": "ÉTÉ"}).json()["name"] == "ÉTÉ"

    def test_colours_are_checked(self, writer):
        response = writer.post(TAGS, {"name": "x", "color": "red; background: url(//evil)"})
        assert list(response.json()["error"]["fields"]) == ["color"]

    def test_list_within_budget(self, reader, demo, django_assert_max_num_queries):
        with tenant_scope(demo):
            Tag.objects.bulk_create([Tag(name=f"t{n}", key=f"t{n}") for n in range(30)])
        with django_assert_max_num_queries(4):
            assert reader.get(TAGS, {"search": "t1"}).json()["count"] == 11


class TestFields:
    def test_declared_filled_and_removed(self, writer, demo, amina):
        made = writer.post(
            FIELDS, {"slug": "size", "label": "المقاس", "type": "choice", "choices": ["S", "M", "ل"]}
        )
        assert made.status_code == 201, made.json()
        url = f"/api/v1/crm/contacts/{amina.id}/"
        assert writer.patch(url, {"custom": {"size": "ل"}}).json()["custom"] == {"size": "ل"}
        refused = writer.patch(url, {"custom": {"size": "XXL"}})
        assert refused.json()["error"]["fields"] == {"custom.size": ["is none of S, M, ل"]}
        assert writer.patch(url, {"custom": {"size": None}}).json()["custom"] == {}
        with tenant_scope(demo):
            update_contacts([Change(contact_id=amina.id, custom={"size": "M"})])
        assert writer.delete(f"{FIELDS}{made.json()['id']}/").status_code == 204
        with tenant_scope(demo):
            assert Contact.objects.get().custom == {}

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"slug": "Größe", "label": "x"}, "slug"),
            ({"slug": "1st", "label": "x"}, "slug"),
            ({"slug": "taken", "label": "x"}, "slug"),
            ({"slug": "a", "label": " "}, "label"),
            ({"slug": "a", "label": "x", "type": "file"}, "type"),
            ({"slug": "a", "label": "x", "type": "choice"}, "choices"),
            ({"slug": "a", "label": "x", "type": "choice", "choices": ["و", "و"]}, "choices"),
            ({"slug": "a", "label": "x", "type": "text", "choices": ["و"]}, "choices"),
        ],
    )
    def test_a_bad_declaration_names_its_field(self, writer, demo, values, field):
        writer.post(FIELDS, {"slug": "taken", "label": "مأخوذ"})
        response = writer.post(FIELDS, values)
        assert response.status_code == 400
        assert list(response.json()["error"]["fields"]) == [field]
        with tenant_scope(demo):
            assert CustomField.objects.count() == 1

    def test_slug_and_type_stay(self, writer):
        made = writer.post(FIELDS, {"slug": "age", "label": "Âge", "type": "number"}).json()
        changed = writer.patch(
            f"{FIELDS}{made['id']}/", {"slug": "x", "type": "text", "label": "السن"}
        ).json()
        assert (changed["slug"], changed["type"], changed["label"]) == ("age", "number", "السن")

    def test_list_within_budget(self, reader, writer, django_assert_max_num_queries):
        for number in range(5):
            writer.post(FIELDS, {"slug": f"f{number}", "label": "خانة"})
        with django_assert_max_num_queries(4):
            assert reader.get(FIELDS).json()["count"] == 5
