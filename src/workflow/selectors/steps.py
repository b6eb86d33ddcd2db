"""Counts and durations of the nodes that leave steps behind."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection

from workflow.models import ActionState
from workflow.selectors.tallies import Tally
from workflow.selectors.window import DURATION_SAMPLE, Window

# A step is made after its execution, so the bound on the steps' own ids loses none and keeps older steps out of the scan.
_JOIN = """
FROM workflow_actionexecution s JOIN workflow_workflowexecution e ON e.id = s.execution_id
WHERE {where} AND s.id >= %s
"""
_COUNTS = (
    """
SELECT s.node, s.action, s.state, s.port, count(*), sum(s.attempts),
       count(*) FILTER (WHERE e.parent_id IS NULL),
       count(e.converted_at) FILTER (WHERE e.parent_id IS NULL)
"""
    + _JOIN
    + "GROUP BY 1, 2, 3, 4"
)
_DURATIONS = (
    """
SELECT s.node, s.action, percentile_cont(ARRAY[0.5, 0.95])
       WITHIN GROUP (ORDER BY extract(epoch FROM s.ended_at - s.started_at)::float8)
"""
    + _JOIN
    + "AND s.state = 'completed' GROUP BY 1, 2"
)
_LEAVING = frozenset({ActionState.COMPLETED, ActionState.FAILED})


def step_tallies(window: Window) -> dict[tuple[str, str], Tally]:
    """By node and action. A node whose action was changed between versions is told of twice."""
    found: dict[tuple[str, str], Tally] = defaultdict(Tally)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(where=window.condition), [*window.values, window.since])
        for node, action, state, port, count, attempts, own, converted in cursor.fetchall():
            tally = found[node, action]
            tally.counts[state] += count
            if port and state in _LEAVING:
                tally.ports[port] += count
            tally.attempts += attempts
            tally.own += own
            tally.converted += converted
        if not found:
            return found
        newest = window.newest(DURATION_SAMPLE)
        cursor.execute(_DURATIONS.format(where=newest.condition), [*newest.values, newest.since])
        for node, action, (median, p95) in cursor.fetchall():
            if (node, action) in found:
                found[node, action].median_s, found[node, action].p95_s = median, p95
    return found
