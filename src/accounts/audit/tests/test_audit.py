"""The audit: what is written down, what never is, who may read it, and when it goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.audit.cleaning import clean_batch
from accounts.audit.models import AppendOnlyError, AuditEntry, Door
from accounts.audit.quiet import QUIET
from accounts.audit.services import NewEntry, record
from core.ids import uuid7_bound
from tenants.models import Tenant
from tenants.scope import tenant_scope

URL = "/api/v1/audit/"
CONTACTS = "/api/v1/crm/contacts/"


@pytest.fixture
def admin(api, alice):
    """Alice, who may do everything in demo, in her browser."""
    return api("demo.localhost", user=alice)


@pytest.fixture
def inside(demo):
    with tenant_scope(demo):
        yield


def entries(client, **query) -> list[dict]:
    answer = client.get(URL, {"door": "api", **query})
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


class TestWrites:
    def test_made_changed_and_deleted(self, admin, alice, api, demo_key):
        made = admin.post(CONTACTS, {"name": "أمينة", "language": "ar"}).json()
        admin.patch(f"{CONTACTS}{made['id']}/", {"name": "Amina"})
        admin.delete(f"{CONTACTS}{made['id']}/")
        deleted, changed, created = entries(admin, object_id=made["id"])
        assert [entry["action"] for entry in (created, changed, deleted)] == ["created", "changed", "deleted"]
        assert {entry["actor"] for entry in (created, changed, deleted)} == {f"member:{alice.id}"}
        assert {entry["actor_name"] for entry in (created, changed, deleted)} == {"alice@demo.example"}
        assert created["object_type"] == "crm.contact"
        assert created["object_label"] == "أمينة"
        names = {change["field"]: (change["before"], change["after"]) for change in changed["changes"]}
        assert names["name"] == ("أمينة", "Amina")
        assert changed["ip"] == "127.0.0.1"
        assert changed["request_id"]

    def test_an_operation_goes_by_its_name_and_a_key_by_its_own(self, api, demo_key, inside):
        client = api("demo.localhost", key=demo_key("admin:all"))
        made = client.post(
            "/api/v1/inbox/channels/", {"provider": "webchat", "name": "الموقع", "credentials": {}}
        ).json()
        client.post(f"/api/v1/inbox/channels/{made['id']}/deactivate/")
        off, on = entries(client, object_type="channels_app.channel")
        assert (off["action"], off["object_label"], off["actor_name"]) == ("deactivate", "الموقع", "test")
        assert off["changes"] == [{"field": "is_active", "before": True, "after": False}]
        assert on["action"] == "created"

    def test_what_was_refused_is_not_written(self, admin, api, bob, charlie):
        assert admin.post(CONTACTS, {"phone": "no phone"}).status_code == 400
        assert api("demo.localhost", user=bob).patch("/api/v1/tenant/", {"name": "x"}).status_code == 403
        assert api("demo.localhost").post(CONTACTS, {"name": "x"}).status_code in (401, 403)
        assert entries(admin) == []

    def test_a_repetition_is_written_once(self, admin):
        for _ in range(2):
            admin.post(CONTACTS, {"name": "سارة"}, headers={"Idempotency-Key": "one"})
        assert len(entries(admin)) == 1

    def test_events_are_not_written(self, admin):
        admin.post(
            "/api/v1/workflow/triggers/process_event/",
            {"event_type": "USER_CREATED", "data": {}},
        )
        assert entries(admin) == []

    def test_reading_is_not_written(self, admin):
        admin.get(CONTACTS)
        assert admin.post(f"{CONTACTS}query/", {}).status_code == 200
        assert entries(admin) == []

    def test_what_is_quiet_exists(self):
        names = {endpoint.name for endpoint in _patterns(get_resolver("config.urls_tenant"))}
        assert names >= QUIET


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry)
        else:
            yield entry


class TestSecrets:
    def test_no_secret_of_a_channel(self, admin, inside):
        credentials = {
            "phone_number_id": "106540352242922",
            "waba_id": "1",
            "access_token": "EAAGsecrettoken",
        }
        body = {"provider": "whatsapp", "name": "واتساب", "credentials": credentials}
        made = admin.post("/api/v1/inbox/channels/", body).json()
        admin.patch(
            f"/api/v1/inbox/channels/{made['id']}/",
            {"credentials": {"access_token": "EAAGanothertoken"}, "settings": {"timeout_s": 20}},
        )
        assert self.written() == 2
        self.none_of("EAAGsecrettoken", "EAAGanothertoken")

    def test_no_key_and_no_password(self, admin, inside):
        key = admin.post("/api/v1/api-keys/", {"name": "آلة", "scopes": ["crm:read"]}).json()
        assert key["secret"].startswith("wasl_")
        assert self.written() == 1
        self.none_of(key["secret"], key["secret"].split("_")[-1])
        member = {"email": "new@demo.example", "role": "agent", "password": "a-long-Passw0rd-2"}
        admin.post("/api/v1/members/", member)
        self.none_of("a-long-Passw0rd-2")

    def test_a_detail_is_masked_by_its_name(self, inside):
        record(NewEntry(door=Door.API, action="x", detail={"access_token": "EAAG", "reason": "قديم"}))
        assert AuditEntry.objects.get().detail == {"access_token": "•••", "reason": "قديم"}

    def test_json_says_that_it_changed_and_not_what(self, admin, inside):
        made = admin.post("/api/v1/inbox/channels/", {"provider": "webchat", "name": "x", "credentials": {}})
        admin.patch(
            f"/api/v1/inbox/channels/{made.json()['id']}/", {"settings": {"greeting": "Bearer hidden-words"}}
        )
        assert AuditEntry.objects.first().changes == {"settings": ["…", "…"]}
        self.none_of("hidden-words")

    @staticmethod
    def written() -> int:
        return AuditEntry.objects.filter(door=Door.API).count()

    @staticmethod
    def none_of(*secrets: str) -> None:
        rows = json.dumps(list(AuditEntry.objects.values()), default=str, ensure_ascii=False)
        assert rows != "[]"
        assert not [secret for secret in secrets if secret in rows]


class TestSignIns:
    def test_in_and_refused(self, alice, admin, demo, inside):
        request = RequestFactory().post("/", REMOTE_ADDR="41.100.0.7")
        user_logged_in.send(sender=type(alice), request=request, user=alice)
        user_login_failed.send(sender="test", credentials={"username": "ALICE@demo.example"}, request=request)
        refused, came = entries(admin, door="sign_in")[:2]
        assert (came["action"], came["actor"], came["ip"]) == (
            "signed_in",
            f"member:{alice.id}",
            "41.100.0.7",
        )
        # Who is refused has not shown to be Alice.
        assert (refused["action"], refused["actor"], refused["object_id"]) == (
            "sign_in_failed",
            "",
            str(alice.id),
        )

    def test_what_a_stranger_types_is_not_kept(self, demo, inside):
        for typed in ("my-password-by-mistake", "nobody@example.dz", ""):
            user_login_failed.send(
                sender="test", credentials={"username": typed}, request=RequestFactory().post("/")
            )
        assert not AuditEntry.objects.exists()


class TestAdmin:
    def test_what_is_done_in_the_admin(self, web, alice, admin, inside):
        browser = web("demo.localhost", user=alice)
        page = browser.post("/admin/crm/tag/add/", {"name": "مهم", "color": "#ff0000"})
        assert page.status_code == 302, page.content.decode()[:2000]
        (entry,) = entries(admin, door="admin")
        assert (entry["action"], entry["object_type"], entry["object_label"]) == ("created", "crm.tag", "مهم")
        assert entry["actor"] == f"member:{alice.id}"


class TestReading:
    def test_only_for_those_who_may_do_everything(self, api, bob, demo_key):
        assert api("demo.localhost", user=bob).get(URL).status_code == 403
        assert api("demo.localhost", key=demo_key("crm:write")).get(URL).status_code == 403

    def test_each_tenant_has_its_own(self, admin, api, charlie):
        admin.post(CONTACTS, {"name": "أمينة"})
        theirs = api("other.localhost", user=charlie)
        (mine,) = entries(admin)
        assert entries(theirs) == []
        assert theirs.get(f"{URL}{mine['id']}/").status_code == 404

    def test_filters(self, admin, alice, api, demo_key):
        admin.post(CONTACTS, {"name": "أمينة"})
        api("demo.localhost", key=demo_key()).post("/api/v1/crm/tags/", {"name": "VIP"})
        assert [e["object_label"] for e in entries(admin, actor=f"member:{alice.id}")] == ["أمينة"]
        assert [e["object_label"] for e in entries(admin, object_type="crm.tag")] == ["VIP"]
        assert [e["object_label"] for e in entries(admin, search="أمينة")] == ["أمينة"]
        later = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
        assert entries(admin, after=later) == []
        assert len(entries(admin, before=later)) == 2
        assert admin.get(URL, {"after": "yesterday"}).status_code == 400

    def test_choices(self, admin, alice):
        admin.post(CONTACTS, {"name": "أمينة"})
        assert admin.get(f"{URL}choices/").json() == {
            "actors": [{"actor": f"member:{alice.id}", "name": "alice@demo.example"}],
            "actions": ["created", "signed_in"],
            "object_types": ["accounts.user", "crm.contact"],
        }

    def test_within_budget(self, admin, django_assert_max_num_queries):
        for number in range(20):
            admin.post("/api/v1/crm/tags/", {"name": f"وسم {number}"})
        with django_assert_max_num_queries(6):
            assert len(entries(admin)) == 20

    def test_it_cannot_be_written_through_the_api(self, admin):
        admin.post(CONTACTS, {"name": "أمينة"})
        (entry,) = entries(admin)
        for method in (admin.patch, admin.put, admin.delete):
            assert method(f"{URL}{entry['id']}/", {}).status_code in (403, 405)
        assert admin.post(URL, {}).status_code in (403, 405)


class TestKeeping:
    def test_it_only_grows(self, inside):
        entry = record(NewEntry(door=Door.API, action="created"))
        entry.action = "deleted"
        for attempt in (
            entry.save,
            entry.delete,
            AuditEntry.objects.all().delete,
            lambda: AuditEntry.objects.update(action="x"),
        ):
            with pytest.raises(AppendOnlyError):
                attempt()
        assert AuditEntry.objects.get().action == "created"

    def test_old_entries_go_as_the_tenant_says(self, demo, inside):
        Tenant.objects.filter(id=demo.id).update(audit_retention_days=30)
        now = datetime.now(UTC)
        for days in (29, 31, 400):
            AuditEntry.objects.create(
                id=uuid7_bound(now - timedelta(days=days)), door=Door.API, action=f"{days} days ago"
            )
        assert clean_batch(batch=1) == 1
        assert clean_batch(batch=10) == 1
        assert [entry.action for entry in AuditEntry.objects.all()] == ["29 days ago"]
