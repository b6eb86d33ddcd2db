"""The command line of ``./wasl demo``."""

from __future__ import annotations

import argparse
import sys
import time

from ops.demo.addresses import addresses
from ops.demo.narrator import Narrator
from ops.demo.script import play
from ops.demo.site import WEB_PORT, running_site


def main(argv: list[str]) -> int:
    """Set up, play the script, then stay up until Ctrl-C.

    With ``--exit`` it ends after the script, with status 0 when everything that the script promises came true, else 1.
    """
    options = _arguments(argv)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal without Arabic is no reason to stop
    narrator = Narrator(since=time.time())
    narrator.title("Wasl demo: two businesses, one customer. Everything stays on this machine.")
    with running_site(narrator, web_port=options.port) as site:
        failures = [*play(site.file, site.simulator, narrator), *site.ended()]
        print(addresses(site.file), flush=True)
        for failure in failures:
            print(f"Not as it should be: {failure}", file=sys.stderr, flush=True)
        if options.exit:
            return int(bool(failures))
        print("\nCtrl-C ends it all.", flush=True)
        return site.watch()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wasl demo", description=__doc__)
    parser.add_argument(
        "--exit", action="store_true", help="end after the script; status 0 when all went well"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=WEB_PORT,
        help="first port to try for the web server (default: %(default)s)",
    )
    return parser.parse_args(argv)
