"""``contacts_bulk``: one thing done to many contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.models import Contact
from crm.services.bulk import BULK_ACTIONS
from crm.services.cause import Cause
from crm.services.selecting import Selection
from workflow.jobs.base import Batch, JobKind, register_job
from workflow.models import Job
from workflow.services.jobs import create_job


@register_job
class Bulk(JobKind):
    """Params: ``action``, its ``config``, and the ``selection``. ``result.changed`` counts those to whom it was news."""

    slug = "contacts_bulk"
    label = "Change many contacts"
    size = 200

    def total(self, params: Mapping[str, Any]) -> int | None:
        """Known where SQL can tell."""
        return Selection.read(params["selection"]).size()

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """The next ones by id: whoever no longer matches because of what was done to others is still asked in turn."""
        ids, following = Selection.read(job.params["selection"]).page(cursor, size)
        action = BULK_ACTIONS.get(job.params["action"])
        config = action.Config.model_validate(job.params["config"])
        # Locked in one order, so that two jobs cannot deadlock; whoever was deleted meanwhile is left out.
        rows = Contact.objects.select_for_update().filter(id__in=ids).order_by("id")
        there = list(rows.values_list("id", flat=True))
        changed = action.run(there, config, Cause(actor=job.created_by)) if there else 0
        return Batch(following, done=len(ids), result={"changed": job.result.get("changed", 0) + changed})


def start_bulk(action: str, config: Mapping[str, Any], selection: Selection, *, by: str) -> Job:
    """Begin. Raises ``UnknownKeyError``, pydantic's ``ValidationError`` and what the action's ``check`` raises."""
    chosen = BULK_ACTIONS.get(action)
    given = chosen.Config.model_validate(dict(config))
    chosen.check(given)
    params = {
        "action": action,
        "config": given.model_dump(mode="json"),
        "selection": selection.as_json(),
    }
    return create_job(Bulk.slug, params, by=by)
