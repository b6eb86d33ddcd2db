"""The account that PostgreSQL runs under: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.errors import OpsError


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give ``path`` to this account, closed to others."""
        os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def can_write(self, path: Path) -> bool:
        """Whether the account reaches ``path`` and may write there. Tried, not computed: mounts and ACLs count too."""
        return (
            subprocess.run(
                ["/usr/bin/env", "test", "-w", str(path)], cwd="/", check=False, **as_account(self)
            ).returncode
            == 0
        )

    def can_run(self, program: Path) -> bool:
        """Whether the account can start ``program`` (which must know ``--version``)."""
        try:
            return (
                subprocess.run(
                    [program, "--version"],
                    cwd="/",
                    check=False,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    **as_account(self),
                ).returncode
                == 0
            )
        except PermissionError:
            return False


def as_account(account: Account | None) -> dict[str, Any]:
    """Keyword arguments for ``subprocess`` that start the child under ``account`` (``None``: the current user)."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": ()}


def server_account() -> Account | None:
    """``nobody`` when we are root, else ``None``: the current user will do."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise OpsError(
            "PostgreSQL does not run as root and this machine has no account `nobody`.\n"
            "Run ./wasl as an ordinary user, or set DATABASE_URL to a server of your own."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
