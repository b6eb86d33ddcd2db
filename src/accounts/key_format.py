"""The written form of an API key: ``wasl_<8 characters to find it by>_<32 random bytes>``."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"wasl_(?P<prefix>[0-9a-f]{8})_(?P<secret>[A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key in its two parts: ``prefix`` is stored as it is, of ``secret`` only :attr:`digest` is."""

    prefix: str
    secret: str

    @classmethod
    def new(cls) -> KeyText:
        """A fresh random key."""
        return cls(prefix=secrets.token_hex(4), secret=secrets.token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> KeyText | None:
        """The key that ``text`` spells, or ``None`` when it does not have the form of one."""
        found = _FORM.fullmatch(text)
        return cls(prefix=found["prefix"], secret=found["secret"]) if found else None

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret: 256 random bits need no slow hash."""
        return hashlib.sha256(self.secret.encode()).digest()

    def __str__(self) -> str:
        return f"wasl_{self.prefix}_{self.secret}"
