"""Jobs: made, worked on batch by batch, cancelled."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from core.errors import PermanentError
from events.queue.enqueue import NewItem, enqueue
from workflow.jobs.base import JOB_KINDS
from workflow.models import Job, JobState, Workflow

#: The kind of the queue's items, one a batch; ``ref`` is the job's id.
JOB = "workflow.job"


class JobEndedError(PermanentError):
    """The job has ended already."""


def create_job(kind: str, params: Mapping[str, Any], *, by: str, workflow: Workflow | None = None) -> Job:
    """Make a job and queue its first batch, in the caller's transaction or one of its own.

    Raises ``UnknownKeyError`` for an unknown kind, and what the kind's ``total`` raises for params that make no sense.
    """
    total = JOB_KINDS.get(kind).total(params)
    with transaction.atomic():
        job = Job.objects.create(
            kind=kind, workflow=workflow, params=dict(params), total=total, created_by=by[:80]
        )
        enqueue(NewItem(lane=lane_of(job.id), kind=JOB, ref=str(job.id)))
    job.refresh_from_db()
    return job


def cancel_job(job_id: uuid.UUID) -> Job:
    """Let it stop after the batch in hand; what was done stays done. Raises ``JobEndedError`` and ``Job.DoesNotExist``."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(id=job_id)
        if job.state != JobState.RUNNING:
            raise JobEndedError(f"The job is {job.state} already.")
        _end(job, JobState.CANCELLED)
        job.save()
    return job


def work_on(job_id: uuid.UUID) -> bool:
    """Do the job's next batch in the caller's transaction; whether there is another to do. Raises what the kind raises."""
    job = Job.objects.select_related("workflow__active_version").filter(id=job_id).first()
    if job is None or job.state != JobState.RUNNING:
        return False
    kind = JOB_KINDS.get(job.kind)
    batch = kind.batch(job, job.cursor, kind.size)
    # Locked only now, so that cancelling never waits for a batch: it may have been cancelled meanwhile.
    job = Job.objects.select_for_update().get(id=job_id)
    job.cursor = batch.cursor
    job.done += batch.done
    job.failed += batch.failed
    job.result = {**job.result, **batch.result}
    if job.total is not None:
        job.total = max(job.total, job.done + job.failed)
    if not batch.cursor and job.state == JobState.RUNNING:
        _end(job, JobState.DONE)
    if job.state != JobState.RUNNING:
        job.result = shown(job.result)
    job.save()
    return job.state == JobState.RUNNING


def fail_job(job_id: uuid.UUID, error: str) -> None:
    """A batch of it was given up. In the caller's transaction."""
    job = Job.objects.select_for_update().filter(id=job_id, state=JobState.RUNNING).first()
    if job is not None:
        _end(job, JobState.FAILED)
        job.error = error
        job.save()


def lane_of(job_id: uuid.UUID) -> str:
    """Each job goes its own way, one batch after the other."""
    return f"job:{job_id}"


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Params or a result without what is the kind's own."""
    return {key: value for key, value in values.items() if not key.startswith("_")}


def _end(job: Job, state: JobState) -> None:
    job.state = state
    job.ended_at = datetime.now(UTC)
    job.result = shown(job.result)
