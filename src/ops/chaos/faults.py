"""The faults of a run: struck on time by a thread that also starts again whatever has ended."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

import redis

from ops.chaos.plan import Plan, PlannedFault
from ops.processes import Supervisor
from ops.stack import Stack

#: Longer than a lease and shorter than the worker's own watch.
FREEZE_S = 5.0
REDIS_ABSENCE_S = 5.0


class FaultThread:
    """Strikes the plan's faults from :meth:`start` to :meth:`finish`, and keeps every process running until :meth:`stop`."""

    def __init__(self, plan: Plan, stack: Stack, supervisor: Supervisor, say: Callable[[str], None]) -> None:
        self.struck: Counter[str] = Counter()
        #: Processes that ended by themselves, by exit status: what poison did to its workers.
        self.ended: Counter[int] = Counter()
        self._plan = plan
        self._stack = stack
        self._supervisor = supervisor
        self._say = say
        self._stop = threading.Event()
        self._finished = threading.Event()
        self._later: list[tuple[float, Callable[[], None]]] = []
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)
        self._error: BaseException | None = None

    def start(self) -> None:
        """The run begins now."""
        self._thread.start()

    def finish(self) -> None:
        """Wait until every fault has struck. Raises what went wrong in the thread."""
        while not self._finished.wait(0.2):
            self.check()
        self.check()

    def check(self) -> None:
        """Raise what went wrong in the thread."""
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Stop looking after the processes."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._strike_all()
        except BaseException as error:
            self._error = error
            self._finished.set()

    def _strike_all(self) -> None:
        started = time.monotonic()
        waiting = list(self._plan.faults)
        while not self._stop.wait(0.05):
            now = time.monotonic() - started
            if waiting and waiting[0].at_s <= now:
                self._strike(waiting.pop(0))
            for due in [entry for entry in self._later if entry[0] <= time.monotonic()]:
                self._later.remove(due)
                due[1]()
            if not waiting and not self._later:
                self._finished.set()
            self._revive()

    def _strike(self, fault: PlannedFault) -> None:
        self._say(f"{fault.what} {fault.target}".strip())
        STRIKES[fault.what](self, fault.target)
        self.struck[fault.what] += 1

    def _revive(self) -> None:
        for name, status in self._supervisor.ended().items():
            self.ended[status] += 1
            self._say(f"{name} ended with status {status}, started again")
            self._supervisor.restart(name)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, act))

    def _kill(self, name: str) -> None:
        self._supervisor.kill(name)
        self._supervisor.restart(name)

    def _restart_postgres(self, _: str) -> None:
        self._stack.restart_postgres("immediate")

    def _flush_redis(self, _: str) -> None:
        # One that another fault has just killed has nothing left to flush.
        with (
            redis.Redis.from_url(self._stack.info.redis_url) as client,
            contextlib.suppress(redis.ConnectionError),
        ):
            client.flushall()

    def _kill_redis(self, _: str) -> None:
        self._stack.kill_redis()
        self._after(REDIS_ABSENCE_S, self._stack.start_redis)

    def _freeze(self, name: str) -> None:
        """Stop a worker for longer than its leases last; it wakes up believing that they are still its own."""
        pid = self._supervisor.pid(name)
        _signal(pid, signal.SIGSTOP)
        self._after(FREEZE_S, lambda: _signal(pid, signal.SIGCONT))


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return  # killed meanwhile by another fault


STRIKES: dict[str, Callable[[FaultThread, str], None]] = {
    "kill": FaultThread._kill,
    "restart PostgreSQL": FaultThread._restart_postgres,
    "flush Redis": FaultThread._flush_redis,
    "kill Redis": FaultThread._kill_redis,
    "freeze": FaultThread._freeze,
}
