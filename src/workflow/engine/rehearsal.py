"""Rehearsal: tried runs taken to their ends, in the order of their own clocks, without anything being written of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from workflow.engine import steps
from workflow.engine.exits import no_longer_matching
from workflow.engine.run import Run, is_part
from workflow.engine.runner import OVER, family_of, take_steps
from workflow.models import ExecutionState

#: The earliest moment at which anything of a trial is still under way, by the trial's identity.
_Earliest = Mapping[int, datetime]


def rehearse(runs: Sequence[Run]) -> None:
    """Take tried runs, and the children that they spawn, to their ends. What their actions write stands in the caller's
    transaction, which is to be rolled back. Raises ``TrialTimeoutError``.

    Branches go on in the order of time that the waits before them make: one that waits an hour comes after one that does
    not, so that the first at a join is the one that really would be.
    """
    reported: set[int] = set()
    while True:
        for run in runs:
            assert run.trial is not None
            run.trial.check_time()
        family = list(family_of(runs))
        active = [run for run in family if run.execution.state == ExecutionState.RUNNING]
        earliest: dict[int, datetime] = {}
        for run in active:
            earliest[id(run.trial)] = min(_clock(run), earliest.get(id(run.trial), _clock(run)))
        if _report(family, reported, earliest):
            continue
        if not active:
            return
        take_steps([run for run in active if _clock(run) == earliest[id(run.trial)]])
        _leave_after_waits(runs)


def _clock(run: Run) -> datetime:
    assert run.clock is not None, "a tried run has a clock"
    return run.clock


def _report(family: Sequence[Run], reported: set[int], earliest: _Earliest) -> bool:
    """Tell the parents of children that ended before anything else happens; whether anyone was told. One at a time where
    times differ, since a parent that goes on may have no more use for the rest."""
    ended = [
        run
        for run in family
        if run.parent is not None and run.execution.state in OVER and id(run) not in reported
    ]
    due = [run for run in ended if id(run.trial) not in earliest or _clock(run) < earliest[id(run.trial)]]
    firsts: dict[int, datetime] = {}
    for run in due:
        firsts[id(run.trial)] = min(_clock(run), firsts.get(id(run.trial), _clock(run)))
    told = False
    for run in due:
        if _clock(run) != firsts[id(run.trial)]:
            continue
        reported.add(id(run))
        parent = run.parent
        assert parent is not None
        told = True
        if parent.execution.state == ExecutionState.WAITING:
            parent.clock = max(_clock(parent), _clock(run))
            parent.node.type.child_ended(parent, run.execution)
    return told


def _leave_after_waits(runs: Sequence[Run]) -> None:
    """Take out those whose workflow asks, after each wait, whether they still belong."""
    for run in runs:
        assert run.trial is not None
        waited, run.trial.waited = run.trial.waited, []
        for gone in no_longer_matching(waited):
            root = _own_root(gone)
            if root.execution.state not in OVER:
                for child in root.children:
                    steps.abandon(child)
                steps.end(root, ExecutionState.EXITED, reason="no_longer_matches")


def _own_root(run: Run) -> Run:
    """The run itself, or for a branch or a turn of a loop the one that it is a part of."""
    while run.parent is not None and is_part(run.execution):
        run = run.parent
    return run
