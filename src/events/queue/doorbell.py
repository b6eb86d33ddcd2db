"""The doorbell: after a commit, wake a worker now instead of at its next poll. Losing it costs a second, never work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from events.queue.models import Pool

log = structlog.get_logger(__name__)

#: Longer than any worker takes to answer; it only coalesces rings, see ``answered``.
_COALESCE_MS = 200

#: Set by a ring; this process's worker loops wait on it.
wakeups: dict[Pool, threading.Event] = {pool: threading.Event() for pool in Pool}

_local = threading.Event()
_client: redis.Redis | None = None
_down_until = 0.0


def _redis() -> redis.Redis:
    global _client
    if _client is None:
        # Tried once: the client's own retries would hold up the caller, whose commit stands, for seconds.
        _client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=0.5,
            socket_timeout=0.5,
            retry=Retry(NoBackoff(), 0),
        )
    return _client


def _key(pool: Pool) -> str:
    return f"wasl:doorbell:{int(pool)}"


def host_worker_here() -> None:
    """Tell the doorbell that this process runs worker loops: local rings then need no Redis."""
    _local.set()


def ring(pools: Iterable[Pool]) -> None:
    """Wake a worker for ``pools``. Never raises: workers poll as well."""

    global _down_until
    pools = set(pools)
    if _local.is_set():
        for pool in pools:
            wakeups[pool].set()
        return
    if time.monotonic() < _down_until:
        return
    try:
        for pool in pools:
            if _redis().set(_key(pool), 1, nx=True, px=_COALESCE_MS):
                _send(pool)
    except (
        Exception
    ) as exc:  # the broker may fail in many ways; none may reach the caller, whose commit stands
        _down_until = time.monotonic() + 1.0
        log.warning("doorbell is out of order, workers poll", error=str(exc))


def _send(pool: Pool) -> None:
    from celery import current_app

    current_app.send_task("events.ring", args=[int(pool)], expires=30, ignore_result=True, retry=False)


def answered(pool: Pool) -> None:
    """A worker begins to look: a later commit must ring again."""
    try:
        _redis().delete(_key(pool))
    except redis.RedisError:
        # The key expires by itself.
        return
