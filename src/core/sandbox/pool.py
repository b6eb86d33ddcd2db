"""The sandbox that the rest of the code uses: source and values in, a value or an error out, whatever the code does."""

from __future__ import annotations

import os
import queue
import re
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from core.sandbox.errors import KINDS, CodeLimitError, CodeSyntaxError, SandboxError
from core.sandbox.limits import DEFAULT, GIVE_UP_AFTER_S, CodeLimits
from core.sandbox.plain import encode
from core.sandbox.worker import Worker, WorkerStoppedError

_NAME = re.compile(r"[^\W\d]\w*")

_sandboxes: weakref.WeakSet[Sandbox] = weakref.WeakSet()


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What a run gave: its value as plain JSON, the text that it printed, and the milliseconds that it took."""

    value: Any
    printed: str
    duration_ms: float


class Sandbox:
    """Runs tenants' Python in up to ``size`` child processes, started when first needed.

    Thread-safe, and usable on both sides of a fork. Nothing of one run is left for the next. ``wait_s`` is how long a
    caller waits for a free process.
    """

    def __init__(self, size: int = 2, wait_s: float = 30.0) -> None:
        self._size = size
        self._wait_s = wait_s
        self._open()
        _sandboxes.add(self)

    def run(self, source: str, *, inputs: Mapping[str, Any], limits: CodeLimits = DEFAULT) -> CodeResult:
        """Run ``source`` with each of ``inputs`` as a variable; its value is what a ``return`` outside of functions gives,
        or the last line if that is an expression.

        Inputs are JSON-like (dates, decimals and UUIDs go in as text); one whose name the source does not mention stays
        out. Raises ``CodeError``, which says what to change, and ``SandboxError``.
        """
        answer = self._ask("run", source, inputs, limits)
        return CodeResult(answer["value"], answer["printed"], answer["duration_ms"])

    def check(self, source: str) -> None:
        """Raise the ``CodeError`` of a mistake that can be seen without running: syntax, grammar and modules that the
        sandbox does not have. Raises ``SandboxError`` too."""
        self._ask("check", source, {}, DEFAULT)

    def close(self) -> None:
        """Stop the processes that are not at work. A later use starts new ones."""
        for _ in range(self._slots.qsize()):
            try:
                worker = self._slots.get_nowait()
            except queue.Empty:  # another thread took it meanwhile
                return
            if worker is not None:
                worker.stop()
            self._slots.put(None)

    def _ask(self, task: str, source: str, inputs: Mapping[str, Any], limits: CodeLimits) -> dict[str, Any]:
        payload = _request(task, source, inputs, limits)
        with self._slot() as slot:
            answer = slot.exchange(payload, timeout_s=limits.time_s + GIVE_UP_AFTER_S)
        if "unavailable" in answer:
            raise SandboxError("No interpreter could be started.")
        if "error" in answer:
            raise KINDS[answer["error"]](answer["reason"], line=answer["line"], column=answer["column"])
        return answer

    def _open(self) -> None:
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._slots.put(None)

    def _after_fork(self) -> None:
        # The children belong to the parent, and the queue's lock may be held by a thread that is not here.
        self._open()

    @contextmanager
    def _slot(self) -> Iterator[_Slot]:
        try:
            slot = _Slot(self._slots.get(timeout=self._wait_s))
        except queue.Empty:
            raise SandboxError(f"The sandbox was busy for {self._wait_s:g} s.") from None
        try:
            yield slot
        except BaseException:
            slot.drop()  # an exchange cut short leaves an answer in the socket
            raise
        finally:
            self._slots.put(slot.worker)


class _Slot:
    """A place for one worker, which is replaced when it falls."""

    def __init__(self, worker: Worker | None) -> None:
        self.worker = worker

    def exchange(self, payload: bytes, *, timeout_s: float) -> dict[str, Any]:
        """The child's answer. A child that died is replaced once: code has no effects, so it may run again."""
        for attempts_left in (1, 0):
            if self.worker is None:
                self.worker = Worker()
            try:
                answer = self.worker.exchange(payload, timeout_s=timeout_s)
            except WorkerStoppedError as stopped:
                self.worker = None
                if stopped.timed_out or not attempts_left:
                    break
                continue
            if answer["leaving"]:
                self.drop()
            return answer
        raise SandboxError("The process that runs code died or did not answer in time.")

    def drop(self) -> None:
        if self.worker is not None:
            self.worker.stop()
            self.worker = None


def _request(task: str, source: str, inputs: Mapping[str, Any], limits: CodeLimits) -> bytes:
    if len(source) > limits.source_bytes:
        raise _too_long(limits)
    mentioned = set(_NAME.findall(source))
    encoded = encode(
        {name: inputs[name] for name in inputs if name in mentioned}, "the input", limits.input_bytes
    )
    try:
        payload = orjson.dumps(
            {"task": task, "source": source, "inputs": orjson.Fragment(encoded), "limits": asdict(limits)}
        )
        if len(source.encode()) > limits.source_bytes:
            raise _too_long(limits)
    except (UnicodeEncodeError, TypeError):
        raise CodeSyntaxError("the code is not Unicode text") from None
    return payload


def _too_long(limits: CodeLimits) -> CodeLimitError:
    return CodeLimitError(f"the code is larger than {limits.source_bytes // 1024} KB")


def _forget_children() -> None:
    for sandbox in list(_sandboxes):
        sandbox._after_fork()


os.register_at_fork(after_in_child=_forget_children)
