"""A worker in a process of its own that dies at its ``n``-th batch: when all is written and nothing committed, or just after."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from typing import Any

import django


def main(point: str, number: int) -> None:
    django.setup()
    from events.queue import drain

    finish, batch, counted = drain.finish, drain._run_batch, itertools.count(1)

    def die_at(here: str) -> None:
        if here == point and next(counted) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def finishing(*args: Any, **kwargs: Any) -> None:
        finish(*args, **kwargs)
        die_at("before")

    def running(leases: Any) -> None:
        batch(leases)
        die_at("after")

    drain.finish, drain._run_batch = finishing, running
    drain.Drain().run_until_empty()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
