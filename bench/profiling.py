"""``profile``: where a worker's time goes, measured inside one process over deliveries stored beforehand."""

from __future__ import annotations

import argparse

from bench import core
from bench.installation import installation
from bench.results import emit, say

SUMMARY = "where the worker's time goes: functions, statements, processes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--messages", type=int, default=3_000, help="to profile (default 3,000)")
    parser.add_argument("--top", type=int, default=40, help="lines of each table (default 40)")
    parser.add_argument("--seed", type=int, default=20_261_120)


def main(options: argparse.Namespace) -> int:
    """Tables on stderr, the totals as one line of JSON."""
    with installation(workers=0) as installed:
        say(f"preparing {core.CONTACTS:,} contacts")
        (tenant,) = installed.django(
            "bench.prepare", "--tenants", "1", "--contacts", str(core.CONTACTS), "--sink", installed.sink_url
        )
        postgres = next(s.pid for s in installed.stack.status() if s.name == "PostgreSQL")
        totals = installed.django(
            "bench.profile_worker",
            *("--account", tenant["account_id"]),
            *("--messages", str(options.messages)),
            *("--top", str(options.top)),
            *("--seed", str(options.seed)),
            *("--postgres", str(postgres)),
            *("--sink", str(installed.supervisor.pid("sink"))),
        )
    emit({"scenario": "profile", **totals})
    return 0
