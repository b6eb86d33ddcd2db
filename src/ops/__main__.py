"""Dispatch of ``python -m ops <command> …``."""

from __future__ import annotations

import importlib
import sys

from ops.commands import COMMANDS
from ops.errors import OpsError


def main(argv: list[str]) -> int:
    """Run the command that ``argv`` names and return its exit status."""
    if not argv or argv[0] not in COMMANDS:
        print(f"Usage: ./wasl <command>; commands: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return importlib.import_module(COMMANDS[argv[0]].module).main(argv[1:])
    except OpsError as error:
        print(f"\nwasl {argv[0]}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
