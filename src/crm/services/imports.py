"""Imports: a file taken in, tried and brought in by jobs, its report, and its end."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from core.errors import PermanentError
from core.ids import uuid7
from core.text import strip_nul
from crm.models import ContactImport, CustomField, ImportProblem
from crm.selectors import region
from crm.services.files import KEEPERS, delete_after_commit, forget_in
from crm.services.importing.mapping import checked, suggest
from crm.services.importing.options import ImportOptions
from crm.services.importing.reading import read_table
from crm.services.writing import csv_line
from workflow.models import Job, JobState
from workflow.services.jobs import cancel_job, create_job

KIND = "contacts_import"
_KEEPER = "import"
#: The rows are kept for a day, what was wrong with them for a month.
_FILE_KEPT = timedelta(days=1)
_REPORT_KEPT = timedelta(days=30)
_REPORT = ("line", "column", "value", "code", "problem")


class ImportRunningError(PermanentError):
    """This file is being brought in already; wait until that has ended, or cancel it."""


class FileGoneError(PermanentError):
    """The file was deleted a day after it was sent; send it again."""


@transaction.atomic
def take_in(content: bytes, *, filename: str, by: str) -> ContactImport:
    """Read a file and keep its rows for a day. Raises ``InvalidFileError``."""
    table = read_table(content)
    made = ContactImport(
        id=uuid7(),
        filename=strip_nul(filename)[-255:],
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=table.columns,
        sample=table.sample,
        rows=table.rows,
        mapping=suggest(table.columns, table.sample, list(CustomField.objects.all()), region()),
        options=ImportOptions().model_dump(mode="json"),
        created_by=by[:80],
    )
    made.file = default_storage.save(f"imports/{made.id}.jsonl", ContentFile(table.lines))
    made.save(force_insert=True)
    made.refresh_from_db()
    forget_in(_KEEPER, made.id, _FILE_KEPT)
    return made


@transaction.atomic
def run_import(
    import_id: uuid.UUID,
    *,
    mapping: Sequence[str],
    options: Mapping[str, Any],
    dry_run: bool,
    by: str,
) -> ContactImport:
    """Begin to try the file (``dry_run``: nothing is kept but the report) or to bring it in, as a job.

    Raises ``ImportRunningError``, ``FileGoneError``, ``InvalidMappingError`` and pydantic's ``ValidationError``.
    """
    wanted = ContactImport.objects.select_for_update().get(id=import_id)
    if not wanted.file:
        raise FileGoneError
    if Job.objects.filter(id__in=_jobs(wanted), state=JobState.RUNNING).exists():
        raise ImportRunningError
    chosen = ImportOptions.model_validate(dict(options))
    chosen.region = chosen.region or region()
    checked(mapping, wanted.columns, chosen.match_by)
    wanted.mapping, wanted.options = list(mapping), chosen.model_dump(mode="json")
    params = {
        "import": str(wanted.id),
        "mapping": wanted.mapping,
        "options": wanted.options,
        "dry_run": dry_run,
        "rows": wanted.rows,
    }
    job = create_job(KIND, params, by=by)
    if dry_run:
        wanted.check_job = job
    else:
        wanted.run_job = job
    wanted.save(update_fields=["mapping", "options", "check_job" if dry_run else "run_job"])
    return wanted


@transaction.atomic
def delete_import(wanted: ContactImport) -> None:
    """With its file and its reports; what it brought in stays. One under way stops."""
    for job in Job.objects.filter(id__in=_jobs(wanted), state=JobState.RUNNING):
        cancel_job(job.id)
    _delete(wanted)


def _delete(wanted: ContactImport) -> None:
    ImportProblem.objects.filter(job_id__in=_jobs(wanted)).delete()
    delete_after_commit(wanted.file)
    wanted.delete()


def _jobs(wanted: ContactImport) -> list[uuid.UUID]:
    return [job for job in (wanted.check_job_id, wanted.run_job_id) if job is not None]


def report(job_id: uuid.UUID) -> Iterator[str]:
    """What was wrong with the rows in a run, as lines of CSV for spreadsheets."""
    yield "\ufeff" + csv_line(_REPORT)
    rows = ImportProblem.objects.filter(job_id=job_id).order_by("line", "id")
    for row in rows.values_list("line", "column", "value", "code", "message").iterator(chunk_size=1_000):
        yield csv_line(row)


def _its_time(import_id: uuid.UUID) -> datetime | None:
    """After a day the file goes, after a month the rest; not while a job is at work."""
    wanted = ContactImport.objects.select_for_update().filter(id=import_id).first()
    if wanted is None:
        return None
    if Job.objects.filter(id__in=_jobs(wanted), state=JobState.RUNNING).exists():
        return datetime.now(wanted.created_at.tzinfo) + _FILE_KEPT
    if wanted.file:
        delete_after_commit(wanted.file)
        wanted.file = ""
        wanted.save(update_fields=["file"])
        return wanted.created_at + _REPORT_KEPT
    _delete(wanted)
    return None


KEEPERS.add(_KEEPER, _its_time)
