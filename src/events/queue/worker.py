"""The worker: three loops in one process (drain, pump, ticker), each woken by the doorbell and polling besides."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connections

from core.http import HttpThread
from events.queue.doorbell import host_worker_here, wakeups
from events.queue.drain import Drain
from events.queue.models import Pool
from events.queue.pump import Pump
from events.queue.schedules import fire_due

log = structlog.get_logger(__name__)


class Worker:
    """Runs the loops in threads until :meth:`stop`. ``progress`` tells when each loop last came round (monotonic
    seconds): a probe must look at progress, since a process can be alive and stuck."""

    def __init__(self) -> None:
        self.progress: dict[str, float] = {}
        self._stop = threading.Event()
        self._http = HttpThread(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the loops."""
        host_worker_here()
        drain, pump = Drain(), Pump(self._http)
        self._spawn("drain", Pool.INTERNAL, drain.run_once)
        self._spawn("pump", Pool.EXTERNAL, lambda: pump.run_once(wait_s=0.02) or pump.flying)
        self._spawn("ticker", None, self._tick)

    def stop(self, *, timeout_s: float = 30.0) -> None:
        """Finish the batches in hand and end; what is not done stays in the queue."""
        self._stop.set()
        for wakeup in wakeups.values():
            wakeup.set()
        for thread in self._threads:
            thread.join(timeout_s)
        self._http.close()

    def _spawn(self, name: str, pool: Pool | None, work: Callable[[], int]) -> None:
        thread = threading.Thread(
            target=self._loop, args=(name, pool, work), name=f"queue-{name}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _loop(self, name: str, pool: Pool | None, work: Callable[[], int]) -> None:
        wakeup = wakeups[pool] if pool is not None else self._stop
        while not self._stop.is_set():
            self.progress[name] = time.monotonic()
            if pool is not None:
                wakeup.clear()
            try:
                busy = work()
            except Exception as exc:  # the loop outlives everything; the work is still in the queue
                log.warning("worker loop failed", loop=name, error=f"{type(exc).__name__}: {exc}")
                busy = 0
                connections.close_all()
                self._stop.wait(random.uniform(0.1, 0.5))  # noqa: S311
            if not busy:
                # Jitter keeps many workers from polling in step.
                wakeup.wait(settings.QUEUE_POLL_S * random.uniform(0.8, 1.2))  # noqa: S311
        connections.close_all()

    def _tick(self) -> int:
        return fire_due()
