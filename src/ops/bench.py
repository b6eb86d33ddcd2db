"""``./wasl bench …``: the benchmark of ``bench/``, on servers of its own; results are JSON lines on stdout."""

from __future__ import annotations

import os
import sys

from ops.foreground import run_foreground
from ops.paths import ROOT, SRC


def main(argv: list[str]) -> int:
    """Hand over to ``python -m bench`` and return its exit status."""
    env = {**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1"}
    return run_foreground([sys.executable, "-m", "bench", *argv], env)
