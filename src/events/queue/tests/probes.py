"""Handlers for tests: what they do to an item is told by its ref, what they did is a row in the tenant's schema."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from core.errors import RetryableError
from core.retry import RetryPolicy
from events.models import Event
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Handler, InternalHandler, Outcome

KIND = "test.probe"
OTHER_KIND = "test.other"
CALL_KIND = "test.call"
EFFECT = "EFFECT"
BURIED = "BURIED"
INTENT = "INTENT"

#: The exact delays of a probe's failures: 10 s, then 20 s.
RETRY = RetryPolicy(attempts=3, backoff_s=10.0, multiplier=2.0, max_backoff_s=60.0, jitter=0.0)

_order = itertools.count()


def record(type_: str, item: Claimed, **data: object) -> None:
    """Write what happened where the item's tenant can see it."""
    Event.objects.create(
        type=type_,
        occurred_at=datetime.now(UTC),
        data={"ref": item.ref, "n": next(_order), "attempt": item.attempts, **data},
    )


def refs(type_: str = EFFECT) -> list[str]:
    """The refs of what happened in the current tenant, in order."""
    rows = Event.objects.filter(type=type_).values_list("data", flat=True)
    return [data["ref"] for data in sorted(rows, key=lambda data: data["n"])]


class Probe(InternalHandler):
    """Records an effect for each item; ``acts[ref]`` is called first and may raise or worse."""

    kind = KIND
    retry = RETRY

    def __init__(self) -> None:
        self.acts: dict[str, Callable[[], object]] = {}
        self.batches: list[list[str]] = []

    def handle(self, items: Sequence[Claimed]) -> None:
        self.batches.append([item.ref for item in items])
        for item in items:
            # The effect first, so that it is there to be rolled back.
            record(EFFECT, item)
            self.acts.get(item.ref, lambda: None)()

    def on_dead(self, item: Claimed, error: str) -> None:
        record(BURIED, item, error=error)
        self.acts.get(f"bury {item.ref}", lambda: None)()


class OtherProbe(Probe):
    """A second kind."""

    kind = OTHER_KIND


class CallProbe(ExternalHandler):
    """Records an intent, calls ``outside(ref)``, records the effect with the value that came back."""

    kind = CALL_KIND
    retry = RETRY

    def __init__(self) -> None:
        self.outside: Callable[[str], object] = lambda ref: f"answer to {ref}"
        self.acts: dict[str, Callable[[], object]] = {}
        self.prepared: list[list[str]] = []
        self.again: dict[str, RetryableError] = {}

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        self.prepared.append([item.ref for item in items])
        calls = []
        for item in items:
            earlier = Event.objects.filter(type=INTENT, data__ref=item.ref).exists()
            record(INTENT, item, earlier=earlier)
            self.acts.get(f"prepare {item.ref}", lambda: None)()
            if not item.ref.startswith("quiet"):
                calls.append(Call(item, self._perform(item.ref)))
        return calls

    def _perform(self, ref: str) -> Callable[..., object]:
        async def perform(http: object) -> object:
            value = self.outside(ref)
            return await value if hasattr(value, "__await__") else value

        return perform

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        for outcome in outcomes:
            if outcome.item.ref not in self.again:
                record(EFFECT, outcome.item, value=str(outcome.value), error=repr(outcome.error))
            self.acts.get(f"settle {outcome.item.ref}", lambda: None)()
        return {o.item.id: self.again[o.item.ref] for o in outcomes if o.item.ref in self.again}

    def on_dead(self, item: Claimed, error: str) -> None:
        record(BURIED, item, error=error)


def register(handler: Handler) -> None:
    """Put a probe into the registry of this process."""
    HANDLERS.add(handler.kind, handler)


def die() -> None:
    """End this process as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
