"""``./wasl dev``: what the demo sets up and runs, without its script and with the logs in the terminal, until Ctrl-C."""

from __future__ import annotations

import argparse

from ops.demo.addresses import addresses
from ops.demo.narrator import Narrator
from ops.demo.site import WEB_PORT, running_site


def main(argv: list[str]) -> int:
    """Run everything; ends with status 1 when one of the processes keeps ending."""
    parser = argparse.ArgumentParser(prog="./wasl dev", description=__doc__)
    parser.add_argument(
        "--port",
        type=int,
        default=WEB_PORT,
        help="first port to try for the web server (default: %(default)s)",
    )
    options = parser.parse_args(argv)
    with running_site(Narrator(), web_port=options.port, echo=True) as site:
        print(addresses(site.file), "\n\nCtrl-C ends it all.\n", flush=True)
        return site.watch()
