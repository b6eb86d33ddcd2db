"""What ``./wasl`` does before anything is installed: the virtual environment and its packages. Standard library only."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from ops.commands import COMMANDS
from ops.locks import exclusive
from ops.paths import ROOT, SRC

RUNTIME = "requirements.txt"
DEV = "requirements-dev.txt"

NO_VENV = (
    "Python's venv module did not work. On Debian and Ubuntu it is a package of its own: "
    "apt install python3-venv. Then run ./wasl again."
)
NO_PACKAGES = (
    "Installing the packages failed. Is the network up, and does `pip config list` name the index that you mean? "
    "What was installed is kept; ./wasl goes on from here. A damaged .venv can be deleted."
)


class SetupError(Exception):
    """A step of the set-up failed; the message says what to do."""


def usage() -> str:
    """The text of ``./wasl help``."""
    width = max(map(len, COMMANDS))
    lines = (f"  ./wasl {command.name:{width}}  {command.summary}" for command in COMMANDS.values())
    return "Wasl (وصل): messages in, conversations, automations, messages out.\n\n" + "\n".join(lines)


class Installation:
    """The virtual environment of a checkout and the stamps of what was installed into it."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self._stamps = self.venv / "wasl-stamps.json"

    def missing(self, files: list[str]) -> list[str]:
        """Which of the requirement files are not installed as they stand now."""
        if not (self.python.exists() and (self.venv / "pyvenv.cfg").exists()):
            return files
        stamps = self._read_stamps()
        return [name for name in files if stamps.get(name) != self._stamp(name)]

    def record(self, name: str) -> None:
        """Remember that ``name`` is installed as it stands now."""
        stamps = self._read_stamps() | {name: self._stamp(name)}
        fresh = self._stamps.with_suffix(".new")
        fresh.write_text(json.dumps(stamps, indent=1) + "\n")
        fresh.replace(self._stamps)

    def _stamp(self, name: str) -> str:
        """What an installation depends on: the requirement file's bytes and the environment's own Python."""
        python = (self.venv / "pyvenv.cfg").read_bytes()
        return hashlib.sha256(python + b"\0" + (self.root / name).read_bytes()).hexdigest()

    def _read_stamps(self) -> dict[str, str]:
        try:
            return json.loads(self._stamps.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def install(self, files: list[str]) -> None:
        """Make the environment and install ``files`` where they are not yet. Raises ``SetupError``."""
        if not self.missing(files):
            return
        with exclusive(self.root / "var" / "run" / "setup.lock"):
            if not self.missing(files):  # another ./wasl did it while we waited
                return
            if not self._works():
                run_step(
                    "virtual environment",
                    [sys.executable, "-m", "venv", "--clear", str(self.venv)],
                    advice=NO_VENV,
                )
            for name in self.missing(files):
                # pip takes its index and proxies from the user's own configuration.
                pip = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
                run_step(f"packages of {name}", [*pip, "-r", str(self.root / name)], advice=NO_PACKAGES)
                self.record(name)

    def _works(self) -> bool:
        """Whether the environment has a Python that will do, and pip (a removed Python or a half-made one has not)."""
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        try:
            return (
                subprocess.run([self.python, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode
                == 0
            )
        except OSError:
            return False


def run_step(title: str, command: list[str], *, advice: str) -> None:
    """Run ``command`` showing the time it takes; on failure show the end of its output with ``advice``.

    Progress goes to stderr: the standard output belongs to the command that follows.
    """
    live = sys.stderr.isatty()
    started = time.monotonic()
    tail: list[str] = []
    print(f"  {title} …", end="" if live else "\n", file=sys.stderr, flush=True)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            tail = [*tail[-19:], line.rstrip()]
            if live:
                now = f"  {title} … {time.monotonic() - started:.0f} s  {line.strip()}"
                print(f"\r\x1b[K{now[:100]}", end="", file=sys.stderr, flush=True)
    elapsed = time.monotonic() - started
    start_of_line = "\r\x1b[K" if live else ""
    if process.returncode != 0:
        print(f"{start_of_line}  {title}: failed after {elapsed:.1f} s", file=sys.stderr)
        raise SetupError("\n".join(["", *tail, "", advice]))
    print(f"{start_of_line}  {title}: {elapsed:.1f} s", file=sys.stderr)


def main(argv: list[str]) -> int:
    """Set up what the command needs, then become it. Returns only when there is nothing to become."""
    if not argv or argv[0] in ("help", "-h", "--help"):
        print(usage())
        return 0
    command = COMMANDS.get(argv[0])
    if command is None:
        print(f"wasl: unknown command {argv[0]!r}\n\n{usage()}", file=sys.stderr)
        return 2
    installation = Installation()
    try:
        installation.install([RUNTIME, DEV] if command.dev else [RUNTIME])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"wasl: {error}. Was ./wasl run here by another user before (root, perhaps)?", file=sys.stderr)
        return 1
    python = str(installation.python)
    return os.execve(python, [python, "-m", "ops", *argv], {**os.environ, "PYTHONPATH": str(SRC)})
