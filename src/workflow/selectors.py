"""Reads: how a workflow has been doing."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count

from core.ids import uuid7_bound
from workflow.models import ActionExecution, ExecutionState, Workflow, WorkflowExecution

_DURATIONS = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d), percentile_cont(0.95) WITHIN GROUP (ORDER BY d)
FROM (SELECT extract(epoch FROM ended_at - started_at)::float8 AS d FROM workflow_workflowexecution
      WHERE workflow_id = %s AND id >= %s AND state = 'completed') AS durations
"""
_DECISIONS = """
SELECT n.node, e.outputs -> n.node ->> 'result', count(*) FROM workflow_workflowexecution e, unnest(%s::text[]) AS n(node)
WHERE e.workflow_id = %s AND e.id >= %s AND e.outputs ? n.node GROUP BY 1, 2
"""


def statistics(workflow: Workflow, *, days: int) -> dict[str, Any]:
    """How the executions of the last ``days`` days went: counts by state, durations of the completed ones in seconds
    (waits included), and for each node the counts by state (for a condition by result) and the average of attempts."""
    bound = uuid7_bound(datetime.now(UTC) - timedelta(days=days))
    recent = WorkflowExecution.objects.filter(workflow=workflow, id__gte=bound)
    states = dict.fromkeys(ExecutionState.values, 0)
    states.update(recent.order_by().values_list("state").annotate(count=Count("id")))
    with connection.cursor() as cursor:
        cursor.execute(_DURATIONS, [workflow.id, bound])
        median, p95 = cursor.fetchone()
    return {
        "days": days,
        "total": sum(states.values()),
        "by_state": states,
        "median_s": median,
        "p95_s": p95,
        "nodes": [*_steps(workflow, bound), *_decisions(workflow, bound)],
    }


def _steps(workflow: Workflow, bound: Any) -> list[dict[str, Any]]:
    rows = (
        ActionExecution.objects.filter(execution__workflow=workflow, execution_id__gte=bound)
        .order_by("node", "action")
        .values("node", "action", "state")
        .annotate(count=Count("id"), attempts=Avg("attempts"))
    )
    nodes: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        node = nodes.setdefault(
            (row["node"], row["action"]),
            {"node": row["node"], "action": row["action"], "total": 0, "counts": {}, "attempts": 0.0},
        )
        node["counts"][row["state"]] = row["count"]
        node["attempts"] += row["attempts"] * row["count"]
        node["total"] += row["count"]
    return [{**node, "attempts": round(node["attempts"] / node["total"], 2)} for node in nodes.values()]


def _decisions(workflow: Workflow, bound: Any) -> list[dict[str, Any]]:
    """Conditions leave no step behind; their result stands in the execution's outputs."""
    document = workflow.active_version.document if workflow.active_version else {}
    conditions = [node["id"] for node in document.get("nodes", ()) if node["type"] == "condition"]
    if not conditions:
        return []
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_DECISIONS, [conditions, workflow.id, bound])
        for node, result, count in cursor.fetchall():
            counts[node][result] = count
    return [
        {"node": node, "action": "", "total": sum(found.values()), "counts": found, "attempts": 1.0}
        for node, found in counts.items()
    ]
