"""Constant-time comparison of what a webhook carries with what our secrets would have made."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable


def hmac_sha256_hex(secret: str, message: bytes) -> str:
    """Lower-case hex HMAC-SHA256 of ``message``."""
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two strings are equal, in time that does not tell where they differ."""
    # Headers may hold any latin-1 character; compare_digest takes non-ASCII only as bytes.
    return hmac.compare_digest(
        given.encode("utf-8", "surrogatepass"), expected.encode("utf-8", "surrogatepass")
    )


def any_secret_makes(given: str, secrets: Iterable[str], expected: Callable[[str], str]) -> bool:
    """Whether ``expected(secret)`` equals ``given`` for one of the secrets. Empty secrets never count."""
    # Every secret is tried, so that the time does not tell which one fits.
    results = [same(given, expected(secret)) for secret in secrets if secret]
    return any(results)
