"""Many contacts changed at once, and written to files: by ids, or all that a filter chooses."""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from crm.jobs import exports as export_kind
from crm.jobs.bulk import start_bulk
from crm.models import Contact, ContactExport, ContactSegment, ContactTag
from crm.services.contacts import create_contact, delete_contacts
from crm.services.exports import InvalidColumnsError, start_export
from crm.services.fields import declare_field
from crm.services.files import KEEPERS, path_of
from crm.services.segments import FilledByPredicateError, create_segment
from crm.services.selecting import Selection
from crm.services.tagging import Tagging, add_tags
from crm.services.writing import harmless
from crm.tests.transfer_support import ran, sent
from events.queue.drain import Drain
from tenants.scope import tenant_scope
from workflow.models import Job, JobState

pytestmark = pytest.mark.usefixtures("inside", "media")
PERSIAN = {"field": "user.language", "op": "equals", "value": "fa"}
REGEX = {"field": "user.name", "op": "matches_regex", "value": "^س"}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def crowd(inside) -> list[Contact]:
    return [
        create_contact({"name": f"{'سارا' if n % 2 else 'رضا'} {n}", "language": "fa" if n < 6 else "ar"})
        for n in range(10)
    ]


def bulk(action: str, selection: Selection, work: Any, **config: Any) -> Job:
    job = start_bulk(action, config, selection, by="member:1")
    work()
    job.refresh_from_db()
    return job


class TestBulk:
    def test_tags_all_that_match(self, crowd, work, events_of):
        job = bulk("add_tag", Selection.all_of(PERSIAN), work, tag="فارسی")
        assert (job.state, job.total, job.done, job.result) == (JobState.DONE, 6, 6, {"changed": 6})
        assert {event.actor for event in events_of(None, "TAG_ADDED")} == {"member:1"}
        again = bulk("add_tag", Selection.all_of(PERSIAN), work, tag="فارسی")
        assert (again.done, again.result) == (6, {"changed": 0})

    def test_what_changes_who_matches_reaches_everybody_still(self, crowd, work, monkeypatch):
        monkeypatch.setattr("crm.jobs.bulk.Bulk.size", 2)
        add_tags([Tagging(contact.id, "قديم") for contact in crowd])
        selection = Selection.all_of({"field": "user.tags", "op": "contains", "value": "قديم"})
        assert bulk("remove_tag", selection, work, tag="قديم").result == {"changed": 10}
        assert not ContactTag.objects.exists()

    def test_a_predicate_that_sql_cannot_say(self, crowd, work, monkeypatch):
        monkeypatch.setattr("crm.jobs.bulk.Bulk.size", 3)
        job = bulk("opt_out", Selection.all_of(REGEX), work, reason="حملة")
        assert (job.total, job.done) == (None, 5)
        assert Contact.objects.exclude(opted_out_at=None).count() == 5

    def test_those_made_later_are_left_out(self, crowd, work):
        job = start_bulk("add_tag", {"tag": "قدامى"}, Selection.all_of({}), by="member:1")
        create_contact({"name": "جديدة"})
        work()
        job.refresh_from_db()
        assert job.done == 10

    def test_ids_and_lists_kept_by_hand(self, crowd, work):
        loyal = create_segment(name="الأوفياء", kind="static")
        chosen = Selection(ids=[crowd[0].id, crowd[1].id, uuid.uuid4()])
        assert bulk("add_to_segment", chosen, work, segment=str(loyal.id)).result == {"changed": 2}
        assert bulk("remove_from_segment", chosen, work, segment=str(loyal.id)).result == {"changed": 2}
        assert not ContactSegment.objects.exists()
        with pytest.raises(FilledByPredicateError):
            bulk("add_to_segment", chosen, work, segment=str(create_segment(name="پ", predicate=PERSIAN).id))

    def test_deletes(self, crowd, work):
        assert bulk("delete", Selection.all_of(PERSIAN), work).result == {"changed": 6}
        assert Contact.objects.count() == 4


class TestBulkApi:
    URL = "/api/v1/crm/contacts/bulk/"

    def test_by_filter_and_watched(self, crowd, writer, reader, work):
        body = {
            "action": "add_tag",
            "config": {"tag": "VIP"},
            "selection": {"all_matching": True, "predicate": PERSIAN},
        }
        made = writer.post(self.URL, body)
        assert made.status_code == 202, made.json()
        work()
        job = reader.get(f"/api/v1/crm/contact-jobs/{made.json()['id']}/").json()
        assert (job["kind"], job["state"], job["result"]) == ("contacts_bulk", "done", {"changed": 6})

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"selection": {}}, "selection"),
            ({"selection": {"ids": [str(uuid.uuid4())], "all_matching": True}}, "selection"),
            ({"action": "explode"}, "action"),
            ({"config": {}}, "tag"),
            ({"config": {"tag": "x", "colour": "red"}}, "colour"),
            ({"action": "add_to_segment", "config": {"segment": str(uuid.uuid4())}}, "config.segment"),
            ({"selection": {"all_matching": True, "predicate": {"field": "user.shoe", "op": "is_null"}}}, "predicate.field"),
        ],
    )  # fmt: skip
    def test_refusals_name_the_field(self, crowd, writer, change, field):
        body = {"action": "add_tag", "config": {"tag": "VIP"}, "selection": {"all_matching": True}, **change}
        response = writer.post(self.URL, body)
        assert response.status_code == 400, response.json()
        assert field in response.json()["error"]["fields"]
        assert not Job.objects.exists()

    def test_readers_change_nothing(self, crowd, reader):
        body = {"action": "delete", "selection": {"all_matching": True}}
        assert reader.post(self.URL, body).status_code == 403
        assert Contact.objects.count() == 10

    def test_a_job_can_be_cancelled(self, crowd, writer, work):
        body = {"action": "delete", "selection": {"all_matching": True}}
        job = writer.post(self.URL, body).json()
        assert writer.post(f"/api/v1/crm/contact-jobs/{job['id']}/cancel/").json()["state"] == "cancelled"
        work()
        assert Contact.objects.count() == 10


