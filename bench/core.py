"""``core``: a signed message, a condition, a call to the outside, a field set; every row counted afterwards."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench import floor_run, load, sink
from bench.counting import Ledger
from bench.installation import Installation, installation
from bench.load import LoadReport
from bench.messages import Customer, customers, requests
from bench.results import emit, percentile, say

SUMMARY = "completed executions a second and accept latency, beside the floor"
CONTACTS = 2_000
RATES = (20, 100, 300)
FULL_S, QUICK_S = 30.0, 8.0
FULL_MESSAGES, QUICK_MESSAGES = 20_000, 5_000
FULL_RUNS = 3
WARM_UP = 400


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options; ``--quick`` changes the defaults of those left out."""
    parser.add_argument("--quick", action="store_true", help="one short run, under two minutes in all")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default 2)")
    parser.add_argument("--messages", type=int, help=f"of a run at saturation (default {FULL_MESSAGES:,})")
    parser.add_argument("--runs", type=int, help=f"at saturation (default {FULL_RUNS})")
    parser.add_argument(
        "--connections", type=int, default=64, help="at saturation, of the client (default 64)"
    )
    parser.add_argument(
        "--seconds", type=float, help=f"at each offered rate (default {FULL_S:g}); 0 leaves them out"
    )
    parser.add_argument(
        "--floor-drains", type=int, default=2, help="worker processes of the floor (default 2)"
    )
    parser.add_argument("--seed", type=int, default=20_261_120)


def main(options: argparse.Namespace) -> int:
    """Run it all; status 1 when anything was lost or done twice."""
    quick = options.quick
    options.messages = options.messages or (QUICK_MESSAGES if quick else FULL_MESSAGES)
    options.runs = options.runs or (1 if quick else FULL_RUNS)
    options.seconds = options.seconds if options.seconds is not None else (QUICK_S if quick else FULL_S)
    with installation(workers=options.workers) as installed:
        return _Core(installed, options).run()


@dataclass(frozen=True, slots=True)
class _Phase:
    """One measured stretch: ``elapsed_s`` from the first request to the sight of the empty queue."""

    load: LoadReport
    completed: int
    elapsed_s: float
    wrong: list[str]
    end_to_end: list[float]
    cpu_ms: dict[str, float]

    @property
    def per_second(self) -> float:
        return self.completed / self.elapsed_s


