"""WhatsApp messages that customers sent, and echoes of those that the business sent from its phone.

Source: Meta, "Webhooks › Reference › messages". ``data`` keeps one key per kind: ``reply`` (``{"kind", "id", "title",
…}``, for every kind of button), ``location``, ``contacts``, ``order``, ``reaction``, ``system``, ``referral``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from channels_app.providers.base import (
    Inbound,
    InboundMessage,
    MediaRef,
    MessageEdited,
    MessageRevoked,
    MessageType,
    Notice,
    Sender,
)
from channels_app.providers.whatsapp.media import sha256_hex
from channels_app.providers.wire import (
    as_dict,
    as_id,
    as_list,
    as_size,
    as_text,
    first_id,
    moment,
    phone_of_digits,
)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What one type of message says."""

    type: MessageType
    text: str = ""
    media: tuple[MediaRef, ...] = ()
    reply_to: str = ""
    data: Json = field(default_factory=dict)


def parse_message(payload: Mapping[str, Any]) -> list[Inbound]:
    """A message, an edit or a revocation; a ``Notice`` when it lacks an id or a sender."""
    item = as_dict(payload.get("item"))
    return [_parse(item, sender=_sender(item, as_dict(payload.get("contact"))), echo=False)]


def parse_echo(payload: Mapping[str, Any]) -> list[Inbound]:
    """Like :func:`parse_message`; the ``sender`` of an echo is the customer whose conversation it belongs to."""
    item = as_dict(payload.get("item"))
    customer = {"from": item.get("to"), "from_user_id": item.get("to_user_id")}
    customer["from_parent_user_id"] = item.get("to_parent_user_id")
    return [_parse(item, sender=_sender(customer, as_dict(payload.get("contact"))), echo=True)]


def _parse(item: Json, *, sender: Sender, echo: bool) -> Inbound:
    kind = as_text(item.get("type"))
    if change := _CHANGES.get(kind):
        return change(item, sender)
    message_id = as_id(item.get("id"))
    if not message_id or not sender.user_id:
        return Notice(kind=kind or "message", data=item, user_id=sender.user_id)
    content = _CONTENTS.get(kind, _unsupported)(item)
    context = as_dict(item.get("context"))
    return InboundMessage(
        provider_message_id=message_id,
        sender=sender,
        sent_at=moment(item.get("timestamp")),
        type=content.type,
        text=content.text,
        media=content.media,
        reply_to=content.reply_to or as_id(context.get("id")),
        data={**_around(item, context), **content.data},
        echo=echo,
    )


def _sender(item: Mapping[str, Any], contact: Json) -> Sender:
    profile = as_dict(contact.get("profile"))
    system = as_dict(item.get("system"))
    # Someone whose id changed is still known under the old one.
    user_id = first_id(item, "from_user_id", "from") or first_id(
        system, "previous_user_id", "user_id", "wa_id"
    )
    phone_id = as_id(item.get("from")) or as_id(contact.get("wa_id"))
    others = (as_id(contact.get("user_id")), phone_id, as_id(item.get("from_parent_user_id")))
    return Sender(
        user_id=user_id,
        alternate_ids=tuple(dict.fromkeys(other for other in others if other and other != user_id)),
        phone=phone_of_digits(phone_id),
        name=as_text(profile.get("name")).strip(),
        username=as_text(profile.get("username")) or as_text(contact.get("username")),
    )


def _around(item: Json, context: Json) -> Json:
    """What may accompany every type: the ad it came from, forwarding, the product or group it belongs to."""
    found = {
        "referral": as_dict(item.get("referral")),
        "forwarded": context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        "frequently_forwarded": context.get("frequently_forwarded") is True,
        "referred_product": as_dict(context.get("referred_product")),
        "group_id": as_id(item.get("group_id")) or as_id(context.get("group_id")),
        "errors": as_list(item.get("errors")),
        "identity": as_dict(item.get("identity")),
    }
    return {name: value for name, value in found.items() if value}


def _text(item: Json) -> Content:
    return Content(type=MessageType.TEXT, text=as_text(as_dict(item.get("text")).get("body")))


