"""The gate on ``docs/openapi.yaml``: it is what the code says."""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ops.paths import ROOT

COMMITTED = ROOT / "docs" / "openapi.yaml"
SHOWN_LINES = 60


def problems(env: Mapping[str, str], *, fix: bool) -> list[str]:
    """Generate the schema and compare it with the committed one; ``fix`` writes it instead."""
    with tempfile.TemporaryDirectory() as directory:
        fresh = Path(directory) / "openapi.yaml"
        done = subprocess.run(
            [sys.executable, "manage.py", "spectacular", "--file", str(fresh), "--validate", "--fail-on-warn"],
            env=dict(env), cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            return (done.stdout + done.stderr).strip().splitlines()
        generated = fresh.read_text(encoding="utf-8")
    committed = COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
    if generated == committed:
        return []
    if fix:
        COMMITTED.write_text(generated, encoding="utf-8")
        return []
    diff = difflib.unified_diff(
        committed.splitlines(), generated.splitlines(), "docs/openapi.yaml", "generated", lineterm="", n=2
    )
    lines = list(diff)
    rest = [f"… and {len(lines) - SHOWN_LINES} lines more"] if len(lines) > SHOWN_LINES else []
    return [
        *lines[:SHOWN_LINES],
        *rest,
        "the API changed: ./wasl check --fix writes docs/openapi.yaml; commit it",
    ]
