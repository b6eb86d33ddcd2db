"""An e-mail as bytes: ASCII on the wire, whatever alphabet it is written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote

# Every server takes seven bits; which take eight is only known once one is connected.
_POLICY = SMTP.clone(cte_type="7bit")
_LINE_BREAK = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is to be sent. ``bcc`` gets it and stands in no header. ``key`` makes the Message-ID: the same for the same."""

    key: str
    sender: Address
    to: Sequence[Address]
    subject: str
    text: str = ""
    html: str = ""
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    reply_to: Address | None = None
    unsubscribe_url: str = ""
    written_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message_id(self) -> str:
        """``<key@domain of the sender>``."""
        return f"<{self.key}@{self.sender.domain}>"

    @property
    def recipients(self) -> list[str]:
        """Everybody who gets it, each once."""
        return list(dict.fromkeys(address.addr_spec for address in (*self.to, *self.cc, *self.bcc)))

    def as_bytes(self) -> bytes:
        """The whole message, lines ending in CRLF. Raises ``ValueError`` for a header with a line break in it."""
        headers = {
            "Message-ID": self.message_id,
            "Date": format_datetime(self.written_at),
            "From": _people([self.sender]),
            "To": _people(self.to),
            "Cc": _people(self.cc),
            "Reply-To": _people([self.reply_to] if self.reply_to else []),
            "Subject": _encoded(self.subject, name="Subject"),
            # So that no absence note answers: two robots would write to each other for ever (RFC 3834).
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{self.unsubscribe_url}>" if self.unsubscribe_url else "",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if self.unsubscribe_url else "",
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
        return lines.encode("ascii") + self._body().as_bytes()

    def _body(self) -> EmailMessage:
        body = EmailMessage(policy=_POLICY)
        if self.text:
            body.set_content(self.text)
        if self.html and self.text:
            body.add_alternative(self.html, subtype="html")
        elif self.html:
            body.set_content(self.html, subtype="html")
        return body


# The headers are written here because ``EmailMessage`` loses the spaces between the encoded words of a long one.


def _encoded(text: str, *, name: str = "") -> str:
    """RFC 2047, folded; what is ASCII already stays as it is."""
    if _LINE_BREAK.search(text):
        raise ValueError("a header must not contain a line break")
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _people(addresses: Sequence[Address]) -> str:
    return ",\r\n ".join(_person(address) for address in addresses)


def _person(address: Address) -> str:
    name = _encoded(address.display_name)
    if name == address.display_name and name:
        name = f'"{quote(name)}"'
    return f"{name} <{address.addr_spec}>" if name else address.addr_spec
