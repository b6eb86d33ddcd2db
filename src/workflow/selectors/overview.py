"""How several workflows have been doing, one row each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from core.calendar.zones import zone
from core.ids import uuid7_bound
from workflow.models import ExecutionState
from workflow.selectors.tallies import rate
from workflow.tenant_view import tenant_view

#: Durations are of so many of each workflow's newest executions.
_SAMPLE = 1_000
_COUNTS = """
SELECT e.workflow_id, e.state, count(*), count(e.converted_at), max(e.started_at)
FROM workflow_workflowexecution e
WHERE e.workflow_id = ANY(%s) AND e.id >= %s AND e.parent_id IS NULL GROUP BY 1, 2
"""
_DAILY = """
SELECT e.workflow_id, (e.started_at AT TIME ZONE %s)::date, count(*)
FROM workflow_workflowexecution e
WHERE e.workflow_id = ANY(%s) AND e.id >= %s AND e.parent_id IS NULL GROUP BY 1, 2
"""
_DURATIONS = """
SELECT w.id, (SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY n.seconds) FROM (
    SELECT extract(epoch FROM e.ended_at - e.started_at)::float8 AS seconds FROM workflow_workflowexecution e
    WHERE e.workflow_id = w.id AND e.id >= %s AND e.parent_id IS NULL AND e.state = 'completed'
    ORDER BY e.id DESC LIMIT %s) n)
FROM unnest(%s::uuid[]) AS w(id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRow:
    """A workflow's executions of the last days; seconds are of the newest 1,000 completed ones. ``daily`` counts those that
    began on each day of the tenant's calendar, today last."""

    total: int = 0
    daily: Sequence[int] = ()
    by_state: Mapping[str, int]
    converted: int = 0
    conversion_rate: float | None = None
    last_started_at: datetime | None = None
    median_s: float | None = None
    p95_s: float | None = None


def overview(workflow_ids: Sequence[uuid.UUID], *, days: int) -> dict[uuid.UUID, WorkflowRow]:
    """A row for each of the workflows, three statements in all."""
    now = datetime.now(UTC)
    since = uuid7_bound(now - timedelta(days=days))
    timezone = tenant_view()["timezone"]
    today = now.astimezone(zone(timezone)).date()
    daily = {workflow_id: [0] * days for workflow_id in workflow_ids}
    states = {workflow_id: dict.fromkeys(ExecutionState.values, 0) for workflow_id in workflow_ids}
    converted = dict.fromkeys(workflow_ids, 0)
    last: dict[uuid.UUID, datetime] = {}
    durations: dict[uuid.UUID, list[float] | None] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [list(workflow_ids), since])
        for workflow_id, state, count, goals, started_at in cursor.fetchall():
            states[workflow_id][state] = count
            converted[workflow_id] += goals
            last[workflow_id] = max(started_at, last.get(workflow_id, started_at))
        cursor.execute(_DAILY, [timezone, list(workflow_ids), since])
        for workflow_id, day, count in cursor.fetchall():
            # The window begins within a day, which is the first one's remainder.
            daily[workflow_id][min(days - 1, max(0, days - 1 - (today - day).days))] += count
        cursor.execute(_DURATIONS, [since, _SAMPLE, list(workflow_ids)])
        durations.update(cursor.fetchall())
    rows: dict[uuid.UUID, WorkflowRow] = {}
    for workflow_id, by_state in states.items():
        total = sum(by_state.values())
        median, p95 = durations.get(workflow_id) or (None, None)
        rows[workflow_id] = WorkflowRow(
            total=total,
            daily=daily[workflow_id],
            by_state=by_state,
            converted=converted[workflow_id],
            conversion_rate=rate(converted[workflow_id], total),
            last_started_at=last.get(workflow_id),
            median_s=median,
            p95_s=p95,
        )
    return rows
