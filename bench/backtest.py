"""``backtest``: a draft tried on stored events by a worker, beside nothing else."""

from __future__ import annotations

import argparse
import time

import psycopg
from psycopg import sql

from bench.installation import installation
from bench.results import emit, say

SUMMARY = "events a second of a back-test"
_LIMIT_S = 600.0
_JOB = "SELECT state, done, result, error FROM {s}.workflow_job"
_LEFT_BEHIND = "SELECT (SELECT count(*) FROM {s}.workflow_workflowexecution) + (SELECT count(*) FROM public.queue_item WHERE state = 0)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--events", type=int, default=20_000, help="stored events (default 20,000)")


def main(options: argparse.Namespace) -> int:
    """One line; status 1 when the job did not end well, or left anything behind."""
    with installation(workers=1) as installed:
        say(f"storing {options.events:,} events")
        tenant = installed.django("bench.prepare_backtest", "--events", str(options.events))
        schema = sql.Identifier(tenant["schema"])
        with psycopg.connect(installed.stack.info.superuser_url, autocommit=True) as connection:
            began = time.monotonic()
            installed.start_workers()
            while time.monotonic() - began < _LIMIT_S:
                state, done, result, error = connection.execute(
                    sql.SQL(_JOB).format(s=schema)
                ).fetchone() or ("", 0, {}, "")
                if state not in ("", "running"):
                    break
                installed.check_alive()
                time.sleep(0.05)
            elapsed = time.monotonic() - began
            time.sleep(0.5)
            left = connection.execute(sql.SQL(_LEFT_BEHIND).format(s=schema)).fetchone()
        report = result["report"]
        emit(
            {
                "scenario": "backtest",
                "events": done,
                "state": state,
                "executions": report["executions"],
                "uses": report["uses"],
                "errors": report["errors"],
                "events_per_s": round(done / elapsed, 1),
                "left_behind": left[0] if left else None,
                "error": error,
            }
        )
    return int(state != "done" or done != options.events or bool(left and left[0]))
