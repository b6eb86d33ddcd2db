"""Imports: rows become contacts once, whatever happens in the middle; what is wrong is reported with its line."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError

from crm.jobs import imports as kind
from crm.models import Contact, ContactImport, ContactSegment, ImportProblem, Tag
from crm.services.contacts import create_contact
from crm.services.fields import declare_field
from crm.services.files import KEEPERS
from crm.services.importing.mapping import InvalidMappingError
from crm.services.imports import FileGoneError, ImportRunningError, delete_import, report, run_import
from crm.tests.transfer_support import FILE, ran, sent
from events.models import Event
from events.queue.drain import Drain
from events.queue.models import Item
from tenants.scope import tenant_scope
from workflow.models import Job, JobState

pytestmark = pytest.mark.usefixtures("inside", "media")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


def counts(job: Job) -> dict[str, int]:
    return {**job.result, "done": job.done, "failed": job.failed}


class TestBringingIn:
    def test_good_rows_become_contacts_and_bad_ones_are_reported(self, work):
        wanted = sent()
        assert wanted.mapping == ["name", "phone", "email", "tags", "external_id"]
        job = ran(wanted, work)
        assert job.state == JobState.DONE
        assert counts(job) == {
            "created": 3, "updated": 0, "unchanged": 0, "skipped": 0, "problems": 2, "done": 3, "failed": 1,
        }  # fmt: skip
        amina = Contact.objects.get(external_id="c-1")
        assert (amina.name, amina.phone, amina.email) == (
            "أمينة بن علي",
            "+213555123456",
            "amina@example.com",
        )
        assert set(Tag.objects.values_list("name", flat=True)) == {"VIP", "وفية", "Été"}
        assert list(ImportProblem.objects.values_list("line", "column", "value", "code")) == [
            (5, "الهاتف", "12", "invalid_phone"),
            (5, "البريد", "not an address", "invalid_email"),
        ]

    def test_the_same_file_again_changes_nothing(self, work):
        ran(sent(), work)
        before = Event.objects.count()
        job = ran(sent(), work)
        assert (job.result["created"], job.result["updated"], job.result["unchanged"]) == (0, 0, 3)
        assert Contact.objects.count() == 3
        assert Event.objects.count() == before

    def test_a_dry_run_says_what_would_be_and_keeps_nothing(self, work):
        job = ran(sent(), work, dry_run=True)
        assert (job.result["created"], job.failed, job.result["problems"]) == (3, 1, 2)
        assert not Contact.objects.exists()
        assert not Event.objects.exists()
        assert not Tag.objects.exists()

    def test_known_contacts_are_updated_or_skipped(self, work):
        known = create_contact({"name": "Amina", "phone": "+213555123456", "language": "ar"})
        assert ran(sent(), work, existing="skip").result["skipped"] == 1
        known.refresh_from_db()
        assert known.name == "Amina"
        job = ran(sent(), work, match_by=["phone"], tags=["Import 2026"])
        known.refresh_from_db()
        assert (known.name, known.language, known.external_id) == ("أمينة بن علي", "ar", "c-1")
        assert job.result["updated"] == 3  # the two made before gain the tag

    def test_a_row_that_comes_twice_is_one_contact(self, work):
        job = ran(sent("phone;name\n0555123456;سارا\n0555 12 34 56;سارا احمدی\n"), work)
        assert (job.result["created"], job.result["updated"]) == (1, 1)
        assert Contact.objects.get().name == "سارا احمدی"

    @pytest.mark.parametrize(
        ("text", "options", "code"),
        [
            ("name;phone\nلا رقم;\n", {}, "no_key"),
            ("phone\n0555123456\n", {}, "ambiguous"),
            ("phone;id\n0661223344;c-9\n", {"match_by": ["phone"]}, "other_own_id"),
            ("phone;id\n0770112233;c-1\n", {"match_by": ["phone"]}, "own_id_taken"),
        ],
    )
    def test_who_cannot_be_told_is_left_out(self, work, text, options, code):
        for values in (
            {"name": "١", "phone": "+213555123456"},
            {"name": "٢", "phone": "+213555123456"},
            {"name": "٣", "phone": "+213661223344", "external_id": "c-1"},
        ):
            create_contact(values)
        job = ran(sent(text), work, **options)
        assert (job.failed, job.result["created"], job.result["updated"]) == (1, 0, 0)
        assert ImportProblem.objects.get().code == code

    def test_custom_fields_and_opt_outs(self, work, events_of):
        declare_field(slug="born", label="Né le", type="date")
        wanted = sent("Téléphone,Né le,Désabonné\n0555123456,20/03/1990,oui\n0661223344,,non\n")
        assert wanted.mapping == ["phone", "custom.born", "opted_out"]
        ran(wanted, work)
        first, second = Contact.objects.order_by("id")
        assert first.custom == {"born": "1990-03-20"}
        assert (first.opted_out_at is not None, second.opted_out_at) == (True, None)
        assert [event.type for event in events_of(first)] == ["USER_CREATED", "USER_OPTED_OUT"]


class TestEvents:
    def test_are_published_as_for_any_change(self, work, segment, events_of):
        loyal = segment({"field": "user.tags", "op": "contains", "value": "وفية"})
        ran(sent(), work)
        assert ContactSegment.objects.filter(segment=loyal).count() == 1
        assert len(events_of(None, "USER_CREATED")) == 3
        assert len(events_of(None, "SEGMENT_ENTERED")) == 1

    def test_silent_ones_are_recorded_and_nobody_reacts_but_segments(self, work, segment, events_of):
        loyal = segment({"field": "user.tags", "op": "contains", "value": "وفية"})
        wanted = sent()
        run_import(wanted.id, mapping=wanted.mapping, options={"silent": True}, dry_run=False, by="member:1")
        Drain().run_until_empty()
        assert len(events_of(None, "USER_CREATED")) == 3
        assert ContactSegment.objects.filter(segment=loyal).count() == 1
        assert len(events_of(None, "SEGMENT_ENTERED")) == 1
        assert not Item.objects.filter(kind="events.dispatch").exists()


class TestCrashes:
    def test_a_crash_in_the_middle_doubles_nothing(self, work, monkeypatch):
        monkeypatch.setattr(kind.Import, "size", 2)
        real, seen = kind.bring_in, []

        def dies_once(rows, options, cause):
            outcome = real(rows, options, cause)
            seen.append(len(rows))
            if len(seen) == 2:
                raise OperationalError("the connection was cut")
            return outcome

        monkeypatch.setattr(kind, "bring_in", dies_once)
        job = ran(sent(), work)
        assert len(seen) == 3
        assert (job.state, job.done, job.failed) == (JobState.DONE, 3, 1)
        assert Contact.objects.count() == 3
        assert Event.objects.filter(type="USER_CREATED").count() == 3
        assert ImportProblem.objects.count() == 2

    def test_batches_cover_every_row(self, work, monkeypatch):
        monkeypatch.setattr(kind.Import, "size", 3)
        rows = "".join(f"0555{n:06d};زبون {n}\n" for n in range(100_000, 100_010))
        job = ran(sent("phone;name\n" + rows), work)
        assert (job.total, job.done, Contact.objects.count()) == (10, 10, 10)


class TestRunning:
    def test_one_run_at_a_time(self):
        wanted = sent()
        run_import(wanted.id, mapping=wanted.mapping, options={}, dry_run=True, by="member:1")
        with pytest.raises(ImportRunningError):
            run_import(wanted.id, mapping=wanted.mapping, options={}, dry_run=False, by="member:1")

    def test_a_mapping_without_a_key_is_refused(self):
        wanted = sent()
        with pytest.raises(InvalidMappingError):
            run_import(wanted.id, mapping=["name", "", "", "", ""], options={}, dry_run=True, by="member:1")
        assert not Job.objects.exists()

    def test_deleting_stops_it_and_removes_the_file(self, work, django_capture_on_commit_callbacks):
        wanted = sent()
        run_import(wanted.id, mapping=wanted.mapping, options={}, dry_run=False, by="member:1")
        assert default_storage.exists(wanted.file)
        with django_capture_on_commit_callbacks(execute=True):
            delete_import(ContactImport.objects.get())
        work()
        assert Job.objects.get().state == JobState.CANCELLED
        assert not default_storage.exists(wanted.file)
        assert not Contact.objects.exists()

    def test_after_a_day_the_file_goes_and_after_a_month_the_rest(
        self, work, django_capture_on_commit_callbacks
    ):
        wanted = sent()
        ran(wanted, lambda: Drain().run_until_empty())
        with django_capture_on_commit_callbacks(execute=True):
            again = KEEPERS.get("import")(wanted.id)
        assert again == wanted.created_at + timedelta(days=30)
        assert not default_storage.exists(wanted.file)
        with pytest.raises(FileGoneError):
            run_import(wanted.id, mapping=wanted.mapping, options={}, dry_run=False, by="member:1")
        assert ImportProblem.objects.count() == 2
        assert KEEPERS.get("import")(wanted.id) is None
        assert not ContactImport.objects.exists()
        assert not ImportProblem.objects.exists()

    def test_the_report_is_harmless_csv(self, work):
        job = ran(sent("phone;name\n=1+1;x\n"), work)
        lines = list(csv.reader(io.StringIO("".join(report(job.id)).removeprefix("\ufeff"))))
        assert lines[0] == ["line", "column", "value", "code", "problem"]
        assert lines[1][:4] == ["2", "phone", "'=1+1", "invalid_phone"]


URL = "/api/v1/crm/imports/"


class TestApi:
    def upload(self, client, content: bytes = FILE.encode()):
        file = io.BytesIO(content)
        file.name = "زبائن.csv"
        return client.post(URL, {"file": file}, format="multipart")

    def test_the_whole_way(self, writer, reader, demo, work):
        made = self.upload(writer)
        assert made.status_code == 201, made.json()
        body = made.json()
        assert (body["rows"], body["columns"][0], body["available"]) == (4, "الاسم", True)
        assert body["sample"][0][0] == "أمينة بن علي"
        path = f"{URL}{body['id']}/"
        run = writer.post(
            f"{path}run/", {"mapping": body["mapping"], "options": {"tags": ["سوق"]}, "dry_run": True}
        )
        assert run.status_code == 202, run.json()
        assert run.json()["check_job"]["total"] == 4
        work()
        shown = reader.get(path).json()
        assert shown["check_job"]["result"]["created"] == 3
        assert shown["options"]["tags"] == ["سوق"]
        problems = reader.get(f"{path}problems/").json()
        assert (problems["count"], problems["results"][0]["line"]) == (2, 5)
        report = reader.get(f"{path}report/")
        assert report["Content-Type"].startswith("text/csv")
        assert "invalid_phone" in b"".join(report.streaming_content).decode()
        job = reader.get(f"/api/v1/crm/contact-jobs/{shown['check_job']['id']}/").json()
        assert (job["kind"], job["state"], job["failed"]) == ("contacts_import", "done", 1)
        assert writer.delete(path).status_code == 204

    def test_refusals(self, writer, reader):
        assert self.upload(reader).status_code == 403
        wrong = self.upload(writer, b"")
        assert wrong.status_code == 400
        assert list(wrong.json()["error"]["fields"]) == ["file"]
        made = self.upload(writer).json()
        response = writer.post(f"{URL}{made['id']}/run/", {"mapping": ["name"]})
        assert list(response.json()["error"]["fields"]) == ["mapping"]
        bad = {"mapping": made["mapping"], "options": {"region": "ZZ"}}
        assert writer.post(f"{URL}{made['id']}/run/", bad).status_code == 400
        assert not Job.objects.exists()

    def test_another_tenants_file_is_not_there(self, api, other, other_key, writer):
        made = self.upload(writer).json()
        client = api("other.localhost", key=other_key())
        for path in ("", "problems/", "report/"):
            assert client.get(f"{URL}{made['id']}/{path}").status_code == 404
        with tenant_scope(other):
            assert not ContactImport.objects.exists()

    def test_lists_with_few_queries(self, writer, reader, django_assert_max_num_queries):
        for _ in range(5):
            self.upload(writer)
        with django_assert_max_num_queries(8):
            assert reader.get(URL).json()["count"] == 5
