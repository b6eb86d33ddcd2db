"""``./wasl test``: the test suite on a stack of its own; arguments go to pytest."""

from __future__ import annotations

import sys

from ops.environment import process_env
from ops.foreground import run_foreground
from ops.throwaway import throwaway_stack


def main(argv: list[str]) -> int:
    """Run pytest and return its exit status."""
    print("starting a PostgreSQL and a Redis for the tests …", file=sys.stderr)
    with throwaway_stack() as stack:
        env = process_env(stack.info, settings="test") | {"DATABASE_SUPERUSER_URL": stack.info.superuser_url}
        return run_foreground([sys.executable, "-m", "pytest", *argv], env)
