"""Subscriptions: who reacts to which event types."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from core.registry import Registry
from events.models import Event


@dataclass(frozen=True, slots=True)
class Subscription:
    """``wants`` says quickly whether a type matters now, to this tenant; ``handle`` takes a batch in order, inside the
    transaction and scope of its tenant. An exception makes the queue try again, event by event."""

    name: str
    wants: Callable[[str], bool]
    handle: Callable[[Sequence[Event]], None]


SUBSCRIPTIONS: Registry[Subscription] = Registry("subscription", base=Subscription)


def subscribe(
    name: str, *, types: Collection[str] | None = None, wants: Callable[[str], bool] | None = None
) -> Callable[[Callable[[Sequence[Event]], None]], Callable[[Sequence[Event]], None]]:
    """Decorator: call the function with the events of ``types``, or of those for which ``wants(type)`` holds."""
    chosen = frozenset(types or ())

    def register(handle: Callable[[Sequence[Event]], None]) -> Callable[[Sequence[Event]], None]:
        SUBSCRIPTIONS.add(name, Subscription(name, wants or chosen.__contains__, handle))
        return handle

    return register


def anyone_wants(event_type: str) -> bool:
    """Whether an event of this type is worth dispatching in the current tenant."""
    return any(subscription.wants(event_type) for subscription in SUBSCRIPTIONS.values())
