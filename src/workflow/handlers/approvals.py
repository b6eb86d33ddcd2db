"""Approvals in the queue: those asked are told; what was decided takes the execution on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db.models.functions import Now

from events.queue.handlers import HANDLERS, Claimed, InternalHandler
from workflow.engine.exits import take_out
from workflow.engine.resume import runs_of
from workflow.engine.runner import proceed
from workflow.handlers.giving_up import give_up
from workflow.models import ActionState, Approval, ApprovalState, ExecutionState
from workflow.services.approvals import ASK, DECIDED, go_on, tell_approvers

_WAITING = frozenset({ActionState.WAITING})


class AskHandler(InternalHandler):
    """A step waits for people who have not been told yet."""

    kind = ASK

    def handle(self, items: Sequence[Claimed]) -> None:
        """Tell them; what nobody waits for any more is cancelled instead."""
        refs = [item.ref for item in items]
        runs = runs_of(refs, states=_WAITING, lock=True)
        _cancel([ref for ref in refs if ref not in runs])
        tell_approvers(runs)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        give_up(item.ref, error, _WAITING)
        _cancel([item.ref])


def _cancel(step_ids: Sequence[str]) -> None:
    ids = [uuid.UUID(step_id) for step_id in step_ids]
    rows = Approval.objects.filter(step_id__in=ids, state=ApprovalState.PENDING)
    rows.exclude(step__state=ActionState.WAITING).update(state=ApprovalState.CANCELLED, decided_at=Now())


class DecidedHandler(InternalHandler):
    """An approval was decided."""

    kind = DECIDED

    def handle(self, items: Sequence[Claimed]) -> None:
        """Take the executions on, unless their workflow's policy takes them out now."""
        runs = runs_of([item.ref for item in items], states=_WAITING, lock=True)
        gone = take_out(list(runs.values()))
        decided = Approval.objects.filter(step_id__in=list(runs)).exclude(state=ApprovalState.PENDING)
        going = []
        for approval in decided.prefetch_related("votes"):
            run = runs[str(approval.step_id)]
            if run.execution.id in gone:
                continue
            assert run.step is not None
            run.execution.state = ExecutionState.RUNNING
            run.changed_steps.append(run.step)
            go_on(run, approval)
            going.append(run)
        proceed(going)

    def on_dead(self, item: Claimed, error: str) -> None:
        """The execution fails with the reason."""
        give_up(item.ref, error, _WAITING)


for _handler in (AskHandler(), DecidedHandler()):
    HANDLERS.add(_handler.kind, _handler)
