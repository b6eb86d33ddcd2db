"""What can be done with an item: internal handlers work in the database, external ones call the outside."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from core.errors import RetryableError
from core.http import HttpClient
from core.registry import Registry
from core.retry import RetryPolicy
from events.queue.models import Pool


@dataclass(frozen=True, slots=True)
class Claimed:
    """An item in a worker's hands. ``attempts`` counts this attempt too."""

    id: int
    tenant_id: uuid.UUID
    lane: str
    kind: str
    ref: str
    attempts: int


class Handler(ABC):
    """Base of both sorts. ``retry`` is the schedule of attempts; when it is used up the item is dead."""

    kind: ClassVar[str]
    pool: ClassVar[Pool]
    retry: ClassVar[RetryPolicy] = RetryPolicy(
        attempts=5, backoff_s=1.0, multiplier=3.0, max_backoff_s=300.0, jitter=0.2
    )

    def on_dead(self, item: Claimed, error: str) -> None:  # noqa: B027  (most have nothing to add)
        """Called in the transaction that gives an item up. The default leaves it to the dead letters."""


class InternalHandler(Handler):
    """Work in the database alone: its effect, and the item's end, are one transaction, so it happens exactly once."""

    pool = Pool.INTERNAL

    @abstractmethod
    def handle(self, items: Sequence[Claimed]) -> None:
        """Do the work of ``items`` (one tenant's, in lane order) inside the caller's transaction and tenant scope.

        Any exception rolls all of it back; the items are then tried one by one, and only the guilty fails.
        """


Perform = Callable[[HttpClient], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call to the outside, ready to be made: everything that it needs has been read and committed.

    ``memo`` is handed to ``settle`` with the outcome, to save it from reading again what ``prepare`` has read."""

    item: Claimed
    perform: Perform
    memo: Any = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: a ``value``, or the ``error`` that it raised."""

    item: Claimed
    value: Any = None
    error: BaseException | None = None
    memo: Any = None


class TryAgain(RetryableError):  # noqa: N818  (a verdict, not a fault)
    """The call did not work out and is worth another attempt."""


class ExternalHandler(Handler):
    """Work that leaves this machine: intent committed, then the call with no transaction open, then its result.

    After a crash between the two, ``prepare`` sees the intent that an earlier attempt left and decides what it means.
    """

    pool = Pool.EXTERNAL

    @abstractmethod
    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """Record the intents (this transaction commits before any call) and return the calls. Items without a call
        are finished."""

    @abstractmethod
    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Record the results in one transaction. Return, by item id, those to be tried again and why."""


HANDLERS: Registry[Handler] = Registry("item kind", base=Handler)


def retry_policy(kind: str) -> RetryPolicy:
    """The kind's schedule of attempts. A kind that this release does not know (yet, or any more) gets the default."""
    handler = HANDLERS.find(kind)
    return handler.retry if handler is not None else Handler.retry