class _Core:
    def __init__(self, installed: Installation, options: argparse.Namespace) -> None:
        self._on = installed
        self._options = options
        self._people: list[Customer] = customers(CONTACTS)
        self._tenant: dict[str, str] = {}
        self._ledger: Ledger
        self._own_mb = 0.0
        self._wrong: list[str] = []

    def run(self) -> int:
        """Prepare, then the offered rates, then the runs at saturation, each beside one of the floor."""
        options = self._options
        say(f"preparing {CONTACTS:,} contacts")
        (self._tenant,) = self._on.django(
            "bench.prepare", "--tenants", "1", "--contacts", str(CONTACTS), "--sink", self._on.sink_url
        )
        url = self._on.stack.info.superuser_url
        self._ledger = Ledger(url, tenant_id=self._tenant["tenant_id"], schema=self._tenant["schema"])
        floor_run.make_tables(url, self._people)
        floors = [self._floor("floor-1")]
        self._on.start_web()
        self._on.start_workers()
        say("warming up")
        self._phase("warm-up", WARM_UP, rate=100)
        for rate in RATES if options.seconds else ():
            phase = self._phase(f"offered-{rate}", round(rate * options.seconds), rate=rate)
            self._report(phase, floors[0], offered=rate, load="offered")
        phases: list[_Phase] = []
        for number in range(1, options.runs + 1):
            if number > 1:
                floors.append(self._floor(f"floor-{number}"))
            phases.append(self._phase(f"saturation-{number}", options.messages))
            self._report(
                phases[-1], floors[-1], offered=phases[-1].load.per_second, load="saturation", run=number
            )
        self._summary(phases, floors)
        for line in self._wrong:
            say(f"WRONG: {line}")
        return 1 if self._wrong else 0

    def _floor(self, label: str) -> float:
        batch = self._requests(label, self._options.messages)
        return floor_run.run(
            self._on, batch, connections=self._options.connections, drains=self._options.floor_drains
        )

    def _requests(self, label: str, count: int) -> list[bytes]:
        return requests(
            label=label,
            seed=self._options.seed,
            count=count,
            account_ids=[self._tenant.get("account_id", "")],
            people=self._people,
        )

    def _phase(self, label: str, count: int, *, rate: float | None = None) -> _Phase:
        batch = self._requests(label, count)
        counts, calls, cpu = self._ledger.counts(), sink.count(self._on.sink_port), self._on.cpu()
        if rate is None:
            report = load.saturating(batch, port=self._on.web_port, connections=self._options.connections)
        else:
            report = load.paced(batch, port=self._on.web_port, rate=rate)
        self._look()
        ended_at = self._ledger.wait_until_idle(self._look)
        spent = self._on.cpu()
        made = self._ledger.counts().since(counts)
        called = sink.count(self._on.sink_port).since(calls)
        expected = {
            "deliveries": (made.deliveries, report.accepted),
            "messages": (made.messages, report.accepted),
            "events": (made.events, report.accepted),
            "completed executions": (made.completed, report.accepted),
            "other executions": (made.not_completed, 0),
            "steps": (made.steps, 2 * made.completed),
            "trigger log rows": (made.logs, made.completed),
            "sink calls": (called.calls, made.completed),
            "distinct sink calls": (called.distinct, made.completed),
            "items pending and dead": (sum(self._ledger.queue()), 0),
            "accepted": (report.accepted, count),
        }
        wrong = [f"{label}: {n} {what}, not {m}" for what, (n, m) in expected.items() if n != m]
        if count >= CONTACTS and self._ledger.contacts_set() != CONTACTS:
            wrong.append(f"{label}: the field is set on {self._ledger.contacts_set()} contacts")
        self._wrong += wrong
        elapsed = ended_at - report.began_at
        say(
            f"{label}: {made.completed} of {report.accepted} accepted completed in {elapsed:.1f} s "
            f"({made.completed / elapsed:.0f}/s), accept p95 {report.accept_ms(0.95)} ms"
        )
        return _Phase(
            report,
            made.completed,
            elapsed,
            wrong,
            self._ledger.end_to_end_s(report.began_at),
            spent.ms_each_since(cpu, made.completed),
        )

    def _look(self) -> None:
        self._on.check_alive()
        self._own_mb = max(self._own_mb, self._on.own_mb())

    def _report(self, phase: _Phase, floor: float, *, offered: float, load: str, **extra: Any) -> None:
        report = phase.load
        emit(
            {
                "scenario": "core",
                "load": load,
                "offered_per_s": round(offered, 1),
                "executions_per_s": round(phase.per_second, 1),
                "executions": phase.completed,
                "lost": report.accepted - phase.completed,
                "not_accepted": report.refused + report.broken,
                "accept_p50_ms": report.accept_ms(0.50),
                "accept_p95_ms": report.accept_ms(0.95),
                "accept_p99_ms": report.accept_ms(0.99),
                "client_late_p99_ms": round(percentile(report.lags, 0.99) * 1_000, 2),
                "end_to_end_p50_ms": round(percentile(phase.end_to_end, 0.50) * 1_000, 1),
                "end_to_end_p95_ms": round(percentile(phase.end_to_end, 0.95) * 1_000, 1),
                "rss_mb": self._own_mb,
                "servers_mb": self._on.servers_mb(),
                "floor_per_s": round(floor, 1),
                "ratio_to_floor": round(phase.per_second / floor, 4),
                "cpu_ms_per_execution": phase.cpu_ms,
                "workers": len(self._on.workers),
                "wrong": phase.wrong,
                **extra,
            }
        )

    def _summary(self, phases: Sequence[_Phase], floors: Sequence[float]) -> None:
        """The median run stands for all; its line comes last."""
        rates = sorted(phase.per_second for phase in phases)
        middle = statistics.median_low(rates)
        phase = next(phase for phase in phases if phase.per_second == middle)
        self._report(
            phase,
            statistics.median(floors),
            offered=phase.load.per_second,
            load="median",
            runs=len(phases),
            executions_per_s_min=round(rates[0], 1),
            executions_per_s_max=round(rates[-1], 1),
        )
