"""Exports: contacts written to a file by a job, to be fetched within a day."""

from __future__ import annotations

import uuid
import zoneinfo
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch

from core.errors import PermanentError
from core.ids import uuid7
from crm.models import Contact, ContactExport, ContactSegment, ContactTag
from crm.querying import column_of, columns
from crm.selectors import timezone_name
from crm.services.files import KEEPERS, delete_after_commit, forget_in
from crm.services.selecting import Selection
from crm.services.writing import csv_line
from workflow.models import JobState
from workflow.services.jobs import cancel_job, create_job

KIND = "contacts_export"
_KEEPER = "export"
KEPT = timedelta(days=1)
DELIMITERS = (",", ";", "\t")


class InvalidColumnsError(PermanentError):
    """Contacts have no such column."""

    field = "columns"


class NotReadyError(PermanentError):
    """The file is not there yet, or not any more."""


@transaction.atomic
def start_export(
    selection: Selection, *, keys: Sequence[str], delimiter: str = ",", by: str
) -> ContactExport:
    """Begin to write these columns of these contacts. Raises ``InvalidColumnsError``."""
    known = columns()
    chosen = [column_of(key, known) for key in keys]
    if not keys or None in chosen:
        wrong = ", ".join(key for key, column in zip(keys, chosen, strict=True) if column is None)
        raise InvalidColumnsError(f"Contacts have no column {wrong}." if wrong else "Choose a column.")
    now = datetime.now(UTC)
    made = ContactExport(
        id=uuid7(),
        filename=f"contacts-{now:%Y-%m-%d-%H%M}.csv",
        columns=list(keys),
        selection=selection.as_json(),
        created_by=by[:80],
        expires_at=now + KEPT,
    )
    made.file = f"exports/{made.id}.csv"
    params = {
        "export": str(made.id),
        "columns": list(keys),
        "headings": [column.label for column in chosen if column is not None],
        "delimiter": delimiter,
        "selection": made.selection,
    }
    made.job = create_job(KIND, params, by=by)
    made.save(force_insert=True)
    made.refresh_from_db()
    forget_in(_KEEPER, made.id, KEPT)
    return made


@transaction.atomic
def delete_export(wanted: ContactExport) -> None:
    """With its file. One under way stops."""
    if wanted.job is not None and wanted.job.state == JobState.RUNNING:
        cancel_job(wanted.job.id)
    delete_after_commit(wanted.file)
    wanted.delete()


def file_of(wanted: ContactExport) -> str:
    """The name of the finished file. Raises ``NotReadyError``."""
    if wanted.job is None or wanted.job.state != JobState.DONE or not wanted.file:
        raise NotReadyError
    return wanted.file


def heading(names: Sequence[str], delimiter: str) -> str:
    """The first line, after the mark by which Excel knows UTF-8."""
    return "\ufeff" + csv_line(names, delimiter)


def lines(ids: Sequence[uuid.UUID], keys: Sequence[str], delimiter: str) -> str:
    """A line for each contact that there still is, by id."""
    rows = Contact.objects.filter(id__in=ids).order_by("id")
    if "tags" in keys:
        rows = rows.prefetch_related(
            Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("id"))
        )
    if "segments" in keys:
        rows = rows.prefetch_related(
            Prefetch("contact_segments", ContactSegment.objects.select_related("segment").order_by("id"))
        )
    zone = zoneinfo.ZoneInfo(timezone_name())
    return "".join(csv_line([_cell(row, key, zone) for key in keys], delimiter) for row in rows)


def _cell(contact: Contact, key: str, zone: zoneinfo.ZoneInfo) -> object:
    value = _SPECIAL[key](contact) if key in _SPECIAL else _plain(contact, key)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else value


def _plain(contact: Contact, key: str) -> Any:
    return (
        contact.custom.get(key.removeprefix("custom."))
        if key.startswith("custom.")
        else getattr(contact, key)
    )


_SPECIAL: dict[str, Callable[[Contact], object]] = {
    "id": lambda contact: str(contact.id),
    "tags": lambda contact: ", ".join(worn.tag.name for worn in contact.contact_tags.all()),
    "segments": lambda contact: ", ".join(inside.segment.key for inside in contact.contact_segments.all()),
    "opted_out": lambda contact: contact.opted_out_at is not None,
}


def _its_time(export_id: uuid.UUID) -> datetime | None:
    """After a day it goes; one that is still being written a day later too."""
    wanted = ContactExport.objects.select_related("job").filter(id=export_id).first()
    if wanted is not None:
        delete_export(wanted)
    return None


KEEPERS.add(_KEEPER, _its_time)
