"""How one workflow has been doing: its executions in sums, and each of its nodes."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from workflow.graph import Node
from workflow.graph.document import read
from workflow.graph.node_types import NODE_TYPES, config_or_none
from workflow.models import ExecutionState, Version, Workflow
from workflow.selectors.decisions import SPLIT, decides, decision_tallies
from workflow.selectors.steps import step_tallies
from workflow.selectors.tallies import NodeStatistics, Tally, rate
from workflow.selectors.window import DURATION_SAMPLE, Window

_TOTALS = """
SELECT e.version_id, e.state, e.exit_reason, count(*) FILTER (WHERE e.parent_id IS NULL),
       count(e.converted_at) FILTER (WHERE e.parent_id IS NULL),
       count(*) FILTER (WHERE e.parent_id IS NOT NULL AND right(e.branch, 1) = ':')
FROM workflow_workflowexecution e WHERE {where} GROUP BY 1, 2, 3
"""
_DURATIONS = """
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM e.ended_at - e.started_at)::float8)
           FILTER (WHERE e.state = 'completed'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM e.converted_at - e.started_at)::float8)
           FILTER (WHERE e.converted_at IS NOT NULL)
FROM workflow_workflowexecution e WHERE {where} AND e.parent_id IS NULL
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Executions that began within the last ``days`` days, branches and calls by other workflows not among them (``called``
    counts the latter). Seconds are of the newest :data:`DURATION_SAMPLE` executions: ``median_s`` and ``p95_s`` of completed
    ones, waits included, ``median_conversion_s`` from the start to the goal."""

    days: int
    version: int | None
    total: int
    by_state: Mapping[str, int]
    waiting: int
    exits: Mapping[str, int]
    called: int
    converted: int
    conversion_rate: float | None
    median_s: float | None
    p95_s: float | None
    median_conversion_s: float | None
    nodes: Sequence[NodeStatistics]


def statistics(workflow: Workflow, *, days: int, version: Version | None = None) -> Statistics:
    """How the workflow, or one ``version`` of it, has been doing. Nodes stand in the order of the document, those that only
    older versions have behind them."""
    window = Window.of(workflow.id, days=days, version=version)
    states = Counter[str]()
    exits = Counter[str]()
    versions: set[uuid.UUID] = set()
    converted = called = 0
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS.format(where=window.condition), window.values)
        for version_id, state, reason, count, goals, calls in cursor.fetchall():
            versions.add(version_id)
            states[state] += count
            if reason and count:
                exits[reason] += count
            converted += goals
            called += calls
    total = states.total()
    median, p95, conversion = _durations(window) if total else (None, None, None)
    return Statistics(
        days=days,
        version=version.number if version else None,
        total=total,
        by_state={state: states[state] for state in ExecutionState.values},
        waiting=states[ExecutionState.RUNNING] + states[ExecutionState.WAITING],
        exits=dict(exits.most_common()),
        called=called,
        converted=converted,
        conversion_rate=rate(converted, total),
        median_s=median,
        p95_s=p95,
        median_conversion_s=conversion,
        nodes=list(_nodes(window, versions, version or workflow.active_version)),
    )


def _durations(window: Window) -> tuple[float | None, float | None, float | None]:
    newest = window.newest(DURATION_SAMPLE)
    with connection.cursor() as cursor:
        cursor.execute(_DURATIONS.format(where=newest.condition), newest.values)
        completed, conversion = cursor.fetchone()
    median, p95 = completed or (None, None)
    return median, p95, conversion


def _nodes(window: Window, version_ids: set[uuid.UUID], shown: Version | None) -> Iterator[NodeStatistics]:
    """Those of the version that is shown, entered or not, then what is counted of others."""
    found = list(Version.objects.filter(id__in=version_ids).order_by("-number")) if version_ids else []
    tallies: dict[tuple[str, str], Tally] = {}
    if found:
        tallies.update({(node, ""): tally for node, tally in decision_tallies(window, found).items()})
        tallies.update(step_tallies(window))
    known: dict[str, Node] = {}
    for version in [*([shown] if shown else []), *found]:
        for each in read(version.document).nodes:
            known.setdefault(each.id, each)
    ours = [node.id for node in read(shown.document).nodes] if shown else []
    for node_id in [*ours, *sorted({node_id for node_id, _ in tallies} - set(ours))]:
        counted = {action: tally for (counted_id, action), tally in tallies.items() if counted_id == node_id}
        node = known.get(node_id)
        for action, tally in (counted or {_label(node): Tally()}).items():
            yield tally.shown(
                node=node_id,
                type_slug=node.type if node else "",
                name=node.name if node else "",
                action=action,
                held_out=_held_out(node),
            )


def _label(node: Node | None) -> str:
    """What the steps of a node would be filed under."""
    if node is None or decides(node.type):
        return ""
    return node.action or node.type


def _held_out(node: Node | None) -> frozenset[str]:
    if node is None or node.type != SPLIT:
        return frozenset()
    config = config_or_none(NODE_TYPES.get(SPLIT), node.config)
    return frozenset(arm.port for arm in config.arms if arm.hold_out) if config is not None else frozenset()
