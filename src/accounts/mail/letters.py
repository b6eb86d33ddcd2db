"""Letters: a mail's words put together, as plain text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.mail.words import words_for

_RTL = frozenset({"ar", "fa"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent. ``link`` empty: there is no button. ``facts`` fill the words: ``name``, ``tenant``, ``by``, …"""

    kind: str
    to: str
    language: str
    facts: dict[str, str]
    link: str = ""

    def message(self) -> EmailMultiAlternatives:
        """The message, ready for Django's e-mail backend."""
        words = words_for(self.kind, self.language)
        context = {
            "language": self.language,
            "direction": "rtl" if self.language in _RTL else "ltr",
            "subject": words.subject.format(**self.facts),
            "lines": [line.format(**self.facts) for line in words.lines],
            "button": words.button if self.link else "",
            "link": self.link,
            "note": words.note.format(**self.facts),
            "sender": self.facts["tenant"],
        }
        # A subject is one line, whatever a business is called.
        subject = " ".join(str(context["subject"]).split())
        message = EmailMultiAlternatives(
            subject, render_to_string("account/mail.txt", context).strip() + "\n", to=[self.to]
        )
        message.attach_alternative(render_to_string("account/mail.html", context), "text/html")
        # So that no machine answers it.
        message.extra_headers["Auto-Submitted"] = "auto-generated"
        return message
