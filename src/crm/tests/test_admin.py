"""The CRM in a tenant's admin: by role, through the services, this tenant's rows alone."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from crm.models import Contact, CustomField, Note, Segment, Tag
from crm.services.tagging import Tagging, add_tags
from tenants.scope import tenant_scope

#: What the inlines of a contact post.
INLINES = {
    f"{prefix}-{name}": "0"
    for prefix in ("contact_tags", "contact_segments", "identities", "notes")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


@pytest.fixture
def admin(web, alice) -> Client:
    """Alice in demo's admin."""
    return web("demo.localhost", user=alice)


def contact_form(**values: str) -> dict[str, str]:
    empty = dict.fromkeys(("name", "phone", "email", "language", "timezone", "external_id"), "")
    return {**empty, "custom": "{}", **INLINES, **values}


@pytest.mark.parametrize(
    "path",
    [
        "contact/",
        "contact/add/",
        "tag/",
        "tag/add/",
        "customfield/",
        "customfield/add/",
        "note/",
        "note/add/",
        "segment/",
        "segment/add/",
    ],
)
def test_pages_open(admin, amina, path):
    assert admin.get(f"/admin/crm/{path}").status_code == 200


class TestContacts:
    def test_list_and_search(self, admin, demo, amina, reza, django_assert_max_num_queries):
        with tenant_scope(demo):
            add_tags([Tagging(amina.id, "مهتمة")])
        with django_assert_max_num_queries(14):
            page = admin.get("/admin/crm/contact/").content.decode()
        assert amina.name in page
        assert "مهتمة" in page
        found = admin.get("/admin/crm/contact/", {"q": "امينه"}).content.decode()
        assert amina.name in found
        assert reza.name not in found

    def test_made_through_the_services(self, admin, demo, alice, events_of):
        response = admin.post("/admin/crm/contact/add/", contact_form(name="ياسمين", phone="0555 12 34 56"))
        assert response.status_code == 302, response.context["adminform"].form.errors
        with tenant_scope(demo):
            made = Contact.objects.get()
        assert (made.phone, made.search) == ("+213555123456", "ياسمين +213555123456")
        assert events_of(made)[0].actor == f"member:{alice.id}"

    def test_changed_through_the_services(self, admin, demo, amina, events_of):
        with tenant_scope(demo):
            CustomField.objects.create(slug="size", label="المقاس")
        url = f"/admin/crm/contact/{amina.id}/change/"
        assert admin.get(url).status_code == 200
        body = contact_form(
            name="أمينة", phone=amina.phone, email=amina.email, custom=json.dumps({"size": "L"})
        )
        assert admin.post(url, body).status_code == 302
        assert set(events_of(amina, "USER_UPDATED")[0].data["changes"]) == {"name", "custom.size"}
        assert admin.post(url, {**body, "custom": "{}"}).status_code == 302
        with tenant_scope(demo):
            amina.refresh_from_db()
        assert (amina.name, amina.custom, amina.search.startswith("امينه")) == ("أمينة", {}, True)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"phone": "123"}, "phone"),
            ({"email": "x"}, "email"),
            ({"custom": '{"size": 1}'}, "custom"),
            ({"custom": "[1]"}, "custom"),
        ],
    )
    def test_what_the_services_refuse_is_said_beside_its_field(self, admin, demo, values, field):
        response = admin.post("/admin/crm/contact/add/", contact_form(name="ياسمين", **values))
        assert response.status_code == 200
        assert list(response.context["adminform"].form.errors) == [field]
        with tenant_scope(demo):
            assert not Contact.objects.exists()

    def test_deleted(self, admin, demo, amina, reza):
        assert admin.post(f"/admin/crm/contact/{amina.id}/delete/", {"post": "yes"}).status_code == 302
        with tenant_scope(demo):
            assert list(Contact.objects.all()) == [reza]


