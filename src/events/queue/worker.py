"""The worker: three loops in one process (drain, pump, ticker), woken by the doorbell and polling besides, under a watch."""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import threading
import time
from collections.abc import Callable
from functools import partial

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

#: A batch that takes this many leases lost its lanes long ago, and its loop with them.
_STUCK_LEASES = 4
#: The exit status of a process whose loop is stuck.
STUCK_STATUS = 70
_STDERR = 2


class Worker:
    """Runs the loops in threads until :meth:`stop`. ``progress`` tells when each loop last gave a sign of life
    (monotonic seconds): a process can be alive and stuck, and a thread that hangs cannot be ended. So a watch ends the
    process, whoever runs it starts it again, and the attempts of what it hung in are counted already."""

    def __init__(self) -> None:
        self.progress: dict[str, float] = {}
        self._stop = threading.Event()
        self._http = HttpThread(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the loops."""
        host_worker_here()
        _calm_the_collector()
        drain, pump = Drain(partial(self._beat, "drain")), Pump(self._http, partial(self._beat, "pump"))
        self._spawn("drain", Pool.INTERNAL, lambda woken: drain.run_once())
        self._spawn(
            "pump", Pool.EXTERNAL, lambda woken: pump.run_once(wait_s=0.02, woken=woken) or pump.flying
        )
        self._spawn("ticker", None, lambda woken: fire_due())
        threading.Thread(target=self._watch, name="queue-watch", daemon=True).start()

    def stop(self, *, timeout_s: float = 30.0) -> None:
        """Finish the batches in hand and end; what is not done stays in the queue."""
        self._stop.set()
        for wakeup in wakeups.values():
            wakeup.set()
        for thread in self._threads:
            thread.join(timeout_s)
        self._http.close()

    def _spawn(self, name: str, pool: Pool | None, work: Callable[[bool], int]) -> None:
        thread = threading.Thread(
            target=self._loop, args=(name, pool, work), name=f"queue-{name}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def _loop(self, name: str, pool: Pool | None, work: Callable[[bool], int]) -> None:
        wakeup = wakeups[pool] if pool is not None else self._stop
        while not self._stop.is_set():
            self._beat(name)
            woken = wakeup.is_set()
            if pool is not None:
                wakeup.clear()
            try:
                busy = work(woken)
            except Exception as exc:  # the loop outlives everything; the work is still in the queue
                log.warning("worker loop failed", loop=name, error=f"{type(exc).__name__}: {exc}")
                busy = 0
                connections.close_all()
                self._stop.wait(random.uniform(0.1, 0.5))  # noqa: S311
            if not busy:
                # Jitter keeps many workers from polling in step.
                wakeup.wait(settings.QUEUE_POLL_S * random.uniform(0.8, 1.2))  # noqa: S311
        connections.close_all()

    def _beat(self, name: str) -> None:
        self.progress[name] = time.monotonic()

    def _watch(self) -> None:
        limit = _STUCK_LEASES * settings.QUEUE_LEASE_S
        before: set[str] = set()
        while not self._stop.wait(settings.QUEUE_LEASE_S / 4):
            stuck = {name for name, beat in self.progress.items() if time.monotonic() - beat > limit}
            # Seen twice: a process that was stopped and goes on has had no time to show life at the first look.
            if stuck & before:
                log.error("worker loop is stuck, ending the process", loops=sorted(stuck), seconds=limit)
                # By its number: Celery puts a logger in the place of sys.stderr, and that has no file to write to.
                faulthandler.dump_traceback(file=_STDERR, all_threads=True)
                os._exit(STUCK_STATUS)
            before = stuck


def _calm_the_collector() -> None:
    """Batches make many objects that all die together by reference count: looking for cycles among them every 700
    allocations took a quarter of a worker's time. What Django loaded is here to stay and is not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
