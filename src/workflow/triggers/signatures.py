"""Signatures of requests that come in: an HMAC over the raw bytes of the body, as a webhook's config describes it."""

from __future__ import annotations

import hmac
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.errors import PermanentError
from core.forms import shown
from workflow.graph import NodeConfig

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,100}$")]

_READ: dict[str, Callable[[str], bytes]] = {
    "hex": bytes.fromhex,
    "base64": lambda text: b64decode(text, validate=True),
}


class SignatureRefusedError(PermanentError):
    """The signature is not right."""


class Timestamp(NodeConfig):
    """When it was signed, in seconds since 1970: signed along with the body, so that an old request cannot be sent again."""

    header: Annotated[HeaderName, shown("Header", "Which header holds the time.")] = Field(
        examples=["X-Slack-Request-Timestamp"]
    )
    tolerance_seconds: int = Field(default=300, ge=1, le=86_400, description="How far our clocks may differ.")
    before: str = Field(
        default="", max_length=40, description="What is signed before the timestamp.", examples=["v0:"]
    )
    separator: str = Field(
        default=".", max_length=10, description="What is signed between timestamp and body."
    )


class Signature(NodeConfig):
    """How the sender signs. Its secret is set beside the workflow, never written into it."""

    header: Annotated[HeaderName, shown("Header", "Which header holds the signature.")] = Field(
        examples=["X-Hub-Signature-256"]
    )
    algorithm: Annotated[Literal["sha256"], shown("Algorithm", "The hash of the HMAC.")] = "sha256"
    encoding: Annotated[Literal["hex", "base64"], shown("Encoding", "How the signature is written.")] = "hex"
    prefix: str = Field(
        default="", max_length=40, description="What stands before the signature.", examples=["sha256="]
    )
    timestamp: Annotated[Timestamp | None, shown("Timestamp", "A time that is signed along.")] = None

    def verify(self, headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> None:
        """Raise ``SignatureRefusedError`` unless ``body``, the bytes as they came, is signed with ``secret``.

        Names in ``headers`` are in lower case; ``now`` is in seconds since 1970. Without a secret nothing is right.
        """
        if not secret:
            raise SignatureRefusedError("No signing secret is set for this webhook yet.")
        sent = headers.get(self.header.lower())
        if sent is None:
            raise SignatureRefusedError(f"The header {self.header} is missing.")
        try:
            signature = _READ[self.encoding](sent.removeprefix(self.prefix).strip())
        except ValueError:
            raise SignatureRefusedError(f"The header {self.header} is not in {self.encoding}.") from None
        if not sent.startswith(self.prefix):
            raise SignatureRefusedError(f"The header {self.header} does not begin with {self.prefix!r}.")
        signed = self._signed_before(headers, now) + body
        if not hmac.compare_digest(hmac.digest(secret.encode(), signed, self.algorithm), signature):
            raise SignatureRefusedError

    def _signed_before(self, headers: Mapping[str, str], now: float) -> bytes:
        if self.timestamp is None:
            return b""
        sent = headers.get(self.timestamp.header.lower(), "")
        if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
            raise SignatureRefusedError(f"The header {self.timestamp.header} is not a time in seconds.")
        if abs(now - int(sent)) > self.timestamp.tolerance_seconds:
            raise SignatureRefusedError(
                f"It was signed more than {self.timestamp.tolerance_seconds} seconds ago."
            )
        return f"{self.timestamp.before}{sent}{self.timestamp.separator}".encode()
