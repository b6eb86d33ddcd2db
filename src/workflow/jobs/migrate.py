"""``migrate``: waiting executions moved to another version of their workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.jobs.base import Batch, JobKind, register_job
from workflow.models import Job, Workflow
from workflow.services.cleanup import drain_versions
from workflow.services.migrating import Migration, Order
from workflow.services.migration_counts import Tally


@register_job
class Migrate(JobKind):
    """Params as ``Migration.params`` makes them. Its result are the counts: ``moved``, ``left``, ``exited``, ``failed``,
    and ``rows`` with the reasons."""

    slug = "migrate"
    label = "Move to another version"
    size = 200

    def total(self, params: Mapping[str, Any]) -> int:
        """All that wait."""
        return _migration(
            Workflow.objects.select_related("active_version").get(id=params["workflow"]), params
        ).count()

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """The next ones by id; at the end the versions that nothing runs on any more are drained."""
        assert job.workflow is not None
        migration = _migration(job.workflow, job.params)
        ids = migration.candidates(after=cursor, limit=size)
        tally = Tally(job.result.get("rows", ()))
        tally.merge(migration.move(ids))
        following = str(ids[-1]) if len(ids) == size else ""
        if not following:
            tally.merge(migration.called())
            drain_versions()
        return Batch(following, done=len(ids), result=tally.as_json())


def _migration(workflow: Workflow, params: Mapping[str, Any]) -> Migration:
    return Migration(workflow, Order(**{key: value for key, value in params.items() if key != "workflow"}))
