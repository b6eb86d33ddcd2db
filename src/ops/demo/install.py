"""``python -m ops.demo.install``: brings the database to where the demo begins and writes ``demo.json``.

A process of its own, because it works with the owner's database role, which the launcher never holds.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections

from core.errors import WaslError
from ops.demo.cast import read_cast
from ops.demo.demo_file import remembered_logins
from ops.demo.narrator import Narrator
from ops.locks import exclusive
from ops.paths import VAR


def main(argv: list[str]) -> int:
    """Install, whatever an earlier run left behind."""
    options = _arguments(argv)
    django.setup()
    if not settings.DEBUG:
        print(
            "The demo installs accounts with known passwords: it runs on development settings only.\n"
            "Unset DJANGO_SETTINGS_MODULE, or name one with DEBUG = True.",
            file=sys.stderr,
        )
        return 1
    narrator = Narrator(since=options.since)
    try:
        # A killed demo's installer may still be at work.
        with exclusive(options.home / "run" / "demo-install.lock"):
            _install(narrator, options)
    except (CommandError, WaslError, DatabaseError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    finally:
        connections.close_all()
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.demo.install", description=__doc__)
    parser.add_argument("--web-port", type=int, required=True)
    parser.add_argument("--simulator-url", required=True)
    parser.add_argument("--home", type=Path, default=VAR, help="directory of demo.json")
    parser.add_argument("--since", type=float, help="Unix time that the shown clock counts from")
    return parser.parse_args(argv)


def _install(narrator: Narrator, options: argparse.Namespace) -> None:
    # Models can be imported only after django.setup().
    from ops.demo.setting_up import SetUp

    with narrator.step("Database migrated"):
        call_command("migrate_tenants", stdout=io.StringIO())
    file = options.home / "demo.json"
    work = SetUp(
        web_port=options.web_port, simulator_url=options.simulator_url, passwords=remembered_logins(file)
    )
    cast = read_cast()
    for tenant in cast.tenants:
        with narrator.step(f"Tenant {tenant.slug}, “{tenant.name}”: people, samples, channels"):
            work.add_tenant(tenant)
    work.finish(cast.platform_admin).save(file)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
