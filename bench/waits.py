"""``waits``: many waiting executions, what they cost while they wait, and how late they are released."""

from __future__ import annotations

import argparse
import time

import psycopg
from psycopg import sql

from bench.counting import Ledger
from bench.installation import Installation, installation
from bench.results import emit, percentile, say

SUMMARY = "a hundred thousand waiting executions: cost at rest, and lateness of their release"
#: How long to watch the processes while nothing is due.
_REST_S = 10.0

_LATENESS = """
SELECT extract(epoch FROM s.ended_at - (s.output->>'until')::timestamptz)::float8
FROM {s}.workflow_actionexecution s WHERE s.action = 'wait' AND s.state = 'completed'
"""
_SIZES = """
SELECT pg_total_relation_size('public.queue_item') + pg_total_relation_size('public.queue_lane'),
       pg_total_relation_size('{s}.workflow_workflowexecution') + pg_total_relation_size('{s}.workflow_actionexecution')
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--waiting", type=int, default=100_000, help="executions (default 100,000)")
    parser.add_argument(
        "--span", type=float, default=250.0, help="seconds over which they are due (default 250)"
    )
    parser.add_argument("--workers", type=int, default=2, help="worker processes (default 2)")


def main(options: argparse.Namespace) -> int:
    """One line; status 1 when an execution was lost, released twice or too early."""
    with installation(workers=options.workers) as installed:
        return _run(installed, options)


def _run(installed: Installation, options: argparse.Namespace) -> int:
    say(f"making {options.waiting:,} executions that wait")
    began = time.monotonic()
    tenant = installed.django(
        "bench.prepare_waits", "--waiting", str(options.waiting), "--span", str(options.span)
    )
    made_s = time.monotonic() - began
    url = installed.stack.info.superuser_url
    ledger = Ledger(url, tenant_id=tenant["tenant_id"], schema=tenant["schema"])
    installed.start_workers()
    time.sleep(3.0)  # they connect
    cpu = installed.cpu()
    time.sleep(_REST_S)
    rest = installed.cpu().ms_each_since(cpu, 1)
    with psycopg.connect(url, autocommit=True) as connection:
        sizes = connection.execute(_SIZES.replace("{s}", tenant["schema"])).fetchone()
        say(
            f"at rest {rest} ms of CPU in {_REST_S:g} s; the first is due in {tenant['due_at'] - time.time():.0f} s"
        )
        # Not one by one through the ledger's patience: nothing ends until the first is due.
        while time.time() < tenant["due_at"]:
            installed.check_alive()
            time.sleep(0.5)
        cpu = installed.cpu()
        ended = ledger.wait_until_idle(installed.check_alive)
        spent = installed.cpu().ms_each_since(cpu, options.waiting)
        late = [
            row[0]
            for row in connection.execute(sql.SQL(_LATENESS).format(s=sql.Identifier(tenant["schema"])))
        ]
    counts = ledger.counts()
    emit(
        {
            "scenario": "waits",
            "waiting": options.waiting,
            "span_s": options.span,
            "due_per_s": round(options.waiting / options.span, 1),
            "released": len(late),
            "completed": counts.completed,
            "too_early": sum(seconds < 0 for seconds in late),
            "late_p50_ms": round(percentile(late, 0.50) * 1_000, 1),
            "late_p99_ms": round(percentile(late, 0.99) * 1_000, 1),
            "late_max_ms": round(max(late, default=0.0) * 1_000, 1),
            "all_done_after_last_due_s": round(ended - tenant["due_at"] - options.span, 2),
            "cpu_ms_at_rest_per_s": {name: round(ms / _REST_S, 2) for name, ms in rest.items()},
            "cpu_ms_per_release": spent,
            "queue_bytes_each": round((sizes or (0, 0))[0] / options.waiting),
            "rows_bytes_each": round((sizes or (0, 0))[1] / options.waiting),
            "making_s": round(made_s, 1),
            "rss_mb": installed.own_mb(),
        }
    )
    good = len(late) == counts.completed == options.waiting and min(late, default=-1.0) >= 0
    return 0 if good else 1
