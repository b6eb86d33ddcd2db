"""``./wasl chaos isolation``: the heavy form of the isolation tests, on servers of their own."""

from __future__ import annotations

import sys

from ops.environment import process_env
from ops.foreground import run_foreground
from ops.throwaway import throwaway_stack


def main(argv: list[str]) -> int:
    """Run pytest over what is marked ``heavy``; arguments go to pytest."""
    with throwaway_stack() as stack:
        env = process_env(stack.info, settings="test") | {"DATABASE_SUPERUSER_URL": stack.info.superuser_url}
        command = [sys.executable, "-m", "pytest", "-m", "heavy", "-s", "tests/isolation", *argv]
        return run_foreground(command, env)
