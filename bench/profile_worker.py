"""A worker's loops run by hand under a profiler; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import os
import pstats
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  (needs the apps to be loaded)
from django.db import connection  # noqa: E402

from bench.core import CONTACTS  # noqa: E402
from bench.messages import customers, requests  # noqa: E402
from bench.usage import CpuClock  # noqa: E402
from channels_app.accept.committer import Accepted, Committer  # noqa: E402
from channels_app.accept.routes import route_by_account  # noqa: E402
from channels_app.providers.registry import PROVIDERS  # noqa: E402
from core.http import HttpThread  # noqa: E402
from events.queue.doorbell import host_worker_here  # noqa: E402
from events.queue.drain import Drain  # noqa: E402
from events.queue.pump import Pump  # noqa: E402
from ops.paths import ROOT  # noqa: E402

WARM_UP = 400
_STORED_AT_ONCE = 100


@dataclass(slots=True)
class _Statement:
    count: int = 0
    seconds: float = 0.0


class _Statements:
    """Counts the statements of this thread's connection by their text."""

    def __init__(self) -> None:
        self.by_text: dict[str, _Statement] = defaultdict(_Statement)

    def __call__(self, execute: Callable[..., Any], query: Any, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(query, params, many, context)
        finally:
            text = re.sub(r"s\d+_x\d+", "…", " ".join(str(query).split()))
            text = re.sub(r"\(%s(?:, *%s)*\)(?:, *\(%s(?:, *%s)*\))*", "(…)", text)
            entry = self.by_text[re.sub(r'"', "", text)[:170]]
            entry.count += 1
            entry.seconds += time.perf_counter() - begun


class _Worker:
    """The drain and the pump in one thread, one after the other."""

    def __init__(self) -> None:
        self._drain = Drain()
        self._http = HttpThread(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
        self._pump = Pump(self._http)

    def run(self) -> None:
        """Until nothing is due and nothing flies."""
        while True:
            drained = self._drain.run_once()
            if not drained + self._pump.run_once(wait_s=0.02) + self._pump.flying:
                return

    def close(self) -> None:
        """End the thread of the calls."""
        self._http.close()


async def _store(batch: Sequence[bytes]) -> None:
    """As the accept route does, without its wire and its signature."""
    provider, committer = PROVIDERS.get("whatsapp"), Committer()
    accepted = []
    for request in batch:
        (fragment,) = provider.split(request.partition(b"\r\n\r\n")[2])
        route = await route_by_account("whatsapp", fragment.account_id)
        assert route is not None
        accepted.append(Accepted(route.tenant, route.channel_id, fragment))
    for start in range(0, len(accepted), _STORED_AT_ONCE):
        await committer.store(accepted[start : start + _STORED_AT_ONCE])


def main() -> None:
    """Three stretches of equal work: plain for the clocks, counted for the statements, profiled for the functions."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--account", required=True)
    for name in ("messages", "top", "seed", "postgres", "sink"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    host_worker_here()
    people = customers(CONTACTS)
    worker = _Worker()

    def stored(label: str, count: int) -> None:
        asyncio.run(
            _store(
                requests(
                    label=label, seed=options.seed, count=count, account_ids=[options.account], people=people
                )
            )
        )

    stored("warm-up", WARM_UP)
    worker.run()
    stored("plain", options.messages)
    totals = _clocked(worker, options)
    stored("counted", options.messages)
    statements = _Statements()
    with connection.execute_wrapper(statements):
        worker.run()
    stored("profiled", options.messages)
    profiler = cProfile.Profile()
    profiler.runcall(worker.run)
    worker.close()
    _print_statements(statements, options)
    _print_functions(profiler, options)
    print(json.dumps(totals))


def _clocked(worker: _Worker, options: argparse.Namespace) -> dict[str, Any]:
    families = {
        "postgresql": [options.postgres],
        "sink": [options.sink],
        "worker and children": [os.getpid()],
    }
    before, process, thread, begun = (
        CpuClock.read(families),
        time.process_time(),
        time.thread_time(),
        time.time(),
    )
    worker.run()
    elapsed = time.time() - begun
    main_s, all_s = time.thread_time() - thread, time.process_time() - process
    cpu = CpuClock.read(families).ms_each_since(before, options.messages)
    each = 1_000 / options.messages
    return {
        "executions_per_s": round(options.messages / elapsed, 1),
        "cpu_ms_per_execution": {
            "loops": round(main_s * each, 2),
            "http thread": round((all_s - main_s) * each, 2),
            "sandbox": round(cpu["worker and children"] - all_s * each, 2),
            "postgresql": cpu["postgresql"],
            "sink": cpu["sink"],
            "foreign": cpu["foreign"],
        },
    }


def _print_statements(statements: _Statements, options: argparse.Namespace) -> None:
    ranked = sorted(statements.by_text.items(), key=lambda pair: -pair[1].seconds)
    total = sum(entry.seconds for _, entry in ranked)
    _say(f"\nstatements by time in the call ({total * 1_000 / options.messages:.2f} ms an execution)")
    _say("    ms each exec.  calls   text")
    for text, entry in ranked[: options.top]:
        _say(f"{entry.seconds * 1_000 / options.messages:15.3f} {entry.count:7}   {text}")


def _print_functions(profiler: cProfile.Profile, options: argparse.Namespace) -> None:
    rows = [
        (own, cumulative, calls, _place(function))
        for function, (_, calls, own, cumulative, _) in pstats.Stats(profiler).stats.items()  # type: ignore[attr-defined]
    ]
    total = sum(own for own, *_ in rows)
    each = 1_000 / options.messages
    modules: dict[str, float] = defaultdict(float)
    for own, _, _, place in rows:
        modules[place.partition(":")[0] if ":" in place else "built in"] += own
    _say(f"\nmodules by own time ({total * each:.2f} ms an execution under the profiler)")
    for module, own in sorted(modules.items(), key=lambda pair: -pair[1])[: options.top]:
        _say(f"{own * each:10.3f}   {module}")
    own_of_src = [row for row in rows if row[3].startswith("src/")]
    for title, chosen in (
        ("functions by own time", sorted(rows, key=lambda row: -row[0])),
        ("functions of src/ by time with their callees", sorted(own_of_src, key=lambda row: -row[1])),
    ):
        _say(f"\n{title}")
        _say("    own ms   with callees   calls each   function")
        for own, cumulative, calls, place in chosen[: options.top]:
            _say(f"{own * each:10.3f} {cumulative * each:14.3f} {calls / options.messages:12.2f}   {place}")


def _place(function: tuple[str, int, str]) -> str:
    path, line, name = function
    if path == "~":
        return name
    short = path.removeprefix(f"{ROOT}/").rpartition("site-packages/")[2]
    return f"{short}:{line} {name}"


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
