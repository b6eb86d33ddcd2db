"""Which executions a statistic is about: a workflow's, since a moment, maybe of one version."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from core.ids import uuid7_bound
from workflow.models import Version

#: Durations are taken from so many of the newest executions: sorting more of them costs seconds and says no more.
DURATION_SAMPLE = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Ids are in the order of time, so ``since`` (the smallest id that counts) and the workflow's index do the work."""

    workflow_id: uuid.UUID
    since: uuid.UUID
    version_id: uuid.UUID | None = None

    @classmethod
    def of(cls, workflow_id: uuid.UUID, *, days: int, version: Version | None = None) -> Window:
        """The executions that began within the last ``days`` days."""
        since = uuid7_bound(datetime.now(UTC) - timedelta(days=days))
        return cls(workflow_id=workflow_id, since=since, version_id=version.id if version else None)

    @property
    def condition(self) -> str:
        """The condition on ``workflow_workflowexecution e``, children included; :attr:`values` are its parameters."""
        only = "" if self.version_id is None else " AND e.version_id = %s"
        return f"e.workflow_id = %s AND e.id >= %s{only}"

    @property
    def values(self) -> list[Any]:
        """See :attr:`condition`."""
        return [self.workflow_id, self.since, *([self.version_id] if self.version_id else [])]

    def newest(self, count: int) -> Window:
        """The window from the ``count``-th newest execution on; the whole of it when there are fewer."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.id FROM workflow_workflowexecution e WHERE {self.condition} "  # noqa: S608  (own text)
                "ORDER BY e.id DESC OFFSET %s LIMIT 1",
                [*self.values, count - 1],
            )
            found = cursor.fetchone()
        return self if found is None else replace(self, since=found[0])
