"""A Redis cache that may vanish: while it is away everything is a miss, and what needs it goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import redis
import structlog
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)
T = TypeVar("T")


class MissingIsAMiss(RedisCache):
    """Django's, but without Redis reads find nothing and writes succeed without effect.

    What is counted in it (requests a minute, codes used) is not counted then. Locks on accounts are in the database.
    """

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default``."""
        return _or(lambda: super(MissingIsAMiss, self).get(key, default, version), default)

    def add(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> bool:
        """Whether there was nothing under the key; without Redis, yes."""
        more = {} if timeout is ... else {"timeout": timeout}
        return _or(lambda: super(MissingIsAMiss, self).add(key, value, version=version, **more), True)

    def set(self, key: str, value: Any, timeout: Any = ..., version: int | None = None) -> None:
        """Keep it, if possible."""
        more = {} if timeout is ... else {"timeout": timeout}
        _or(lambda: super(MissingIsAMiss, self).set(key, value, version=version, **more), None)

    def delete(self, key: str, version: int | None = None) -> bool:
        """Whether it was there."""
        return _or(lambda: super(MissingIsAMiss, self).delete(key, version), False)


def _or(ask: Callable[[], T], otherwise: T) -> T:
    try:
        return ask()
    except redis.RedisError as exc:
        log.warning("the cache is away", error=str(exc))
        return otherwise
