"""``contacts_export``: contacts written to a file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from core.errors import PermanentError
from crm.models import ContactExport
from crm.services.exports import KIND, heading, lines
from crm.services.files import append_at
from crm.services.selecting import Selection
from workflow.jobs.base import Batch, JobKind, register_job
from workflow.models import Job


class ExportGoneError(PermanentError):
    """The export was deleted."""


@register_job
class Export(JobKind):
    """Params as ``start_export`` makes them; the cursor is the selection's and, after ``@``, where the file ends.
    ``result.bytes`` is how long it is."""

    slug = KIND
    label = "Export contacts"
    size = 500

    def total(self, params: Mapping[str, Any]) -> int | None:
        """Known where SQL can tell."""
        return Selection.read(params["selection"]).size()

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """The next lines, written where the last batch that was committed ended."""
        wanted = ContactExport.objects.filter(id=uuid.UUID(job.params["export"])).first()
        if wanted is None:
            raise ExportGoneError
        after, _, offset = cursor.partition("@")
        ids, following = Selection.read(job.params["selection"]).page(after, size)
        text = "" if cursor else heading(job.params["headings"], job.params["delimiter"])
        text += lines(ids, job.params["columns"], job.params["delimiter"])
        end = append_at(wanted.file, int(offset or 0), text.encode())
        return Batch(f"{following}@{end}" if following else "", done=len(ids), result={"bytes": end})
