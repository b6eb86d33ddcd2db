"""Telegram messages that customers sent.

Source: Telegram, "Bot API › Message". ``data`` uses the same keys as the other providers (``reply``, ``location``,
``contacts``, ``referral`` …) beside Telegram's own ``entities`` (offsets in UTF-16 units) and ``media_group_id``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from channels_app.providers.base import InboundMessage, MediaRef, MessageType, Sender
from channels_app.providers.wire import (
    as_dict,
    as_id,
    as_list,
    as_size,
    as_text,
    moment,
    phone_of_digits,
)

Json = dict[str, Any]

_START = re.compile(r"/start(?:@[A-Za-z0-9_]+)? ([A-Za-z0-9_-]{1,64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one type of message says."""

    type: MessageType
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    data: Json = field(default_factory=dict)


def parse_message(message: Json, *, echo: bool = False) -> InboundMessage | None:
    """The message, or ``None`` when it lacks an id or a customer.

    The ``sender`` of an echo is the customer whose conversation it belongs to: the chat's other side.
    """
    chat = as_dict(message.get("chat"))
    chat_id, message_id = as_id(chat.get("id")), as_id(message.get("message_id"))
    sender = person(chat if echo else as_dict(message.get("from")))
    if not chat_id or not message_id or not sender.user_id:
        return None
    # An animation and a venue also carry a document and a location for old clients: the order decides.
    kind = next((name for name in _CONTENTS if message.get(name)), None)
    content = _CONTENTS[kind](message) if kind else _other(message)
    answered = as_id(as_dict(message.get("reply_to_message")).get("message_id"))
    return InboundMessage(
        provider_message_id=f"{chat_id}:{message_id}",
        sender=_with_own_phone(sender, as_dict(message.get("contact"))),
        sent_at=moment(message.get("date")),
        type=content.type,
        text=content.text or as_text(message.get("caption")),
        media=content.media,
        reply_to=f"{chat_id}:{answered}" if answered else "",
        data={**_around(message, chat), **content.data},
        echo=echo,
    )


def person(user: Json) -> Sender:
    """A Telegram ``User`` (or private ``Chat``) as a sender."""
    name = " ".join(part for key in ("first_name", "last_name") if (part := as_text(user.get(key)).strip()))
    return Sender(
        user_id=as_id(user.get("id")),
        name=name,
        username=as_text(user.get("username")),
        language=as_text(user.get("language_code")),
    )


def _with_own_phone(sender: Sender, contact: Json) -> Sender:
    # A contact card proves a phone only when Telegram says that it is the sender's own.
    if as_id(contact.get("user_id")) != sender.user_id:
        return sender
    return replace(sender, phone=phone_of_digits(as_text(contact.get("phone_number"))))


def _around(message: Json, chat: Json) -> Json:
    """What may accompany every type: formatting, albums, forwarding, quotes, the group that it was written in."""
    origin = as_dict(message.get("forward_origin"))
    group = {name: chat[name] for name in ("id", "type", "title") if name in chat}
    found = {
        "entities": as_list(message.get("entities")) or as_list(message.get("caption_entities")),
        "media_group_id": as_id(message.get("media_group_id")),
        "forwarded": bool(origin),
        "forward_origin": origin,
        "quote": as_dict(message.get("quote")),
        "chat": group if as_text(chat.get("type")) not in ("private", "") else {},
        "message_thread_id": as_id(message.get("message_thread_id")),
        "business_connection_id": as_id(message.get("business_connection_id")),
    }
    return {name: value for name, value in found.items() if value}


def _text(message: Json) -> Content:
    text = as_text(message.get("text"))
    start = _START.fullmatch(text.strip())
    # t.me/<bot>?start=<payload>: where the customer came from.
    data = {"referral": {"source_type": "start", "ref": start[1]}} if start else {}
    return Content(type=MessageType.TEXT, text=text, data=data)


