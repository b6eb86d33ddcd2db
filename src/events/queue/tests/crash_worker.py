"""A worker in a process of its own that works until nothing is due; items whose ref says so kill it on the way."""

from __future__ import annotations

import sys

import django


def main(pool: str) -> None:
    django.setup()
    from django.conf import settings

    from core.http import HttpThread
    from events.queue.drain import Drain
    from events.queue.pump import Pump
    from events.queue.tests.probes import CallProbe, Probe, die, register

    probe, call = Probe(), CallProbe()
    probe.acts["killer"] = die
    # The call itself reaches the outside; the process dies before the answer is recorded.
    call.outside = lambda ref: die() if ref.startswith("killer") else ref
    register(probe)
    register(call)
    if pool == "internal":
        Drain().run_until_empty()
        return
    http = HttpThread(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
    Pump(http).run_until_empty()
    http.close()


if __name__ == "__main__":
    main(sys.argv[1])
