"""The gate on file length: a file that outgrows it lacks a noun."""

from __future__ import annotations

from pathlib import Path

MAX_LINES = 400
MAX_TEST_LINES = 600
CHECKED = ("src", "tests", "bench")


def too_long(root: Path) -> list[str]:
    """One line per Python file under ``root`` that is longer than allowed. Migrations may be as long as they are."""
    problems = []
    for top in CHECKED:
        for file in sorted((root / top).rglob("*.py")):
            inside = file.relative_to(root)
            if "migrations" in inside.parts:
                continue
            limit = MAX_TEST_LINES if "tests" in inside.parts else MAX_LINES
            lines = len(file.read_text(encoding="utf-8").splitlines())
            if lines > limit:
                problems.append(f"{inside}: {lines} lines, at most {limit}")
    return problems
