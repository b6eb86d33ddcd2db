"""The parent's end of one rendering process: start, exchange, stop."""

from __future__ import annotations

import mmap
import os
import socket
import subprocess
import sys
import tempfile
import time
import weakref
from pathlib import Path
from typing import Any

import orjson

from core.templating.errors import TemplateEngineError
from core.templating.wire import POSITION, READY, receive_frame, send_frame

START_TIMEOUT_S = 30.0
#: How often a working child is looked at.
LOOK_EVERY_S = 0.25
_IMPORT_ROOT = Path(__file__).resolve().parents[2]

_workers: weakref.WeakSet[Worker] = weakref.WeakSet()


class ChildStoppedError(Exception):
    """The child died or had to be killed while it worked on job ``position``."""

    def __init__(self, position: int, *, timed_out: bool) -> None:
        super().__init__()
        self.position = position
        self.timed_out = timed_out


class Worker:
    """One child process, used by one thread at a time. Raises ``TemplateEngineError`` when it does not start."""

    def __init__(self, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        with tempfile.TemporaryFile() as file:
            file.truncate(POSITION.size)
            self._progress = mmap.mmap(file.fileno(), POSITION.size)
            self._sock, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module, no shell, no input in the command
                    [sys.executable, "-s", "-E", "-m", "core.templating.child", str(file.fileno())],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=_IMPORT_ROOT,
                    env={},
                    pass_fds=[file.fileno()],
                )
        self._reap = weakref.finalize(self, _stop, self._process, self._sock)
        _workers.add(self)
        self._sock.settimeout(START_TIMEOUT_S)
        try:
            ready = receive_frame(self._sock)
        except (OSError, EOFError):
            ready = b""
        if ready != READY:
            self.stop()
            raise TemplateEngineError

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def exchange(self, payload: bytes) -> dict[str, Any]:
        """Send one request and return its answer. Raises ``ChildStoppedError``; the worker is then of no more use."""
        POSITION.pack_into(self._progress, 0, 0)
        watch = _Watch(self._progress, self._timeout_s)
        try:
            self._sock.settimeout(START_TIMEOUT_S)
            send_frame(self._sock, payload)
            self._sock.settimeout(min(self._timeout_s, LOOK_EVERY_S))
            answer: dict[str, Any] = orjson.loads(receive_frame(self._sock, on_idle=watch.look))
        except (OSError, EOFError) as error:
            self.stop()
            timed_out = isinstance(error, _StuckError)
            raise ChildStoppedError(watch.position(), timed_out=timed_out) from None
        return answer

    def stop(self) -> None:
        """Kill the child and wait for it."""
        self._reap()

    def disown(self) -> None:
        """Let go of the child without touching it: in a forked process it belongs to the parent."""
        if self._reap.detach():
            self._process.returncode = 0  # or Popen would complain that a process is left running
            self._sock.close()


class _StuckError(OSError):
    """The child has been at one job for too long."""


class _Watch:
    """Tells a child that is at work from one that is stuck."""

    def __init__(self, progress: mmap.mmap, timeout_s: float) -> None:
        self._progress = progress
        self._timeout_s = timeout_s
        self._seen = 0
        self._since = time.monotonic()

    def position(self) -> int:
        return int(POSITION.unpack_from(self._progress, 0)[0])

    def look(self) -> None:
        """Raise ``_StuckError`` when the position has not moved for the allowed time."""
        position, now = self.position(), time.monotonic()
        if position != self._seen:
            self._seen, self._since = position, now
        elif now - self._since >= self._timeout_s:
            raise _StuckError


def _stop(process: subprocess.Popen[bytes], sock: socket.socket) -> None:
    sock.close()
    process.kill()
    process.wait()


def _disown_all() -> None:
    for worker in list(_workers):
        worker.disown()


os.register_at_fork(after_in_child=_disown_all)
