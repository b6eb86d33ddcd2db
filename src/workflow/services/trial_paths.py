"""The path of a tried run: its nodes in order, each with what it was given, gave back, and what it started."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.engine.run import Run
from workflow.engine.storing import stored
from workflow.engine.trial import Trial, Visit

#: Steps that are shown of one trial, branches included.
MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """A node that was come by. ``port`` it left by, or ``state`` that it ended in. ``instead`` tells what was not really
    done: ``waited`` (a wait was skipped: ``until`` is when it would have been over), ``event`` (an awaited event was taken
    to have come), ``example`` (an outside call answered with the action's example), ``approved``. ``grounds`` is why a node
    that decides did so."""

    node: str
    type: str
    action: str
    at: datetime
    port: str
    state: str
    reason: str
    instead: str
    until: datetime | None
    input: dict[str, Any]
    output: Any
    error: str
    grounds: Any
    branches: Sequence[Branch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A branch of a parallel node, a turn of a loop, or a called workflow, with its own path."""

    branch: str
    workflow_id: uuid.UUID
    workflow: str
    state: str
    error: str
    path: Sequence[PathStep]


def path_of(run: Run, trial: Trial) -> tuple[list[PathStep], bool]:
    """The path, and whether it was cut at ``MOST_STEPS``."""
    visits: dict[int, list[Visit]] = defaultdict(list)
    for visit in trial.visits[:MOST_STEPS]:
        visits[id(visit.run)].append(visit)
    return _path(run, trial, visits), len(trial.visits) > MOST_STEPS


def _path(run: Run, trial: Trial, visits: dict[int, list[Visit]]) -> list[PathStep]:
    return [_step(visit, trial, visits) for visit in visits[id(run)]]


def _step(visit: Visit, trial: Trial, visits: dict[int, list[Visit]]) -> PathStep:
    step, node = visit.step, visit.run.plan.nodes.get(visit.node)
    started = trial.branches.get(step.id, []) if step is not None else []
    return PathStep(
        node=visit.node,
        type=node.type.slug if node is not None else "",
        action=node.action.slug if node is not None and node.action is not None else "",
        at=visit.at,
        port=visit.port,
        state=str(visit.state),
        reason=visit.reason,
        instead=visit.instead,
        until=visit.until,
        input=step.input if step is not None else {},
        output=stored(visit.output),
        error=visit.error,
        grounds=visit.grounds,
        branches=[
            Branch(
                branch=child.execution.branch,
                workflow_id=child.plan.workflow_id,
                workflow=child.plan.name,
                state=str(child.execution.state),
                error=child.execution.error,
                path=_path(child, trial, visits),
            )
            for child in started
        ],
    )
