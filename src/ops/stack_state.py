"""What a stack remembers between runs: ports, passwords, where its data lies, and the installation's secret keys."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ops.ports import free_port


def _password() -> str:
    return secrets.token_hex(24)


class StackState(BaseModel):
    """``run/stack.json``. Read and written under the stack's lock only."""

    model_config = ConfigDict(frozen=True)

    postgres_home: Path | None = None
    postgres_port: int = Field(default_factory=free_port)
    redis_port: int = Field(default_factory=free_port)
    superuser_password: str = Field(default_factory=_password)
    owner_password: str = Field(default_factory=_password)
    app_password: str = Field(default_factory=_password)
    redis_password: str = Field(default_factory=_password)

    @classmethod
    def load(cls, path: Path) -> StackState | None:
        """The remembered state, or ``None`` where nothing has run yet."""
        return cls.model_validate_json(path.read_bytes()) if path.exists() else None

    def save(self, path: Path) -> None:
        """Write so that a crash leaves the old file or the new one, readable by its owner only."""
        write_private(path, self.model_dump_json(indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace ``path`` at once with a file of mode 0600."""
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


#: Made once per checkout. WASL_MASTER_KEY encrypts the channels' credentials: 32 random bytes, base64.
SECRETS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "WASL_MASTER_KEY": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
}


def installation_secrets(path: Path, makers: Mapping[str, Callable[[], str]] = SECRETS) -> dict[str, str]:
    """The secret keys in ``path`` (lines of ``NAME=value``), made on the first call and kept for ever after."""
    known = (
        dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
        if path.exists()
        else {}
    )
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        write_private(path, "".join(f"{name}={value}\n" for name, value in (known | missing).items()))
    return known | missing
