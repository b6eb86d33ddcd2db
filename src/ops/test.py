"""``./wasl test``: the test suite on a stack of its own; arguments go to pytest.

Without arguments the browser tests come last, in a process of their own: they live in one event loop from end to end, and
beside the others they would slow down those that watch the clock.
"""

from __future__ import annotations

import sys

from ops.environment import process_env
from ops.foreground import run_foreground
from ops.throwaway import throwaway_stack

_PYTEST = (sys.executable, "-m", "pytest")
_BROWSER = "tests/e2e"


def main(argv: list[str]) -> int:
    """Run pytest and return its exit status: of two, the first that is not 0."""
    print("starting a PostgreSQL and a Redis for the tests …", file=sys.stderr)
    runs = [argv] if argv else [[f"--ignore={_BROWSER}"], [_BROWSER]]
    with throwaway_stack() as stack:
        env = process_env(stack.info, settings="test") | {"DATABASE_SUPERUSER_URL": stack.info.superuser_url}
        statuses = [run_foreground([*_PYTEST, *arguments], env) for arguments in runs]
    return next((status for status in statuses if status != 0), 0)
