"""Telegram updates: each body is one update, cut into one fragment, and understood by its type.

Source: Telegram, "Bot API › Update". Message ids are only unique within a chat, so ours are ``chat_id:message_id``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from channels_app.providers.base import (
    Fragment,
    Inbound,
    InboundMessage,
    MessageEdited,
    MessageRevoked,
    MessageType,
    Notice,
)
from channels_app.providers.telegram.payloads_messages import parse_message, person
from channels_app.providers.wire import as_dict, as_id, as_list, as_text, digest, load_object, moment

MISC_LANE = "misc"

Json = dict[str, Any]


def split(body: bytes) -> list[Fragment]:
    """The update as one fragment. Raises ``ValueError`` when the body is not a JSON object."""
    update = load_object(body)
    update_id = as_id(update.get("update_id"))
    _, content = _content(update)
    # The body names no bot: the address that it came to does.
    return [
        Fragment(
            account_id="",
            key=f"update:{update_id}" if update_id else digest(update),
            lane=(_customer_id(content) or MISC_LANE) if update_id else MISC_LANE,
            payload=update,
        )
    ]


def parse(payload: Mapping[str, Any]) -> list[Inbound]:
    """Understand one update; kinds that are no message become a ``Notice``."""
    kind, content = _content(payload)
    parser = _PARSERS.get(kind)
    return parser(content, payload) if parser else [_notice(kind, content)]


def _content(update: Mapping[str, Any]) -> tuple[str, Json]:
    """The update's kind and its object: the one field beside ``update_id`` that holds an object."""
    known = (name for name in _PARSERS if isinstance(update.get(name), dict))
    other = (name for name, value in update.items() if isinstance(name, str) and isinstance(value, dict))
    kind = next(known, None) or next(other, "")
    return kind or "odd", as_dict(update.get(kind)) if kind else dict(update)


def _customer_id(content: Json) -> str:
    """The customer's user id; in a private chat the chat's id is theirs, whoever wrote."""
    message = as_dict(content.get("message"))
    chat = as_dict(content.get("chat")) or as_dict(message.get("chat"))
    author = as_dict(content.get("from")) or as_dict(content.get("user"))
    if as_text(chat.get("type")) == "private":
        return as_id(chat.get("id"))
    return as_id(author.get("id")) or as_id(chat.get("id"))


def _notice(kind: str, content: Json) -> Notice:
    return Notice(kind=kind, data=content, user_id=_customer_id(content))


def _message(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    return [parse_message(content) or _notice("message", content)]


def _business_message(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    """A chat of the owner's own account that the bot may read: the owner's messages come here as well."""
    chat_id = as_id(as_dict(content.get("chat")).get("id"))
    echo = bool(chat_id) and as_id(as_dict(content.get("from")).get("id")) != chat_id
    return [parse_message(content, echo=echo) or _notice("business_message", content)]


def _edited(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    chat_id, message_id = as_id(as_dict(content.get("chat")).get("id")), as_id(content.get("message_id"))
    # A live location is "edited" with each step of the way.
    if not chat_id or not message_id or "location" in content:
        return [_notice("edited_message", content)]
    return [
        MessageEdited(
            provider_message_id=f"{chat_id}:{message_id}",
            text=as_text(content.get("text")) or as_text(content.get("caption")),
            occurred_at=moment(content.get("edit_date")),
        )
    ]


def _deleted(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    chat_id = as_id(as_dict(content.get("chat")).get("id"))
    ids = [found for item in as_list(content.get("message_ids")) if (found := as_id(item))]
    if not chat_id or not ids:
        return [_notice("deleted_business_messages", content)]
    # Telegram does not say when; the news has just come in.
    now = datetime.now(UTC)
    return [
        MessageRevoked(provider_message_id=f"{chat_id}:{message_id}", occurred_at=now) for message_id in ids
    ]


def _callback(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    """A pressed button. Its time is not told (the message's date is when we sent it)."""
    sender = person(as_dict(content.get("from")))
    query_id = as_id(content.get("id"))
    if not sender.user_id or not query_id:
        return [_notice("callback_query", content)]
    message = as_dict(content.get("message"))
    chat_id, message_id = as_id(as_dict(message.get("chat")).get("id")), as_id(message.get("message_id"))
    value = as_text(content.get("data"))
    title = _button_title(message, value) or value or as_text(content.get("game_short_name"))
    return [
        InboundMessage(
            provider_message_id=f"callback:{query_id}",
            sender=sender,
            sent_at=datetime.now(UTC),
            type=MessageType.INTERACTIVE,
            text=title,
            reply_to=f"{chat_id}:{message_id}" if chat_id and message_id else "",
            data={"reply": {"kind": "callback", "id": value, "title": title}, "callback_query_id": query_id},
        )
    ]


def _button_title(message: Json, value: str) -> str:
    rows = as_list(as_dict(message.get("reply_markup")).get("inline_keyboard"))
    buttons = (as_dict(button) for row in rows for button in as_list(row))
    return next((as_text(b.get("text")) for b in buttons if value and b.get("callback_data") == value), "")


def _reaction(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    sender = person(as_dict(content.get("user")))
    chat_id, message_id = as_id(as_dict(content.get("chat")).get("id")), as_id(content.get("message_id"))
    update_id = as_id(update.get("update_id"))
    if not sender.user_id or not chat_id or not message_id or not update_id:
        return [_notice("message_reaction", content)]
    target = f"{chat_id}:{message_id}"
    emoji = "".join(
        as_text(as_dict(reaction).get("emoji")) for reaction in as_list(content.get("new_reaction"))
    )
    return [
        InboundMessage(
            # A reaction has no id of its own; the update that brought it does.
            provider_message_id=f"{target}:reaction:{update_id}",
            sender=sender,
            sent_at=moment(content.get("date")),
            type=MessageType.REACTION,
            text=emoji,
            reply_to=target,
            data={
                "reaction": {"message_id": target, "emoji": emoji, "removed": not content.get("new_reaction")}
            },
        )
    ]


def _my_chat_member(content: Json, update: Mapping[str, Any]) -> list[Inbound]:
    """In a private chat, ``kicked`` means that the user blocked the bot and ``member`` that they let it back."""
    status = as_text(as_dict(content.get("new_chat_member")).get("status"))
    private = as_text(as_dict(content.get("chat")).get("type")) == "private"
    kind = _MEMBER_KINDS.get(status, "my_chat_member") if private else "my_chat_member"
    return [_notice(kind, content)]


_MEMBER_KINDS = {"kicked": "blocked", "member": "unblocked"}

_PARSERS: dict[str, Callable[[Json, Mapping[str, Any]], list[Inbound]]] = {
    "message": _message,
    "edited_message": _edited,
    "business_message": _business_message,
    "edited_business_message": _edited,
    "deleted_business_messages": _deleted,
    "callback_query": _callback,
    "message_reaction": _reaction,
    "my_chat_member": _my_chat_member,
}
