"""``retry`` and ``cancel``: done to all executions that a filter chooses."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from core.errors import PermanentError
from workflow.engine.leaving import UNDER_WAY, end_trees
from workflow.filters import ExecutionFilter
from workflow.jobs.base import Batch, Failures, JobKind, register_job
from workflow.models import ExecutionState, Job, WorkflowExecution
from workflow.services.retrying import retry_execution


class FilterError(PermanentError):
    """The filters are not valid. ``problems`` are by filter."""

    def __init__(self, problems: Mapping[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in problems.items()))
        self.problems = problems


def chosen(filters: Mapping[str, Any]) -> QuerySet[WorkflowExecution]:
    """The executions of no parent that the list's filters choose. A key that is no filter is refused rather than passed
    over, as it would widen what is chosen. Raises ``FilterError``."""
    known = ExecutionFilter.base_filters
    unknown = sorted(set(filters) - set(known))
    if unknown:
        raise FilterError(
            {name: [f"There is no such filter; known: {', '.join(known)}."] for name in unknown}
        )
    given = {
        name: [value] if name == "state" and isinstance(value, str) else value
        for name, value in filters.items()
    }
    found = ExecutionFilter(data=given, queryset=WorkflowExecution.objects.filter(parent__isnull=True))
    if not found.is_valid():
        raise FilterError({name: [str(text) for text in texts] for name, texts in found.errors.items()})
    rows: QuerySet[WorkflowExecution] = found.qs
    return rows


class _Executions(JobKind):
    """Params: ``filters``, and ``before``, an id below which the executions were there when the job was made."""

    states: Sequence[str] = ()

    def rows(self, params: Mapping[str, Any]) -> QuerySet[WorkflowExecution]:
        """Those of the filter that can be worked on."""
        return chosen(params["filters"]).filter(state__in=self.states, id__lt=uuid.UUID(params["before"]))

    def total(self, params: Mapping[str, Any]) -> int:
        """As they are now."""
        return self.rows(params).count()

    def batch(self, job: Job, cursor: str, size: int) -> Batch:
        """The next ones by id: one that comes back to the same state is not taken twice."""
        rows = self.rows(job.params)
        if cursor:
            rows = rows.filter(id__gt=uuid.UUID(cursor))
        ids = list(rows.order_by("id").values_list("id", flat=True)[:size])
        failures = Failures(job)
        done = self.work(job, ids, failures)
        following = str(ids[-1]) if len(ids) == size else ""
        return Batch(following, done=done, failed=failures.count, result=failures.result())

    @abstractmethod
    def work(self, job: Job, ids: Sequence[uuid.UUID], failures: Failures) -> int:
        """Do it to these; how many it was done to."""


@register_job
class Retry(_Executions):
    """Each failed one taken on from the node that it failed at, in the version that it began with."""

    slug = "retry"
    label = "Retry failed executions"
    states = (ExecutionState.FAILED,)

    def work(self, job: Job, ids: Sequence[uuid.UUID], failures: Failures) -> int:
        """One by one: what cannot be retried keeps no other from it."""
        return sum(failures.attempt(one, lambda one=one: retry_execution(one)) for one in ids)  # type: ignore[misc]


@register_job
class Cancel(_Executions):
    """Each ended where it stands, with its branches."""

    slug = "cancel"
    label = "Cancel executions"
    states = UNDER_WAY
    size = 100

    def work(self, job: Job, ids: Sequence[uuid.UUID], failures: Failures) -> int:
        """All together. Those that ended meanwhile are not counted."""
        error = f"cancelled by {job.created_by}"
        ended = end_trees(ids, reason="cancelled", state=ExecutionState.CANCELLED, error=error)
        return len(set(ended) & set(ids))
