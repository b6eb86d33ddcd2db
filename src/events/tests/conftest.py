"""Subscriptions of a test's own, and the drain that works them off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from events.queue.drain import Drain
from events.subscribing import SUBSCRIPTIONS, Subscription


@pytest.fixture
def only_subscription(monkeypatch: pytest.MonkeyPatch) -> Callable[[Subscription], Subscription]:
    """``only_subscription(subscription)``: nobody else reacts to anything for the length of the test."""

    def install(subscription: Subscription) -> Subscription:
        monkeypatch.setattr(SUBSCRIPTIONS, "_items", {subscription.name: subscription})
        return subscription

    return install


@pytest.fixture
def work() -> Callable[[], int]:
    """``work()`` does everything that is due in the internal pool."""
    return lambda: Drain().run_until_empty()
