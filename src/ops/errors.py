"""The error that a person at the terminal reads: it says what went wrong and what to do."""

from __future__ import annotations

from pathlib import Path


class OpsError(Exception):
    """A launcher command cannot go on."""


def log_tail(path: Path, *, lines: int = 15) -> str:
    """The last ``lines`` lines of a log file, for an error message."""
    if not path.exists():
        return f"({path} does not exist)"
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