def _photo(message: Json) -> Content:
    sizes = [size for size in as_list(message.get("photo")) if isinstance(size, dict)]
    if not sizes:
        return _other(message)
    # The same picture in rising sizes: the last is the largest. Telegram makes every photo a JPEG.
    ref = MediaRef(
        kind="image",
        provider_id=as_id(sizes[-1].get("file_id")),
        mime_type="image/jpeg",
        size=as_size(sizes[-1].get("file_size")),
    )
    return Content(type=MessageType.IMAGE, media=(ref,) if ref.provider_id else ())


def _file(name: str, kind: MessageType, *, keep: tuple[str, ...] = ()) -> Callable[[Json], Content]:
    """A parser of the media field ``name``; fields named in ``keep`` stay in ``data`` under the same name."""

    def parse_file(message: Json) -> Content:
        file = as_dict(message.get(name))
        ref = MediaRef(
            kind=kind.value,
            provider_id=as_id(file.get("file_id")),
            mime_type=as_text(file.get("mime_type")),
            filename=as_text(file.get("file_name")),
            size=as_size(file.get("file_size")),
        )
        kept = {key: file[key] for key in keep if key in file}
        flags = {name: True} if name in ("voice", "video_note", "animation") else {}
        return Content(type=kind, media=(ref,) if ref.provider_id else (), data={**flags, **kept})

    return parse_file


def _venue(message: Json) -> Content:
    venue = as_dict(message.get("venue"))
    name, address = as_text(venue.get("title")), as_text(venue.get("address"))
    location = {**as_dict(venue.get("location")), "name": name, "address": address}
    return Content(
        type=MessageType.LOCATION, text=" · ".join(filter(None, (name, address))), data={"location": location}
    )


def _location(message: Json) -> Content:
    return Content(type=MessageType.LOCATION, data={"location": as_dict(message.get("location"))})


def _contact(message: Json) -> Content:
    contact = as_dict(message.get("contact"))
    name = person(contact).name
    card = {"name": {"formatted_name": name}, "phones": [{"phone": as_text(contact.get("phone_number"))}]}
    return Content(type=MessageType.CONTACTS, text=name, data={"contacts": [card], "contact": contact})


def _web_app(message: Json) -> Content:
    answer = as_dict(message.get("web_app_data"))
    title = as_text(answer.get("button_text"))
    reply = {"kind": "web_app", "id": as_text(answer.get("data")), "title": title}
    return Content(type=MessageType.INTERACTIVE, text=title, data={"reply": reply})


def _poll(message: Json) -> Content:
    poll = as_dict(message.get("poll"))
    question = as_text(poll.get("question"))
    return Content(type=MessageType.UNSUPPORTED, text=question, data={"poll": poll, "raw": message})


def _dice(message: Json) -> Content:
    dice = as_dict(message.get("dice"))
    emoji = as_text(dice.get("emoji"))
    return Content(type=MessageType.UNSUPPORTED, text=emoji, data={"dice": dice, "raw": message})


def _other(message: Json) -> Content:
    service = next((name for name in _SERVICE_FIELDS if name in message), None)
    if service:
        system = {"type": service, "value": message[service]}
        return Content(type=MessageType.SYSTEM, data={"system": system})
    return Content(type=MessageType.UNSUPPORTED, data={"raw": message})


#: Messages that Telegram itself writes into a chat.
_SERVICE_FIELDS = (
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "write_access_allowed",
    "boost_added",
    "chat_background_set",
)

_CONTENTS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    "photo": _photo,
    "animation": _file("animation", MessageType.VIDEO, keep=("duration",)),
    "video": _file("video", MessageType.VIDEO, keep=("duration",)),
    "video_note": _file("video_note", MessageType.VIDEO, keep=("duration",)),
    "voice": _file("voice", MessageType.AUDIO, keep=("duration",)),
    "audio": _file("audio", MessageType.AUDIO, keep=("duration", "title", "performer")),
    "document": _file("document", MessageType.DOCUMENT),
    "sticker": _file("sticker", MessageType.STICKER, keep=("emoji", "set_name", "is_animated", "is_video")),
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "web_app_data": _web_app,
    "poll": _poll,
    "dice": _dice,
}
