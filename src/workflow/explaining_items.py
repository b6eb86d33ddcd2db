"""The engine's items explained: which step of which execution, which job, which workflow."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence

from events.queue.explaining import EXPLAINERS, About, Explainer, Subject, ids_in
from workflow.engine.aftermath import HEALTH
from workflow.engine.steps import CALL, CHILD, LOOK_BACK, STEP
from workflow.engine.waking import WAKE
from workflow.models import ActionExecution, Job, Workflow, WorkflowExecution
from workflow.services.approvals import ASK, DECIDED
from workflow.services.cleanup import CLEANUP
from workflow.services.jobs import JOB
from workflow.triggers.schedule import TICK

_SHOWN = ("id", "workflow_id", "workflow__name", "contact_id", "conversation_id")


def _about(execution: WorkflowExecution, subject: Subject, *, node: str = "") -> About:
    return About(
        subject=subject,
        text=" · ".join(filter(None, [execution.workflow.name, node])),
        execution_id=execution.id,
        workflow_id=execution.workflow_id,
        contact_id=execution.contact_id,
        conversation_id=execution.conversation_id,
    )


def _steps(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs)
    rows = (
        ActionExecution.objects.select_related("execution__workflow")
        .only("id", "node", *(f"execution__{name}" for name in _SHOWN))
        .in_bulk(list(ids.values()))
    )
    return {
        ref: _about(rows[step_id].execution, Subject.STEP, node=rows[step_id].node)
        for ref, step_id in ids.items()
        if step_id in rows
    }


def _executions(refs: Sequence[str]) -> dict[str, About]:
    ids = ids_in(refs)
    rows = WorkflowExecution.objects.select_related("workflow").only(*_SHOWN).in_bulk(list(ids.values()))
    return {
        ref: _about(rows[execution_id], Subject.EXECUTION)
        for ref, execution_id in ids.items()
        if execution_id in rows
    }


def _named(
    subject: Subject, names: Callable[[list[uuid.UUID]], dict[uuid.UUID, str]]
) -> Callable[[Sequence[str]], dict[str, About]]:
    def explain(refs: Sequence[str]) -> dict[str, About]:
        ids = ids_in(refs)
        found = names(list(ids.values()))
        return {
            ref: About(
                subject=subject,
                text=found[row_id],
                workflow_id=row_id if subject is Subject.WORKFLOW else None,
            )
            for ref, row_id in ids.items()
            if row_id in found
        }

    return explain


def _workflows(ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Workflow.objects.filter(id__in=ids).values_list("id", "name"))


def _jobs(ids: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Job.objects.filter(id__in=ids).values_list("id", "kind"))


for _kind in (STEP, CALL, LOOK_BACK, WAKE, ASK, DECIDED):
    EXPLAINERS.add(_kind, Explainer(Subject.STEP, _steps))
EXPLAINERS.add(CHILD, Explainer(Subject.EXECUTION, _executions))
EXPLAINERS.add(JOB, Explainer(Subject.JOB, _named(Subject.JOB, _jobs)))
EXPLAINERS.add(HEALTH, Explainer(Subject.WORKFLOW, _named(Subject.WORKFLOW, _workflows)))
EXPLAINERS.add(TICK, Explainer(Subject.SCHEDULE))
EXPLAINERS.add(CLEANUP, Explainer(Subject.UPKEEP))
