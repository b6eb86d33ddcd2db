"""The Celery app; a worker process of it hosts the queue's loops."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("wasl")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class QueueStep(bootsteps.StartStopStep):
    """Starts the queue's loops with the worker, before and whatever becomes of the broker's connection."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        self._queue: Any = None

    def start(self, worker: Any) -> None:
        """Start the loops."""
        from events.queue.worker import Worker

        self._queue = Worker()
        self._queue.start()

    def stop(self, worker: Any) -> None:
        """Finish the batches in hand."""
        if self._queue is not None:
            self._queue.stop()


app.steps["worker"].add(QueueStep)
