"""``contacts_import``: a file of contacts tried, or brought in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import orjson

from crm.models import ContactImport, CustomField, ImportProblem
from crm.services.cause import Cause
from crm.services.files import path_of
from crm.services.importing.options import ImportOptions
from crm.services.importing.rows import Outcome, bring_in
from crm.services.importing.values import Parsed, Reader
from crm.services.imports import KIND, FileGoneError
from events.queue.enqueue import savepoint
from workflow.jobs.base import Batch, JobKind, register_job
from workflow.models import Job

#: Rows whose faults are kept for the report; the rest are only counted.
MOST_PROBLEMS = 10_000
_COUNTS = ("created", "updated", "unchanged", "skipped")


class _Trial(Exception):  # noqa: N818  (rolls a trial back)
    """It was only a trial."""


@register_job
class Import(JobKind):
    """Params as ``run_import`` makes them; the cursor is where in the file the next row begins. ``result`` counts the rows
    by what became of them; ``failed`` of the job counts those that were left out. In a trial, a contact that stands in
    the file twice, far apart, is counted as two."""

    slug = KIND
    label = "Import contacts"
    size = 250

    def total(self, params: Mapping[str, Any]) -> int:
        """All rows."""
        return int(params["rows"])

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """The next rows. What they came to and where the next ones begin is one transaction: none is done twice."""
        wanted = ContactImport.objects.filter(id=uuid.UUID(job.params["import"])).first()
        if wanted is None or not wanted.file:
            raise FileGoneError
        lines, following = _read(wanted.file, int(cursor or 0), size)
        options = ImportOptions.model_validate(job.params["options"])
        fields = {row.slug: row for row in CustomField.objects.all()}
        reader = Reader(job.params["mapping"], fields, options.region, options.date_order)
        rows = [reader.read(int(line), cells) for line, *cells in lines]
        cause = Cause(actor=job.created_by, quiet=options.silent)
        outcome = _try(rows, options, cause) if job.params["dry_run"] else bring_in(rows, options, cause)
        result = {name: job.result.get(name, 0) + getattr(outcome, name) for name in _COUNTS}
        kept = job.result.get("problems", 0)
        result["problems"] = kept + _note(job, wanted, outcome.bad, dict(lines_by_number(lines)), kept)
        return Batch(following, done=outcome.good, failed=len(outcome.bad), result=result)


def lines_by_number(lines: Sequence[Sequence[Any]]) -> list[tuple[int, list[str]]]:
    """Each row's cells by the line where it begins."""
    return [(int(line), list(cells)) for line, *cells in lines]


def _read(name: str, offset: int, size: int) -> tuple[list[list[Any]], str]:
    """At most ``size`` rows from there on, and where the next ones begin: empty at the end."""
    lines: list[list[Any]] = []
    with open(path_of(name), "rb") as file:
        file.seek(offset)
        while len(lines) < size and (line := file.readline()):
            lines.append(orjson.loads(line))
        position = file.tell()
        more = bool(file.read(1))
    return lines, str(position) if more else ""


def _try(rows: Sequence[Parsed], options: ImportOptions, cause: Cause) -> Outcome:
    """The same, and taken back."""
    outcome = Outcome()
    with suppress(_Trial), savepoint():
        outcome = bring_in(rows, options, cause)
        raise _Trial
    return outcome


def _note(
    job: Job, wanted: ContactImport, bad: Sequence[Parsed], cells: Mapping[int, Sequence[str]], kept: int
) -> int:
    """Keep what is wrong with the rows, as long as there is room; how much was kept."""
    names = dict(zip(job.params["mapping"], range(len(wanted.columns)), strict=True))
    problems: list[ImportProblem] = []
    for row in sorted(bad, key=lambda row: row.line):
        for fault in row.faults:
            number = names.get(fault.target)
            there = number is not None and number < len(cells[row.line])
            problems.append(
                ImportProblem(
                    job=job,
                    line=row.line,
                    column=wanted.columns[number] if number is not None else "",
                    value=cells[row.line][number][:200] if there and number is not None else "",
                    code=fault.code,
                    message=fault.message,
                )
            )
    problems = problems[: max(0, MOST_PROBLEMS - kept)]
    ImportProblem.objects.bulk_create(problems)
    return len(problems)
