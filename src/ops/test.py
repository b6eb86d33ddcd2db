"""``./wasl test``: the test suite on a stack of its own; arguments go to pytest.

Without arguments the browser tests run beside the others: most of their time is waiting.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from ops.environment import process_env
from ops.foreground import run_foreground
from ops.paths import ROOT
from ops.throwaway import throwaway_stack

_PYTEST = [sys.executable, "-m", "pytest"]
_BROWSER = "tests/e2e"
STOP_TIMEOUT_S = 20.0


def main(argv: list[str]) -> int:
    """Run pytest and return its exit status."""
    print("starting a PostgreSQL and a Redis for the tests …", file=sys.stderr)
    with throwaway_stack() as stack:
        env = process_env(stack.info, settings="test") | {"DATABASE_SUPERUSER_URL": stack.info.superuser_url}
        if argv:
            return run_foreground([*_PYTEST, *argv], env)
        with tempfile.TemporaryFile("w+") as said, _beside([*_PYTEST, _BROWSER], env, said) as browser:
            status = run_foreground([*_PYTEST, f"--ignore={_BROWSER}"], env)
            print("\nthe browser tests, which ran beside them:", file=sys.stderr)
            beside = browser.wait()
            said.seek(0)
            print(said.read(), flush=True)
        return status or beside


@contextmanager
def _beside(command: list[str], env: Mapping[str, str], output: IO[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process in the background; whoever leaves early ends it."""
    process = subprocess.Popen(
        command, env=dict(env), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