class TestRest:
    def test_tags(self, admin, demo):
        assert admin.post("/admin/crm/tag/add/", {"name": "Été", "color": "#64748b"}).status_code == 302
        again = admin.post("/admin/crm/tag/add/", {"name": "ÉTÉ", "color": "#64748b"}, follow=True)
        assert "already" in again.content.decode()
        with tenant_scope(demo):
            tag = Tag.objects.get()
        renamed = admin.post(f"/admin/crm/tag/{tag.id}/change/", {"name": "الصيف", "color": "#000000"})
        assert renamed.status_code == 302
        with tenant_scope(demo):
            tag.refresh_from_db()
        assert (tag.name, tag.key) == ("الصيف", "الصيف")
        assert admin.post(f"/admin/crm/tag/{tag.id}/delete/", {"post": "yes"}).status_code == 302

    def test_fields(self, admin, demo):
        body = {"slug": "size", "label": "المقاس", "type": "choice", "choices": '["S", "ل"]'}
        assert admin.post("/admin/crm/customfield/add/", body).status_code == 302
        with tenant_scope(demo):
            field = CustomField.objects.get()
        changed = admin.post(
            f"/admin/crm/customfield/{field.id}/change/", {"label": "مقاس", "choices": '["S"]'}
        )
        assert changed.status_code == 302
        with tenant_scope(demo):
            field.refresh_from_db()
        assert (field.label, field.choices, field.type) == ("مقاس", ["S"], "choice")

    def test_notes_are_written_and_stay(self, admin, demo, alice, amina):
        assert (
            admin.post("/admin/crm/note/add/", {"contact": str(amina.id), "text": "مهمة"}).status_code == 302
        )
        with tenant_scope(demo):
            note = Note.objects.get()
        assert note.author == f"member:{alice.id}"
        assert admin.post(f"/admin/crm/note/{note.id}/change/", {"text": "x"}).status_code == 403


class TestAccess:
    def test_anothers_contact_is_not_there(self, web, charlie, demo, amina):
        client = web("other.localhost", user=charlie)
        assert amina.name not in client.get("/admin/crm/contact/").content.decode()
        assert client.post(f"/admin/crm/contact/{amina.id}/delete/", {"post": "yes"}).status_code in (
            302,
            404,
        )
        with tenant_scope(demo):
            assert Contact.objects.count() == 1

    def test_strangers_are_sent_away(self, web, amina):
        assert web("demo.localhost").get("/admin/crm/contact/").status_code == 302


class TestSegments:
    FORM = {"name": "مشتریان", "key": "", "description": "", "kind": "dynamic"}
    PERSIAN = json.dumps({"field": "user.language", "op": "equals", "value": "fa"})

    def test_made_changed_computed_and_deleted(self, admin, demo, reza, work):
        made = admin.post("/admin/crm/segment/add/", {**self.FORM, "predicate": self.PERSIAN})
        assert made.status_code == 302
        work()
        with tenant_scope(demo):
            segment = Segment.objects.get()
            assert (segment.name, segment.key, segment.state) == ("مشتریان", "segment", "ready")
            assert segment.contact_segments.get().contact_id == reza.id
        url = f"/admin/crm/segment/{segment.pk}/change/"
        assert segment.name in admin.get(url).content.decode()
        assert reza.name in admin.get(f"/admin/crm/contact/{reza.pk}/change/").content.decode()
        admin.post(url, {"name": "VIP", "description": "وصف", "predicate": self.PERSIAN})
        with tenant_scope(demo):
            assert (Segment.objects.get().name, Segment.objects.get().run) == ("VIP", 1)
        admin.post("/admin/crm/segment/", {"action": "compute", "_selected_action": [str(segment.pk)]})
        with tenant_scope(demo):
            assert Segment.objects.get().state == "computing"
        admin.post(f"/admin/crm/segment/{segment.pk}/delete/", {"post": "yes"})
        with tenant_scope(demo):
            assert not Segment.objects.exists()

    def test_what_a_predicate_may_not_ask_is_said_beside_it(self, admin, demo):
        asked = json.dumps({"field": "user.segments", "op": "contains", "value": "vip"})
        page = admin.post("/admin/crm/segment/add/", {**self.FORM, "predicate": asked})
        assert "cannot ask for segments" in page.content.decode()
        with tenant_scope(demo):
            assert not Segment.objects.exists()
