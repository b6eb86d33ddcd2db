"""An authenticator app: the six digits of RFC 6238 for a secret and a moment."""

from __future__ import annotations

import base64
import hmac
import struct
import time

PERIOD_S = 30


def code(secret: str, *, at: float | None = None) -> str:
    """The code that an app shows at that time (now by default) for a base32 secret."""
    counter = int((time.time() if at is None else at) // PERIOD_S)
    padded = secret + "=" * (-len(secret) % 8)
    digest = hmac.digest(base64.b32decode(padded), struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
