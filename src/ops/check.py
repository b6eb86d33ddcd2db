"""``./wasl check [--fix]``: every gate, each timed, all run even when one fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ops.checks import env_example, file_length, openapi
from ops.environment import process_env
from ops.errors import OpsError
from ops.paths import ROOT
from ops.throwaway import throwaway_stack
from ops.web_ui import ensure_web_ui, install_packages, npm

LINTED = (".", "wasl")
#: The package has no ``__main__``, and its script names the path of the environment that it was installed in.
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A named check. ``run`` returns what is wrong, one line each; nothing means passed."""

    name: str
    run: Callable[[], Sequence[str]]


def main(argv: list[str]) -> int:
    """Run the gates; status 1 when one failed."""
    if argv not in ([], ["--fix"]):
        print("Usage: ./wasl check [--fix]", file=sys.stderr)
        return 2
    with throwaway_stack() as stack:
        env = process_env(stack.info, settings="test")
        failed = [gate.name for gate in gates(env, fix=bool(argv)) if not passes(gate)]
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nevery check passed")
    return 1 if failed else 0


def gates(env: Mapping[str, str], *, fix: bool) -> list[Gate]:
    """Every gate, cheap ones first. ``fix`` lets those mend that can."""
    python = [sys.executable, "-m"]
    lint, style = (["--fix"], []) if fix else ([], ["--check"])

    def program(name: str, command: Sequence[str], env: Mapping[str, str] = env) -> Gate:
        return Gate(name=name, run=lambda: output_of_failure(command, env))

    return [
        program("ruff", [*python, "ruff", "check", "--quiet", *lint, *LINTED]),
        program("ruff format", [*python, "ruff", "format", "--quiet", *style, *LINTED]),
        Gate(name="file length", run=lambda: file_length.too_long(ROOT)),
        Gate(name=".env.example", run=lambda: env_example.problems(ROOT)),
        program("imports", [sys.executable, "-c", LINT_IMPORTS, "--no-logo"]),
        program("types", [*python, "mypy", "src", "bench"]),
        program("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Gate(name="docs/openapi.yaml", run=lambda: openapi.problems(env, fix=fix)),
        *frontend_gates(fix=fix),
    ]


def frontend_gates(*, fix: bool) -> list[Gate]:
    """The front end's gates: its client is what the API's document says, its code is clean, tested and within its budget."""

    def script(name: str, script: str) -> Gate:
        return Gate(name=f"web UI {name}", run=lambda: message_of_failure(lambda: npm("run", script)))

    return [
        Gate(name="web UI packages", run=lambda: message_of_failure(install_packages)),
        script("client", "api" if fix else "api:check"),
        script("format", "format" if fix else "format:check"),
        script("types", "types"),
        script("lint", "lint"),
        script("unused", "unused"),
        script("tests", "test"),
        Gate(name="web UI build", run=lambda: message_of_failure(ensure_web_ui)),
    ]


def message_of_failure(run: Callable[[], object]) -> list[str]:
    """What ``run`` says when it raises; nothing when it does not."""
    try:
        run()
    except OpsError as error:
        return str(error).splitlines()
    return []


def output_of_failure(command: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Run ``command`` at the root; what it printed if it failed, else nothing."""
    done = subprocess.run(
        command,
        env=dict(env),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return []
    return [*done.stdout.strip().splitlines(), f"(exit status {done.returncode})"]


def passes(gate: Gate) -> bool:
    """Run a gate and print its name, result and time, then what is wrong."""
    started = time.monotonic()
    print(f"{gate.name:20}", end="", flush=True)
    try:
        wrong = gate.run()
    except OpsError as error:
        wrong = [str(error)]
    print(f"{'FAILED' if wrong else 'ok':8}{time.monotonic() - started:6.1f} s", flush=True)
    for line in wrong:
        print(f"    {line}")
    return not wrong
