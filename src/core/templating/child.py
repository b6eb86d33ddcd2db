"""The process that renders templates: reads batches on its standard input, a socket, and answers there.

Started as ``python -m core.templating.child <descriptor>``; the descriptor is an eight-byte file where it notes, for
the parent to see when it has to stop the process, which job of the batch it is at.

A request is ``{"check": bool, "sources": [str], "contexts": [object], "jobs": [[source index, context index]]}``. The
answer is ``{"results": [...], "leaving": bool}``: one result for each of the first jobs (all of them unless the
answer grew large), either the text or ``{"error": str, "line": int | null}``.
"""

from __future__ import annotations

import mmap
import resource
import signal
import socket
import sys
import time
from types import FrameType
from typing import Any

import orjson

from core.templating import limits
from core.templating.engine import Engine
from core.templating.errors import TemplateError
from core.templating.wire import POSITION, READY, receive_frame, send_frame


class _OutOfTimeError(BaseException):
    """Not an ``Exception``, so that no handler inside the template library swallows it."""


class Clock:
    """Bounds the processor time of one job: first by an exception between two bytecodes, then by the kernel."""

    def __init__(self) -> None:
        self._armed = False
        signal.signal(signal.SIGPROF, self._ring)

    def __enter__(self) -> None:
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        kill_at = int(time.process_time()) + limits.CPU_KILL_S
        resource.setrlimit(
            resource.RLIMIT_CPU, (kill_at if most == resource.RLIM_INFINITY else min(kill_at, most), most)
        )
        self._armed = True
        signal.setitimer(signal.ITIMER_PROF, limits.CPU_S, 0.2)

    def __exit__(self, *exc_info: object) -> None:
        self._armed = False
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            raise _OutOfTimeError


class Child:
    """Serves batches until the parent goes away."""

    def __init__(self, sock: socket.socket, progress: mmap.mmap) -> None:
        self._sock = sock
        self._progress = progress
        self._engine = Engine()
        self._clock = Clock()
        self._leaving = False

    def serve(self) -> None:
        """Answer requests one after the other."""
        send_frame(self._sock, READY)
        while not self._leaving:
            try:
                request = orjson.loads(receive_frame(self._sock))
            except EOFError:
                return
            results = self._batch(request)
            send_frame(self._sock, orjson.dumps({"results": results, "leaving": self._leaving}))

    def _batch(self, request: dict[str, Any]) -> list[Any]:
        sources, contexts = request["sources"], request["contexts"]
        results: list[Any] = []
        size = 0
        # One template for hundreds of contacts: having run out of time once is enough.
        slow: dict[int, dict[str, Any]] = {}
        for position, (source, context) in enumerate(request["jobs"]):
            POSITION.pack_into(self._progress, 0, position)
            result = slow.get(source)
            if result is None:
                result = self._job(sources[source], contexts[context], check=request["check"])
                if isinstance(result, dict) and result.get("slow"):
                    slow[source] = result
            results.append(result)
            size += len(result)
            if size > limits.BATCH_BYTES or self._leaving:
                break
        return results

    def _job(self, source: str, context: dict[str, Any], *, check: bool) -> Any:
        try:
            with self._clock:
                if check:
                    self._engine.check(source)
                    return ""
                text = self._engine.render(source, context)
                text.encode()  # an unpaired surrogate would spoil the answer of the whole batch
                return text
        except TemplateError as error:
            return {"error": error.reason, "line": error.line}
        except UnicodeEncodeError:
            return {"error": "the template makes text that is not Unicode", "line": None}
        except MemoryError:
            # The heap may be in pieces now: a fresh process serves the rest.
            self._leaving = True
            self._engine.forget()
            return {"error": "the template needs too much memory", "line": None}
        except _OutOfTimeError:
            return {"error": "the template takes too long", "line": None, "slow": True}


def main() -> None:
    """Set the limits that the kernel keeps, then serve."""
    _limit(resource.RLIMIT_AS, limits.MEMORY_BYTES)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the socket
    progress = mmap.mmap(int(sys.argv[1]), POSITION.size)
    Child(socket.socket(fileno=0), progress).serve()


def _limit(kind: int, value: int) -> None:
    _, most = resource.getrlimit(kind)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