def _media(kind: MessageType) -> Callable[[Json], Content]:
    def parse_media(item: Json) -> Content:
        body = as_dict(item.get(kind.value))
        ref = MediaRef(
            kind=kind.value,
            provider_id=as_id(body.get("id")),
            mime_type=as_text(body.get("mime_type")),
            sha256=sha256_hex(as_text(body.get("sha256"))),
            filename=as_text(body.get("filename")),
            size=as_size(body.get("file_size")),
        )
        flags = {name: True for name in ("voice", "animated") if body.get(name) is True}
        # Without an id there is no file to fetch; the errors beside it say why.
        media = (ref,) if ref.provider_id else ()
        return Content(type=kind, text=as_text(body.get("caption")), media=media, data=flags)

    return parse_media


def _location(item: Json) -> Content:
    location = as_dict(item.get("location"))
    text = " · ".join(part for name in ("name", "address") if (part := as_text(location.get(name))))
    return Content(type=MessageType.LOCATION, text=text, data={"location": location})


def _contacts(item: Json) -> Content:
    cards = [card for card in as_list(item.get("contacts")) if isinstance(card, dict)]
    names = (as_text(as_dict(card.get("name")).get("formatted_name")) for card in cards)
    return Content(type=MessageType.CONTACTS, text=", ".join(filter(None, names)), data={"contacts": cards})


def _reaction(item: Json) -> Content:
    reaction = as_dict(item.get("reaction"))
    emoji, target = as_text(reaction.get("emoji")), as_id(reaction.get("message_id"))
    data = {"reaction": {"message_id": target, "emoji": emoji, "removed": not emoji}}
    return Content(type=MessageType.REACTION, text=emoji, reply_to=target, data=data)


def _button(item: Json) -> Content:
    button = as_dict(item.get("button"))
    title = as_text(button.get("text"))
    reply = {"kind": "button", "id": as_text(button.get("payload")), "title": title}
    return Content(type=MessageType.INTERACTIVE, text=title, data={"reply": reply})


def _interactive(item: Json) -> Content:
    interactive = as_dict(item.get("interactive"))
    kind = as_text(interactive.get("type"))
    answer = as_dict(interactive.get(kind))
    # Flows answer with a body and a name, call permissions with a response: all else has a title.
    text = next((found for name in ("title", "body", "response") if (found := as_text(answer.get(name)))), "")
    reply = {**answer, "kind": kind, "id": first_id(answer, "id", "name", "response"), "title": text}
    return Content(type=MessageType.INTERACTIVE, text=text, data={"reply": reply})


def _order(item: Json) -> Content:
    order = as_dict(item.get("order"))
    return Content(type=MessageType.ORDER, text=as_text(order.get("text")), data={"order": order})


def _system(item: Json) -> Content:
    system = as_dict(item.get("system"))
    return Content(type=MessageType.SYSTEM, text=as_text(system.get("body")), data={"system": system})


def _welcome(item: Json) -> Content:
    # The customer opened the chat for the first time and has not written yet.
    return Content(type=MessageType.SYSTEM, data={"system": {"type": "request_welcome"}})


def _unsupported(item: Json) -> Content:
    return Content(type=MessageType.UNSUPPORTED, data={"raw": item})


def _edited(item: Json, sender: Sender) -> Inbound:
    edit = as_dict(item.get("edit"))
    message = as_dict(edit.get("message"))
    body = as_dict(message.get(as_text(message.get("type"))))
    target = as_id(edit.get("original_message_id"))
    if not target:
        return Notice(kind="edit", data=item, user_id=sender.user_id)
    text = as_text(body.get("body")) or as_text(body.get("caption"))
    return MessageEdited(provider_message_id=target, text=text, occurred_at=moment(item.get("timestamp")))


def _revoked(item: Json, sender: Sender) -> Inbound:
    target = as_id(as_dict(item.get("revoke")).get("original_message_id"))
    if not target:
        return Notice(kind="revoke", data=item, user_id=sender.user_id)
    return MessageRevoked(provider_message_id=target, occurred_at=moment(item.get("timestamp")))


_CHANGES: dict[str, Callable[[Json, Sender], Inbound]] = {"edit": _edited, "revoke": _revoked}

_CONTENTS: dict[str, Callable[[Json], Content]] = {
    "text": _text,
    "image": _media(MessageType.IMAGE),
    "video": _media(MessageType.VIDEO),
    "audio": _media(MessageType.AUDIO),
    "document": _media(MessageType.DOCUMENT),
    "sticker": _media(MessageType.STICKER),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
    "system": _system,
    "request_welcome": _welcome,
}
