"""The web UI's build: made when it is missing or older than what it is made from."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ops.errors import OpsError
from ops.locks import exclusive
from ops.node import ensure_node, node_env
from ops.paths import ROOT, VAR

FRONTEND = ROOT / "frontend"
DIST = FRONTEND / "dist"
_MADE = ("node_modules", "dist")
_INSTALLED = FRONTEND / "node_modules" / ".package-lock.json"


def ensure_web_ui() -> bool:
    """Build what ``frontend/`` says, unless it is built; returns whether there was anything to do.

    Several may ask at once: one builds, the others wait for it. Raises ``OpsError``.
    """
    with exclusive(VAR / "run" / "web-ui.lock"):
        wanted = _fingerprint()
        if (DIST / "index.html").exists() and _built() == wanted:
            return False
        install_packages()
        npm("run", "build")
        _stamp().write_text(wanted)
    return True


class WebUIBuilding:
    """The build going on beside other work: it takes as long as starting everything else."""

    def __init__(self, *, required: bool = False) -> None:
        self._required = required
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="web-ui")
        self._build = self._pool.submit(ensure_web_ui)

    def finish(self) -> str:
        """Wait for it; why there is no web UI, empty when there is one. Raises ``OpsError`` where it is required."""
        try:
            self._build.result()
        except OpsError as error:
            if self._required:
                raise
            return str(error)
        finally:
            self._pool.shutdown()
        return ""


def install_packages() -> None:
    """What ``package-lock.json`` pins, unless it is there already. Raises ``OpsError``."""
    lock = FRONTEND / "package-lock.json"
    if not _INSTALLED.exists() or _INSTALLED.stat().st_mtime < lock.stat().st_mtime:
        npm("ci", "--no-audit", "--no-fund")


def npm(*arguments: str) -> None:
    """Run npm in the front end. Raises ``OpsError`` with what it printed when it fails."""
    directory = ensure_node()
    done = subprocess.run(
        [str(directory / "npm"), "--prefix", str(FRONTEND), *arguments],
        env=node_env(directory), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise OpsError(f"npm {' '.join(arguments)} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")


def _stamp() -> Path:
    return DIST / ".fingerprint"


def _built() -> str:
    return _stamp().read_text() if _stamp().exists() else ""


def _fingerprint() -> str:
    """Of every file that the build reads."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(FRONTEND)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for top in sorted(FRONTEND.iterdir()):
        if top.name in _MADE:
            continue
        yield from sorted(path for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())
