"""Web chat bodies: cut into one fragment per message, and fragments understood.

The format is ours: ``{"visitor": {"id", "name", "email", "phone", "language"}, "messages": [{"id", "type", "text",
"sent_at", "reply_to", "reply", "location", "referral"}]}``. ``type`` is ``text`` (default), ``interactive`` or
``location``; ``sent_at`` is ISO 8601 or Unix time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import phonenumbers

from channels_app.providers.base import Fragment, Inbound, InboundMessage, MessageType, Notice, Sender
from channels_app.providers.webchat.visitors import VISITOR_ID
from channels_app.providers.wire import as_dict, as_id, as_text, bounded, digest, load_object, moment

MISC_LANE = "misc"
#: Before it there was no web chat: a clock that says so was never set.
FIRST_YEAR = 2020

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one type of message says."""

    type: MessageType
    text: str = ""
    data: Json = field(default_factory=dict)


def split(body: bytes) -> list[Fragment]:
    """One fragment per message. Raises ``ValueError`` without a visitor object and a list of messages."""
    source = load_object(body)
    visitor, messages = source.get("visitor"), source.get("messages")
    if not isinstance(visitor, dict) or not isinstance(messages, list):
        raise ValueError("the body has no visitor or no list of messages")
    return [_fragment(visitor, item) for item in messages]


def parse(payload: Mapping[str, Any]) -> list[Inbound]:
    """Understand one message; one without a usable id becomes a ``Notice``."""
    visitor, item = as_dict(payload.get("visitor")), as_dict(payload.get("message"))
    visitor_id, message_id = _visitor_id(visitor), as_id(item.get("id"))
    if not visitor_id or not message_id:
        return [Notice(kind="odd", data=dict(payload), user_id=visitor_id)]
    content = _CONTENTS.get(as_text(item.get("type")) or "text", _unsupported)(item)
    return [
        InboundMessage(
            provider_message_id=_message_key(visitor_id, message_id),
            sender=Sender(
                user_id=visitor_id,
                name=as_text(visitor.get("name")).strip(),
                language=as_text(visitor.get("language")),
            ),
            sent_at=_sent_at(item.get("sent_at")),
            type=content.type,
            text=content.text,
            reply_to=as_id(item.get("reply_to")),
            data={**_around(visitor, item), **content.data},
        )
    ]


def _fragment(visitor: Json, item: Any) -> Fragment:
    payload = {"visitor": visitor, "message": item}
    visitor_id, message_id = _visitor_id(visitor), as_id(as_dict(item).get("id"))
    odd = not visitor_id or not message_id
    # The body names no account: the address that it came to does.
    return Fragment(
        account_id="",
        key=digest(payload) if odd else _message_key(visitor_id, message_id),
        lane=MISC_LANE if odd else visitor_id,
        payload=payload,
    )


def _visitor_id(visitor: Json) -> str:
    visitor_id = as_id(visitor.get("id"))
    return visitor_id if VISITOR_ID.fullmatch(visitor_id) else ""


def _message_key(visitor_id: str, message_id: str) -> str:
    # Browsers choose message ids: without the visitor in it, one visitor could take another's id.
    return bounded(f"{visitor_id}:{message_id}")


def _sent_at(value: Any) -> datetime:
    """When the browser says that it was written, unless its clock is plainly wrong."""
    now = datetime.now(UTC)
    try:
        at = datetime.fromisoformat(as_text(value))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        at = moment(value)
    plausible = at.year >= FIRST_YEAR and at <= now
    return at if plausible else now


def _around(visitor: Json, item: Json) -> Json:
    # What visitors say of themselves proves nothing, so a phone or e-mail is a claim and no part of the sender.
    claims = {
        "email": as_text(visitor.get("email")).strip(),
        "phone": _phone(as_text(visitor.get("phone"))),
    }
    found = {
        "visitor": {name: claim for name, claim in claims.items() if claim},
        "referral": as_dict(item.get("referral")),
    }
    return {name: value for name, value in found.items() if value}


def _phone(value: str) -> str:
    """E.164 when the number stands with its country code and can be one; otherwise as it was typed."""
    try:
        # The region only says that 00 dials abroad; it must not lend its code to numbers without one.
        number = phonenumbers.parse(value, "DZ", keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return value.strip()
    national = number.country_code_source == phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    if national or not phonenumbers.is_valid_number(number):
        return value.strip()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _text(item: Json) -> Content:
    return Content(type=MessageType.TEXT, text=as_text(item.get("text")))


def _interactive(item: Json) -> Content:
    reply = as_dict(item.get("reply"))
    title = as_text(reply.get("title")) or as_text(item.get("text"))
    data = {"reply": {"kind": "button", "id": as_id(reply.get("id")), "title": title}}
    return Content(type=MessageType.INTERACTIVE, text=title, data=data)


def _location(item: Json) -> Content:
    data = {"location": as_dict(item.get("location"))}
    return Content(type=MessageType.LOCATION, text=as_text(item.get("text")), data=data)


def _unsupported(item: Json) -> Content:
    return Content(type=MessageType.UNSUPPORTED, text=as_text(item.get("text")), data={"raw": item})


_CONTENTS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    "interactive": _interactive,
    "location": _location,
}
