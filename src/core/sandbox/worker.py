"""The parent's end of one process that runs code: start, exchange, stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from core.sandbox.errors import SandboxError
from core.templating.wire import READY, receive_frame, send_frame

START_TIMEOUT_S = 30.0
_IMPORT_ROOT = Path(__file__).resolve().parents[2]

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


class WorkerStoppedError(Exception):
    """The process died or had to be killed; it is of no more use."""

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__()
        self.timed_out = timed_out


class Worker:
    """One child process with its interpreter, used by one thread at a time. Raises ``SandboxError`` if it does not start."""

    def __init__(self) -> None:
        self._sock, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-s", "-E", "-m", "core.sandbox.child"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=_IMPORT_ROOT,
                    env={},
                    # One group with its interpreter, so that both can be killed at once; and Ctrl-C is for the parent.
                    start_new_session=True,
                )
            except OSError as error:
                self._sock.close()
                raise SandboxError(f"The process that runs code did not start: {error.strerror}.") from error
        self._reap = weakref.finalize(self, _stop, self._process, self._sock)
        _workers.add(self)
        self._sock.settimeout(START_TIMEOUT_S)
        try:
            ready = receive_frame(self._sock)
        except (OSError, EOFError):
            ready = b""
        if ready != READY:
            self.stop()
            raise SandboxError("The process that runs code did not start.")

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def exchange(self, payload: bytes, *, timeout_s: float) -> dict[str, Any]:
        """Send one request and return its answer. Raises ``WorkerStoppedError``."""
        self._sock.settimeout(timeout_s)
        try:
            send_frame(self._sock, payload)
            answer: dict[str, Any] = orjson.loads(receive_frame(self._sock))
        except (OSError, EOFError) as error:
            self.stop()
            raise WorkerStoppedError(timed_out=isinstance(error, TimeoutError)) from None
        return answer

    def stop(self) -> None:
        """Kill the child and its interpreter, and wait for it."""
        self._reap()

    def disown(self) -> None:
        """Let go of the child without touching it: in a forked process it belongs to the parent."""
        if self._reap.detach():
            self._process.returncode = 0  # or Popen would complain that a process is left running
            self._sock.close()


def _stop(process: subprocess.Popen[bytes], sock: socket.socket) -> None:
    sock.close()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _disown_all() -> None:
    for worker in list(_workers):
        worker.disown()


os.register_at_fork(after_in_child=_disown_all)
