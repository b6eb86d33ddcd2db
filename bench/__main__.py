"""``python -m bench <scenario>``: what ``./wasl bench`` starts."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from types import FrameType

from ops.errors import OpsError

SCENARIOS = {
    "core": "bench.core",
    "engine": "bench.engine",
    "waits": "bench.waits",
    "matching": "bench.matching",
    "backtest": "bench.backtest",
    "tenants": "bench.tenants",
    "fairness": "bench.fairness",
    "profile": "bench.profiling",
    "ui": "bench.ui",
}


def main(argv: list[str]) -> int:
    """Run the scenario that ``argv`` names and return its exit status."""
    parser = argparse.ArgumentParser(prog="./wasl bench", description="Results are JSON lines on stdout.")
    commands = parser.add_subparsers(required=True, metavar="scenario")
    for name, path in SCENARIOS.items():
        module = importlib.import_module(path)
        command = commands.add_parser(name, help=module.SUMMARY, description=module.SUMMARY)
        module.add_arguments(command)
        command.set_defaults(run=module.main)
    options = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(options.run(options))
    except OpsError as error:
        print(f"\nwasl bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Leave by the way that stops every process and server."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
