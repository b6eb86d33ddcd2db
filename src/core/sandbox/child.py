"""The process around the interpreter: reads requests on its standard input, a socket, and answers there.

Started as ``python -m core.sandbox.child``. The interpreter runs in a process of its own, but its library keeps threads
and pipes that a fork breaks, and brings whole results into the process that uses it. That process is this one.

A request is ``{"task": "run" | "check", "source": str, "inputs": {…}, "limits": {…}}``. The answer is ``{"value": …,
"printed": str, "duration_ms": float}``, or ``{"error": kind, "reason": str, "line": int | null, "column": int | null}``
with a kind of ``errors.KINDS``, or ``{"unavailable": true}`` when no interpreter could be started; and ``{"leaving": bool}`` with each.
"""

from __future__ import annotations

import ctypes
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from pydantic_monty import (
    CollectString,
    Monty,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySession,
    MontySyntaxError,
    OSPolicy,
    ResourceLimits,
)

from core.sandbox import limits as bounds
from core.sandbox.errors import CodeError, CodeLimitError, ForbiddenCodeError
from core.sandbox.faults import of_runtime, of_syntax, too_slow
from core.sandbox.imports import no_module, refused_import
from core.sandbox.limits import CodeLimits
from core.sandbox.plain import encode
from core.templating.wire import READY, receive_frame, send_frame

#: Sleeping is refused, and so is measuring what the machine is doing.
_POLICY: OSPolicy = {"sleep": "call_host", "process_time": "zero"}
_RUNS_PER_INTERPRETER = 1_000
#: Before code that is only to be read: nothing after it happens. ``check`` takes the line off again.
_STOP = "raise SystemExit\n"
_PR_SET_NO_NEW_PRIVS = 38
_STANDARD_STREAMS = 3


class _UnavailableError(Exception):
    """No interpreter could be started."""


class Child:
    """Serves requests until the parent goes away."""

    def __init__(self, sock: socket.socket, pool: Monty) -> None:
        self._sock = sock
        self._pool = pool
        self._bounded: int | None = None
        self._tasks = {"run": self._run, "check": self._check}

    def serve(self) -> None:
        """Answer requests one after the other."""
        send_frame(self._sock, READY)
        leaving = False
        while not leaving:
            try:
                request = orjson.loads(receive_frame(self._sock))
            except EOFError:
                return
            answer = self._answer(request)
            # What a huge result took is not given back to the system before this process ends.
            leaving = _resident_bytes() > bounds.CHILD_RESIDENT_BYTES
            send_frame(self._sock, orjson.dumps({**answer, "leaving": leaving}))

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        task = self._tasks[request["task"]]
        try:
            return task(request["source"], request["inputs"], CodeLimits(**request["limits"]))
        except CodeError as error:
            return {"error": error.kind, "reason": error.reason, "line": error.line, "column": error.column}
        except _UnavailableError:
            return {"unavailable": True}

    def _run(self, source: str, inputs: dict[str, Any], limits: CodeLimits) -> dict[str, Any]:
        started = time.perf_counter()
        value, printed = self._feed(source, inputs, limits)
        duration_ms = (time.perf_counter() - started) * 1000
        encoded = orjson.Fragment(encode(value, "the result", limits.output_bytes))
        return {"value": encoded, "printed": printed, "duration_ms": duration_ms}

    def _check(self, source: str, inputs: dict[str, Any], limits: CodeLimits) -> dict[str, Any]:
        source = source.removeprefix("\ufeff")
        try:
            self._feed(_STOP + source, inputs, limits)
        except CodeError as error:
            if error.line != 1:
                line = error.line and error.line - 1
                raise type(error)(error.reason, line=line, column=error.column) from None
        refused = refused_import(source)
        if refused is not None:
            raise ForbiddenCodeError(no_module(refused.module), line=refused.line, column=refused.column)
        return {"value": None, "printed": "", "duration_ms": 0.0}

    def _feed(self, source: str, inputs: dict[str, Any], limits: CodeLimits) -> tuple[Any, str]:
        """The value of ``source`` and what it printed. Code has no effects, so it may run again when its
        interpreter died: something else may have killed that."""
        try:
            return self._attempt(source, inputs, limits)
        except (MontyCrashedError, _UnavailableError):
            try:
                return self._attempt(source, inputs, limits)
            except MontyCrashedError:
                raise CodeLimitError("the code brings the interpreter down") from None

    def _attempt(self, source: str, inputs: dict[str, Any], limits: CodeLimits) -> tuple[Any, str]:
        printed = CollectString(limits.printed_bytes)
        with self._session(limits) as session:
            try:
                value = session.feed_run(source, inputs=inputs, print_callback=printed)
            except MontySyntaxError as error:
                raise of_syntax(error) from None
            except MontyRuntimeError as error:
                raise of_runtime(error, limits) from None
            except MontyCrashedError as error:
                if error.timed_out:
                    raise too_slow(limits) from None
                raise
            return value, printed.output

    @contextmanager
    def _session(self, limits: CodeLimits) -> Iterator[MontySession]:
        asked: ResourceLimits = {
            "max_feed_duration_secs": limits.time_s,
            "max_memory": limits.memory_bytes,
            "max_recursion_depth": limits.depth,
            "max_suspensions": limits.suspensions,
            "max_total_sleep_secs": 0.0,
        }
        with ExitStack() as stack:
            try:
                session = stack.enter_context(self._pool.checkout(limits=asked, os_policy=_POLICY))
            except (MontyError, OSError) as error:
                raise _UnavailableError from error
            if session.worker_pid is not None and session.worker_pid != self._bounded:
                _bound(session.worker_pid)
                self._bounded = session.worker_pid
            yield session


def _bound(pid: int) -> None:
    """What the kernel keeps an interpreter from, should code ever get out of it: memory, files, sockets."""
    with suppress(ProcessLookupError):
        _lower(resource.RLIMIT_AS, bounds.INTERPRETER_BYTES, pid)
        _lower(resource.RLIMIT_NOFILE, _STANDARD_STREAMS, pid)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _lower(kind: int, value: int, pid: int = 0) -> None:
    _, most = resource.prlimit(pid, kind)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.prlimit(pid, kind, (value, value))


def main() -> None:
    """Set the limits that the interpreter inherits, then serve."""
    _lower(resource.RLIMIT_AS, bounds.CHILD_BYTES)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    with Monty(
        min_processes=1,
        max_processes=1,
        max_checkouts_per_worker=_RUNS_PER_INTERPRETER,
        feed_duration_limit_grace=bounds.KILL_AFTER_S,
    ) as pool:
        Child(socket.socket(fileno=0), pool).serve()


if __name__ == "__main__":
    main()
