"""An e-mail as bytes: ASCII on the wire, whatever alphabet it is written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

# Every server takes seven bits; which take eight is only known once one is connected.
_POLICY = SMTP.clone(cte_type="7bit")


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
        """The whole message, lines ending in CRLF."""
        message = EmailMessage(policy=_POLICY)
        message["Message-ID"] = self.message_id
        message["Date"] = self.written_at
        message["From"] = self.sender
        message["To"] = tuple(self.to)
        if self.cc:
            message["Cc"] = tuple(self.cc)
        if self.reply_to is not None:
            message["Reply-To"] = self.reply_to
        message["Subject"] = self.subject
        # So that no absence note answers: two robots would write to each other for ever (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if self.text:
            message.set_content(self.text)
        if self.html and self.text:
            message.add_alternative(self.html, subtype="html")
        elif self.html:
            message.set_content(self.html, subtype="html")
        return message.as_bytes()
