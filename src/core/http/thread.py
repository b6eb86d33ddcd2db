"""An event loop in a thread, so that synchronous workers share one HTTP client and call side by side."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import weakref
from collections.abc import Collection, Coroutine
from typing import Any, TypeVar

from core.http.client import HttpClient

T = TypeVar("T")

_threads: weakref.WeakSet[HttpThread] = weakref.WeakSet()
_left_by_parents: list[object] = []


class HttpThread:
    """Runs coroutines on a loop of its own. Thread-safe; starts at first use, and anew in a forked child.

    The arguments are those of ``HttpClient``.
    """

    def __init__(
        self,
        *,
        allowed_private: Collection[str] = (),
        user_agent: str = "Wasl",
        max_connections: int = 100,
        per_host: int = 32,
    ) -> None:
        self._options: dict[str, Any] = {
            "allowed_private": allowed_private,
            "user_agent": user_agent,
            "max_connections": max_connections,
            "per_host": per_host,
        }
        self._reset()
        _threads.add(self)

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._client = HttpClient(**self._options)

    @property
    def client(self) -> HttpClient:
        """The client to use inside the submitted coroutines."""
        self._running_loop()
        return self._client

    def submit(self, coro: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Start ``coro`` on the loop; cancelling the future cancels it there."""
        return asyncio.run_coroutine_threadsafe(coro, self._running_loop())

    def run(self, coro: Coroutine[Any, Any, T]) -> T:
        """Run ``coro`` to its end and return its result or raise its exception.

        Raises ``RuntimeError`` when called on the loop's own thread, where it could only wait for itself.
        """
        if threading.current_thread() is self._thread:
            coro.close()
            raise RuntimeError("HttpThread.run was called from its own loop; await instead")
        return self.submit(coro).result()

    def close(self) -> None:
        """Close the connections and end the thread. A later use starts it again."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
            if loop is None or thread is None:
                return
            asyncio.run_coroutine_threadsafe(self._client.close(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    def _after_fork(self) -> None:
        # The thread is not here and the lock may be held by it. What it used is kept, unused: to destroy it would
        # close connections that the parent still works with.
        _left_by_parents.append((self._loop, self._client))
        self._reset()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = _new_loop()
                self._thread = threading.Thread(target=_serve, args=(self._loop,), name="http", daemon=True)
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # uvloop has no build for every platform; the standard loop does the same, slower
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _restart_all() -> None:
    for thread in list(_threads):
        thread._after_fork()


os.register_at_fork(after_in_child=_restart_all)
