"""The web chat's two proofs: a server's signature over the body, or a visitor's token.

- ``X-Wasl-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256("<t>.<raw body>")>`` from the site's own server;
- ``Authorization: Visitor <token>`` from a browser, good for messages of that one visitor.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

from channels_app.providers.base import SignatureError, WebhookRequest
from channels_app.providers.signing import any_secret_makes, hmac_sha256_hex, same
from channels_app.providers.webchat.visitors import read_visitor_token
from channels_app.providers.wire import as_dict, as_id, load_object

HEADER = "x-wasl-signature"
#: Seconds that a signature stays good, and that the two clocks may differ.
WINDOW_S = 300

_SHAPE = re.compile(r"t=([0-9]{1,12}),\s?v1=([0-9a-f]{64})")
_VISITOR = re.compile(r"Visitor ([^\s]+)", re.IGNORECASE)


def check_signature(request: WebhookRequest, secrets: Iterable[str]) -> None:
    """Raises ``SignatureError`` unless the site's server or the visitor named in the body sent the request."""
    known = tuple(secrets)
    if HEADER in request.headers:
        _check_server(request, known)
        return
    shape = _VISITOR.fullmatch(request.headers.get("authorization", ""))
    if shape is None:
        raise SignatureError("neither X-Wasl-Signature nor a visitor token was sent")
    visitor_id = read_visitor_token(shape[1], known)
    if not same(_visitor_of(request.body), visitor_id):
        raise SignatureError("the visitor token belongs to another visitor")


def sign(secret: str, body: bytes, *, at: int | None = None) -> str:
    """The header's value for this body, signed at Unix second ``at`` (default: now)."""
    moment = int(time.time()) if at is None else at
    return f"t={moment},v1={_expected(secret, str(moment), body)}"


def _check_server(request: WebhookRequest, secrets: tuple[str, ...]) -> None:
    shape = _SHAPE.fullmatch(request.headers[HEADER])
    if shape is None:
        raise SignatureError("X-Wasl-Signature is malformed")
    if not any_secret_makes(shape[2], secrets, lambda secret: _expected(secret, shape[1], request.body)):
        raise SignatureError
    if abs(time.time() - int(shape[1])) > WINDOW_S:
        raise SignatureError(f"the signature is more than {WINDOW_S} seconds old or ahead")


def _expected(secret: str, moment: str, body: bytes) -> str:
    return hmac_sha256_hex(secret, moment.encode() + b"." + body)


def _visitor_of(body: bytes) -> str:
    try:
        return as_id(as_dict(load_object(body).get("visitor")).get("id"))
    except ValueError:
        raise SignatureError("the body names no visitor") from None