def exported(selection: Selection, keys: list[str], **more: Any) -> list[list[str]]:
    made = start_export(selection, keys=keys, by="member:1", **more)
    Drain().run_until_empty()
    return rows_of(made)


def rows_of(made: ContactExport) -> list[list[str]]:
    text = path_of(made.file).read_bytes().decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


class TestExport:
    def test_columns_of_all_kinds(self, inside):
        declare_field(slug="visits", label="الزيارات", type="number")
        declare_field(slug="vip", label="VIP", type="boolean")
        made = create_contact(
            {"name": "أمينة", "phone": "0555123456", "external_id": "=cmd()"},
            custom={"visits": -3, "vip": True},
        )
        add_tags([Tagging(made.id, "VIP"), Tagging(made.id, "@home")])
        heads, row = exported(
            Selection.all_of({}),
            ["name", "phone", "external_id", "tags", "custom.visits", "custom.vip", "opted_out", "email"],
        )
        assert heads == ["Name", "Phone", "Own id", "Tags", "الزيارات", "VIP", "Opted out", "E-mail"]
        assert row == ["أمينة", "'+213555123456", "'=cmd()", "VIP, @home", "-3", "yes", "no", ""]

    def test_a_filter_and_ids(self, crowd):
        assert len(exported(Selection.all_of(PERSIAN), ["name"])) == 7
        assert len(exported(Selection.all_of(REGEX), ["name"])) == 6
        assert len(exported(Selection(ids=[crowd[0].id]), ["id", "name"])) == 2

    def test_a_crash_between_file_and_commit_doubles_no_line(self, crowd, work, monkeypatch):
        monkeypatch.setattr(export_kind.Export, "size", 3)
        real, seen = export_kind.append_at, []

        def dies_once(name: str, offset: int, content: bytes) -> int:
            end = real(name, offset, content)
            seen.append(end)
            if len(seen) == 2:
                raise OperationalError("the connection was cut")
            return end

        monkeypatch.setattr(export_kind, "append_at", dies_once)
        made = start_export(Selection.all_of({}), keys=["name"], by="member:1")
        work()
        assert len(seen) > 4
        assert sorted(name for (name,) in rows_of(made)[1:]) == sorted(contact.name for contact in crowd)

    def test_what_was_exported_can_be_imported(self, crowd, work):
        create_contact({"name": "=SUM(A1)", "phone": "0555123456", "external_id": "-7"})
        keys = ["name", "phone", "external_id"]
        made = start_export(Selection.all_of({}), keys=keys, by="member:1")
        work()
        delete_contacts(list(Contact.objects.values_list("id", flat=True)))
        job = ran(sent(path_of(made.file).read_bytes()), work)
        assert (job.result["created"], job.failed) == (1, 10), "the others have nothing to be found by"
        back = Contact.objects.get()
        assert (back.name, back.phone, back.external_id) == ("=SUM(A1)", "+213555123456", "-7")

    def test_unknown_columns(self, inside):
        with pytest.raises(InvalidColumnsError, match="shoe"):
            start_export(Selection.all_of({}), keys=["name", "custom.shoe"], by="member:1")

    def test_after_a_day_it_is_gone(self, crowd, django_capture_on_commit_callbacks):
        made = start_export(Selection.all_of({}), keys=["name"], by="member:1")
        Drain().run_until_empty()
        with django_capture_on_commit_callbacks(execute=True):
            assert KEEPERS.get("export")(made.id) is None
        assert not default_storage.exists(made.file)
        assert not ContactExport.objects.exists()


class TestExportApi:
    URL = "/api/v1/crm/exports/"

    def test_the_whole_way(self, crowd, reader, work, api, other_key):
        made = reader.post(
            self.URL, {"selection": {"all_matching": True}, "columns": ["name"], "delimiter": ";"}
        )
        assert made.status_code == 202, made.json()
        path = f"{self.URL}{made.json()['id']}/"
        early = reader.get(f"{path}download/")
        assert (early.status_code, early.json()["error"]["code"]) == (409, "not_ready")
        work()
        assert reader.get(path).json()["job"]["state"] == "done"
        file = reader.get(f"{path}download/")
        assert file["Content-Disposition"].startswith('attachment; filename="contacts-')
        assert len(b"".join(file.streaming_content).splitlines()) == 11
        stranger = api("other.localhost", key=other_key())
        assert stranger.get(f"{path}download/").status_code == 404

    def test_refusals(self, reader, api, demo_key):
        body = {"selection": {"all_matching": True}, "columns": ["shoe"]}
        assert list(reader.post(self.URL, body).json()["error"]["fields"]) == ["columns"]
        nobody = api("demo.localhost", key=demo_key("workflow:read"))
        assert nobody.post(self.URL, {**body, "columns": ["name"]}).status_code == 403
        assert not ContactExport.objects.exists()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "＝1"])
def test_formulas_are_harmless(text):
    assert harmless(text) == f"'{text}"


def test_what_is_no_formula_stays(demo):
    assert [harmless(value) for value in ("أمينة", "", -5, None, "a=b")] == ["أمينة", "", -5, None, "a=b"]
    with tenant_scope(demo):
        assert not Contact.objects.exists()
