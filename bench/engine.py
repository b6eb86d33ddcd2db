"""``engine``: workloads of one engine side by side, each counted afterwards, beside the floor of the same run."""

from __future__ import annotations

import argparse
import json
from typing import Any

from bench import floor_run, load, sink
from bench.counting import Ledger
from bench.installation import Installation, installation
from bench.messages import customers, requests
from bench.results import emit, say
from bench.workloads import WORKLOADS, Workload

SUMMARY = "executions a second of several workloads: three steps, pure, twenty triggers, a thousand workflows"
CONTACTS = 2_000
FULL_MESSAGES, QUICK_MESSAGES = 10_000, 3_000
WARM_UP = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--quick", action="store_true", help="fewer messages")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default 2)")
    parser.add_argument("--messages", type=int, help=f"of each workload (default {FULL_MESSAGES:,})")
    parser.add_argument("--connections", type=int, default=64, help="of the client (default 64)")
    parser.add_argument("--only", nargs="*", choices=sorted(WORKLOADS), help="these workloads")
    parser.add_argument("--seed", type=int, default=20_261_120)


def main(options: argparse.Namespace) -> int:
    """Each workload in turn; status 1 when anything was lost or done twice."""
    options.messages = options.messages or (QUICK_MESSAGES if options.quick else FULL_MESSAGES)
    with installation(workers=options.workers) as installed:
        return _Engine(installed, options).run()


class _Engine:
    def __init__(self, installed: Installation, options: argparse.Namespace) -> None:
        self._on = installed
        self._options = options
        self._people = customers(CONTACTS)
        self._url = installed.stack.info.superuser_url
        self._wrong: list[str] = []

    def run(self) -> int:
        """The floor first, then the workloads."""
        chosen = [WORKLOADS[name] for name in self._options.only or WORKLOADS]
        say(f"preparing {len(chosen)} tenants of {CONTACTS:,} contacts")
        tenants: dict[str, dict[str, str]] = self._on.django(
            "bench.prepare_engine", json.dumps([load.name for load in chosen]), "--contacts", str(CONTACTS), "--sink", self._on.sink_url
        )  # fmt: skip
        floor_run.make_tables(self._url, self._people)
        floor = floor_run.run(
            self._on, self._requests("floor", self._options.messages, ""), connections=64, drains=2
        )
        self._on.start_web()
        self._on.start_workers()
        for workload in chosen:
            tenant = tenants[workload.name]
            ledger = Ledger(self._url, tenant_id=tenant["tenant_id"], schema=tenant["schema"])
            self._phase(workload, tenant, ledger, "warm-up", WARM_UP)
            emit(
                {
                    "scenario": "engine",
                    "workload": workload.name,
                    **self._phase(workload, tenant, ledger, "run", self._options.messages),
                    "floor_per_s": round(floor, 1),
                    "rss_mb": self._on.own_mb(),
                }
            )
            ledger.close()
        for line in self._wrong:
            say(f"WRONG: {line}")
        return 1 if self._wrong else 0

    def _requests(self, label: str, count: int, account_id: str) -> list[bytes]:
        return requests(
            label=label, seed=self._options.seed, count=count, account_ids=[account_id], people=self._people
        )

    def _phase(
        self, workload: Workload, tenant: dict[str, str], ledger: Ledger, label: str, count: int
    ) -> dict[str, Any]:
        batch = self._requests(f"{workload.name}-{label}", count, tenant["account_id"])
        before, calls, cpu = ledger.counts(), sink.count(self._on.sink_port), self._on.cpu()
        report = load.saturating(batch, port=self._on.web_port, connections=self._options.connections)
        elapsed = ledger.wait_until_idle(self._on.check_alive) - report.began_at
        spent = self._on.cpu()
        made = ledger.counts().since(before)
        called = sink.count(self._on.sink_port).since(calls)
        expected = {
            "accepted": (report.accepted, count),
            "completed executions": (made.completed, workload.executions * count),
            "other executions": (made.not_completed, 0),
            "steps": (made.steps, workload.steps * count),
            "trigger log rows": (made.logs, workload.executions * count),
            "sink calls": (called.calls, workload.calls * count),
            "distinct sink calls": (called.distinct, workload.calls * count),
            "items pending and dead": (sum(ledger.queue()), 0),
        }
        self._wrong += [
            f"{workload.name} {label}: {n} {what}, not {m}" for what, (n, m) in expected.items() if n != m
        ]
        say(
            f"{workload.name} {label}: {made.completed} executions in {elapsed:.1f} s ({made.completed / elapsed:.0f}/s)"
        )
        return {
            "summary": workload.summary,
            "messages": count,
            "messages_per_s": round(count / elapsed, 1),
            "executions_per_s": round(made.completed / elapsed, 1),
            "lost": workload.executions * report.accepted - made.completed,
            "cpu_ms_per_message": spent.ms_each_since(cpu, count),
        }
