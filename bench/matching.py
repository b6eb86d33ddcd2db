"""``matching``: what it costs to find the workflows that an event starts."""

from __future__ import annotations

import argparse

from bench.installation import installation
from bench.results import emit

SUMMARY = "microseconds to match an event, by how many workflows are active"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--events", type=int, default=2_000, help="per measurement (default 2,000)")
    parser.add_argument("--batch", type=int, default=200, help="events matched at once (default 200)")


def main(options: argparse.Namespace) -> int:
    """A line for each workload; status 1 when one matched something else than it should."""
    wrong = False
    with installation(workers=0) as installed:
        for line in installed.django(
            "bench.measure_matching", "--events", str(options.events), "--batch", str(options.batch)
        ):
            wrong |= line.pop("wrong")
            emit({"scenario": "matching", **line})
    return int(wrong)
