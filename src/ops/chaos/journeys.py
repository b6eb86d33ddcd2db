"""The journeys of a run, checked: waits, branches, calls, called workflows, awaited events and loops, each effect once."""

from __future__ import annotations

from typing import Any

from ops.chaos.findings import Expected, Reader
from ops.chaos.workflows import JOURNEY, JOURNEY_NOTES, PART

_NOTES = """
SELECT i.provider_user_id, n.text FROM {s}.crm_note n JOIN {s}.crm_identity i ON i.contact_id = n.contact_id ORDER BY n.id
"""
_STATES = """
SELECT w.name, x.branch, x.state, x.error FROM {s}.workflow_workflowexecution x
JOIN {s}.workflow_workflow w ON w.id = x.workflow_id WHERE w.name <> 'chaos'
"""
#: A step that was tried again keeps its row, so a node has one row in an execution.
_STEPS_TWICE = """
SELECT x.branch, a.node FROM {s}.workflow_actionexecution a JOIN {s}.workflow_workflowexecution x ON x.id = a.execution_id
GROUP BY x.id, x.branch, a.node HAVING count(*) > 1
"""
_WAITS = "SELECT key FROM {s}.workflow_eventwait"
#: Of the journey: itself, four branches (one of them calls a workflow), two turns.
_CHILDREN = 6


def check_journeys(reader: Reader, expected: Expected, sink: dict[str, Any]) -> None:
    """Compare the journeys' notes, executions and calls with the messages that were to be handled."""
    findings, slug = reader.findings, reader.account.slug
    notes = reader.rows(_NOTES)
    for word in JOURNEY_NOTES:
        mine = [row for row in notes if row[1].startswith(f"{word} ")]
        reader.once_each(f"journeys' {word!r}", reader.places(word, mine), expected.journeyed)
    rows = reader.rows(_STATES)
    findings.violate(
        "not_completed",
        (
            f"{slug}: {name} {branch} is {state}: {error}"
            for name, branch, state, error in rows
            if state != "completed"
        ),
    )
    journeyed = len(expected.journeyed)
    for name, wanted in ((JOURNEY, (1 + _CHILDREN) * journeyed), (PART, journeyed)):
        found = sum(row[0] == name for row in rows)
        findings.counts[f"executions of {name}"] += found
        if found != wanted:
            sort = "lost" if found < wanted else "duplicates"
            findings.violate(sort, [f"{slug}: {found} executions of {name!r}, not {wanted}"])
    findings.violate("duplicates", (f"{slug}: step {row}" for row in reader.rows(_STEPS_TWICE)))
    findings.violate("queue_not_empty", (f"{slug}: awaited {key}" for (key,) in reader.rows(_WAITS)))
    findings.counts["journey_calls"] += sink["total"]
    findings.counts["journey_calls_repeated"] += sink["total"] - sink["unique_keys"]
    if sink["unique_keys"] != journeyed:
        sort = "lost" if sink["unique_keys"] < journeyed else "unexpected"
        findings.violate(sort, [f"{slug}: calls with {sink['unique_keys']} keys, not {journeyed}"])
