"""Celery's part of the queue: the doorbell task."""

from __future__ import annotations

from celery import shared_task

from events.queue.doorbell import answered, wakeups
from events.queue.models import Pool


@shared_task(name="events.ring", ignore_result=True)
def ring(pool: int) -> None:
    """Wake this process's loop of ``pool``. Carries no work: the loop looks in the database."""
    answered(Pool(pool))
    wakeups[Pool(pool)].set()
