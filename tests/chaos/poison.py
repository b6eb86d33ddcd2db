"""Poison: customers' messages that break, kill or hang whoever handles their event."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence

from events.models import Event
from events.subscribing import subscribe


def fail() -> None:
    """An ordinary exception."""
    raise RuntimeError("poison")


def kill() -> None:
    """The process is gone, as when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    """The thread never comes back."""
    while True:
        time.sleep(3600)


ACTS: dict[str, Callable[[], None]] = {"raise": fail, "kill": kill, "hang": hang}


# The name puts it behind the engine: what the engine has done with the event by then must be undone as well.
@subscribe("zz-poison", types={"MESSAGE_RECEIVED"})
def taste(events: Sequence[Event]) -> None:
    """Do what the message says."""
    for event in events:
        _, _, dose = str(event.data.get("content", "")).partition("POISON:")
        ACTS.get(dose, lambda: None)()
