"""``./wasl manage …``: a management command on this checkout's stack."""

from __future__ import annotations

import sys

from ops.environment import load_dotenv, process_env
from ops.foreground import run_foreground
from ops.stack import Stack


def main(argv: list[str]) -> int:
    """Run ``manage.py`` with ``argv``; a stack that was down is up for as long as the command runs."""
    load_dotenv()
    with Stack() as stack:
        return run_foreground([sys.executable, "manage.py", *argv], process_env(stack.info, settings="local"))
