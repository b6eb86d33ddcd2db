"""Visitor tokens: what a browser holds to prove which visitor it is.

A token is ``base64url("<visitor id>.<expiry>") + "." + hex HMAC-SHA256``, without padding; the expiry is in Unix
seconds. The HMAC is over ``visitor.<first part>``, so that no signature of a request body can pass for one.
"""

from __future__ import annotations

import base64
import binascii
import re
import time
from collections.abc import Iterable

from channels_app.providers.base import SignatureError
from channels_app.providers.signing import any_secret_makes, hmac_sha256_hex

#: No colon: it parts visitor and message in our message ids.
VISITOR_ID = re.compile(r"[A-Za-z0-9_.@+-]{1,128}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,300})\.([0-9a-f]{64})")


def issue_visitor_token(secret: str, visitor_id: str, ttl_s: int) -> str:
    """A token for this visitor, good for ``ttl_s`` seconds. Raises ``ValueError`` on a bad id or empty secret."""
    if not VISITOR_ID.fullmatch(visitor_id):
        raise ValueError("a visitor id has 1 to 128 letters, digits, or one of _ . @ + -")
    if not secret:
        raise ValueError("there is no secret to sign with")
    content = f"{visitor_id}.{int(time.time()) + ttl_s}".encode()
    part = base64.urlsafe_b64encode(content).decode().rstrip("=")
    return f"{part}.{_mac(secret, part)}"


def read_visitor_token(token: str, secrets: Iterable[str]) -> str:
    """The visitor's id. Raises ``SignatureError`` when the token is forged, malformed or past its time."""
    shape = _TOKEN.fullmatch(token)
    if shape is None:
        raise SignatureError("the visitor token is malformed")
    part = shape[1]
    if not any_secret_makes(shape[2], secrets, lambda secret: _mac(secret, part)):
        raise SignatureError("the visitor token is not ours")
    visitor_id, expiry = _content(part)
    if expiry <= time.time():
        raise SignatureError("the visitor token has expired")
    return visitor_id


def _mac(secret: str, part: str) -> str:
    return hmac_sha256_hex(secret, b"visitor." + part.encode())


def _content(part: str) -> tuple[str, int]:
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
        visitor_id, _, expiry = text.rpartition(".")
        return visitor_id, int(expiry)
    except (binascii.Error, ValueError):
        raise SignatureError("the visitor token is malformed") from None
