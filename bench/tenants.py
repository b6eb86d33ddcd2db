"""``tenants``: how long a new tenant takes on an empty and on a full installation, and migrations with nothing to do."""

from __future__ import annotations

import argparse
import subprocess
import time

from bench.installation import Installation, installation
from bench.results import emit, say
from ops.errors import OpsError
from ops.paths import ROOT
from ops.processes import PYTHON

SUMMARY = "creation of a tenant at none and at 200, and no-op migration of all"
SAMPLE = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The scenario's own options."""
    parser.add_argument("--tenants", type=int, default=200, help="on the full installation (default 200)")


def main(options: argparse.Namespace) -> int:
    """One line for the creations, one for the migrations."""
    with installation(workers=0) as installed:
        say(f"creating {SAMPLE} tenants, then up to {options.tenants}, then {SAMPLE} more")
        made = installed.django("bench.create_tenants", str(SAMPLE), str(options.tenants))
        emit({"scenario": "tenants", **made})
        emit(
            {
                "scenario": "tenants-migration",
                "tenants": made["tenants"],
                "noop_s": _migrate(installed),
                "noop_verify_s": _migrate(installed, "--verify"),
            }
        )
    return 0


def _migrate(installed: Installation, *arguments: str) -> float:
    say(f"migrate_tenants {' '.join(arguments)}")
    begun = time.monotonic()
    done = subprocess.run(
        [PYTHON, "manage.py", "migrate_tenants", *arguments],
        env=installed.env,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        raise OpsError("migrate_tenants failed; see above")
    return round(time.monotonic() - begun, 2)
