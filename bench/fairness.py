"""``fairness``: one tenant's long queue, and how long a hundred quiet tenants wait beside it."""

from __future__ import annotations

import argparse
import time

import psycopg
from psycopg import sql

from bench import load
from bench.counting import Ledger
from bench.installation import Installation, installation
from bench.messages import customers, requests
from bench.results import emit, percentile, say

SUMMARY = "start of a quiet tenant's work beside another's long queue"
CONTACTS = 200
#: Spread over the time in which the long queue is worked off.
QUIET_PER_S = 20.0

_START = """
SELECT extract(epoch FROM x.started_at - d.received_at)::float8
FROM {s}.channels_app_inbounddelivery d, {s}.workflow_workflowexecution x
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--queued", type=int, default=20_000, help="of the busy tenant (default 20,000)")
    parser.add_argument("--quiet", type=int, default=100, help="tenants with one message each (default 100)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default 2)")
    parser.add_argument("--seed", type=int, default=20_261_120)


def main(options: argparse.Namespace) -> int:
    """One line; status 1 when a message has no execution, or the long queue ended before the quiet ones had come."""
    with installation(workers=options.workers) as installed:
        return _run(installed, options)


def _run(installed: Installation, options: argparse.Namespace) -> int:
    say(f"creating {options.quiet + 1} tenants")
    busy, *quiet = installed.django(
        "bench.prepare", "--tenants", str(options.quiet + 1), "--contacts", str(CONTACTS)
    )
    people = customers(CONTACTS)
    installed.start_web()

    def batch(label: str, count: int, accounts: list[str]) -> list[bytes]:
        return requests(label=label, seed=options.seed, count=count, account_ids=accounts, people=people)

    say(f"queueing {options.queued:,} messages of one tenant, with no worker running")
    load.saturating(
        batch("busy", options.queued, [busy["account_id"]]), port=installed.web_port, connections=64
    )
    url = installed.stack.info.superuser_url
    ledger = Ledger(url, tenant_id=busy["tenant_id"], schema=busy["schema"])
    installed.start_workers()
    while not ledger.counts().completed:
        installed.check_alive()
        time.sleep(0.1)
    say(f"the workers are at it; {options.quiet} tenants write, {QUIET_PER_S:g} a second")
    report = load.paced(
        batch("quiet", options.quiet, [tenant["account_id"] for tenant in quiet]),
        port=installed.web_port,
        rate=QUIET_PER_S,
    )
    for tenant in quiet:
        waiting = Ledger(url, tenant_id=tenant["tenant_id"], schema=tenant["schema"])
        waiting.wait_until_idle(installed.check_alive)
        waiting.close()
    left = ledger.queue()[0]
    starts = _starts(url, [tenant["schema"] for tenant in quiet])
    emit(
        {
            "scenario": "fairness",
            "queued_of_busy": options.queued,
            "left_of_busy": left,
            "quiet": options.quiet,
            "quiet_started": len(starts),
            "start_p50_ms": round(percentile(starts, 0.50) * 1_000, 1),
            "start_p99_ms": round(percentile(starts, 0.99) * 1_000, 1),
            "start_max_ms": round(max(starts, default=0.0) * 1_000, 1),
            "accept_p99_ms": report.accept_ms(0.99),
            "workers": options.workers,
        }
    )
    if not left:
        say("WRONG: the busy tenant had nothing left when the quiet ones were done: queue more")
    return 0 if left and len(starts) == options.quiet else 1


def _starts(url: str, schemas: list[str]) -> list[float]:
    """Seconds from the commit of each quiet tenant's one delivery to the start of its execution."""
    with psycopg.connect(url) as connection:
        return [
            row[0]
            for schema in schemas
            for row in connection.execute(sql.SQL(_START).format(s=sql.Identifier(schema)))
        ]
