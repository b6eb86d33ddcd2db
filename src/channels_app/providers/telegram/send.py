"""A Telegram message as the Bot API takes it, and the reading of its answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from channels_app.providers.base import (
    MessageType,
    OutboundFile,
    OutboundMessage,
    SendRefusedError,
    SendResult,
    SendUnknownError,
)
from channels_app.providers.calls import send_once
from channels_app.providers.multipart import multipart
from channels_app.providers.telegram.credentials import TelegramCredentials, TelegramSettings
from channels_app.providers.telegram.errors import error_of
from channels_app.providers.wire import as_dict, as_id
from core.http import HttpClient

MAX_TEXT_UNITS = 4096
MAX_CAPTION_UNITS = 1024
MAX_CALLBACK_BYTES = 64

Json = dict[str, Any]


async def send_message(
    message: OutboundMessage,
    *,
    credentials: TelegramCredentials,
    settings: TelegramSettings,
    http: HttpClient,
) -> SendResult:
    """Call the method for this type of message once. Errors as in ``Provider.send``."""
    method, body = build(message)
    if settings.silent:
        body["disable_notification"] = True
    content, headers = _form(method, body, message.file) if message.file is not None else (None, {})
    answer = await send_once(
        http,
        settings.method_url(credentials, method),
        json=body if content is None else None,
        content=content,
        headers=headers,
        # Telegram has to take in megabytes before it answers.
        timeout_s=settings.timeout_s if content is None else max(settings.timeout_s, 60.0),
    )
    if not answer.ok or answer.data.get("ok") is False:
        raise error_of(answer, token=credentials.bot_token.get_secret_value())
    if message.type is MessageType.REACTION:
        # A reaction has no id of its own at Telegram.
        return SendResult(provider_message_id=f"{message.reply_to}:reaction:{message.effect_key}")
    result = as_dict(answer.data.get("result"))
    message_id, chat_id = as_id(result.get("message_id")), as_id(as_dict(result.get("chat")).get("id"))
    if not message_id:
        raise SendUnknownError("Telegram accepted the message without naming its id")
    return SendResult(provider_message_id=f"{chat_id or message.recipient}:{message_id}")


def _form(method: str, body: Json, file: OutboundFile) -> tuple[bytes, dict[str, str]]:
    """The arguments as a form with the file in it; of a form, Telegram takes nested arguments as JSON."""
    fields = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in body.items()
    }
    return multipart(fields, method.removeprefix("send").lower(), file)


def build(message: OutboundMessage) -> tuple[str, Json]:
    """The method and its arguments. Raises ``SendRefusedError`` for what Telegram cannot carry."""
    builder = _BUILDERS.get(message.type)
    if builder is None:
        reason = "template" if message.type is MessageType.TEMPLATE else "invalid"
        raise SendRefusedError(f"Telegram cannot send a message of type {message.type}", reason=reason)
    if not message.recipient:
        raise SendRefusedError("the message has no recipient")
    method, body = builder(message)
    body["chat_id"] = int(message.recipient) if _is_number(message.recipient) else message.recipient
    target = _message_number(message.reply_to)
    if target and message.type is not MessageType.REACTION:
        # The customer may have deleted what we answer; the answer still matters.
        body["reply_parameters"] = {"message_id": target, "allow_sending_without_reply": True}
    if message.buttons:
        body["reply_markup"] = {"inline_keyboard": [[_button(button)] for button in message.buttons]}
    if connection := as_id(message.data.get("business_connection_id")):
        body["business_connection_id"] = connection
    return method, body


def utf16_units(text: str) -> int:
    """Length as Telegram counts it: an emoji outside the basic plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(message: OutboundMessage) -> tuple[str, Json]:
    if not message.text.strip():
        raise SendRefusedError("the text is empty")
    if (units := utf16_units(message.text)) > MAX_TEXT_UNITS:
        raise SendRefusedError(f"the text has {units} UTF-16 units; Telegram takes {MAX_TEXT_UNITS}")
    return "sendMessage", {"text": message.text}


def _media(method: str, field: str, *, caption: bool = True) -> Callable[[OutboundMessage], tuple[str, Json]]:
    def build_media(message: OutboundMessage) -> tuple[str, Json]:
        if not message.media_url and message.file is None:
            raise SendRefusedError(f"a message of type {message.type} needs the address of a file")
        body: Json = {field: message.media_url} if message.file is None else {}
        if caption and message.text:
            if (units := utf16_units(message.text)) > MAX_CAPTION_UNITS:
                raise SendRefusedError(
                    f"the caption has {units} UTF-16 units; Telegram takes {MAX_CAPTION_UNITS}"
                )
            body["caption"] = message.text
        return method, body

    return build_media


def _location(message: OutboundMessage) -> tuple[str, Json]:
    location = as_dict(message.data.get("location"))
    if "latitude" not in location or "longitude" not in location:
        raise SendRefusedError("a location needs a latitude and a longitude")
    point = {"latitude": location["latitude"], "longitude": location["longitude"]}
    if location.get("name"):
        return "sendVenue", {**point, "title": location["name"], "address": location.get("address") or ""}
    return "sendLocation", point


def _reaction(message: OutboundMessage) -> tuple[str, Json]:
    target = _message_number(message.reply_to)
    if not target:
        raise SendRefusedError("a reaction must name the message that it is about")
    # An empty list takes the reaction back.
    emoji = [{"type": "emoji", "emoji": message.text}] if message.text else []
    return "setMessageReaction", {"message_id": target, "reaction": emoji}


def _button(button: dict[str, str]) -> Json:
    title = button.get("title", "")
    data = button.get("id") or title
    if not title:
        raise SendRefusedError("a button needs a title")
    if (size := len(data.encode("utf-8", "replace"))) > MAX_CALLBACK_BYTES:
        raise SendRefusedError(f"a button's id has {size} bytes; Telegram takes {MAX_CALLBACK_BYTES}")
    return {"text": title, "callback_data": data}


def _message_number(provider_message_id: str) -> int | None:
    """The number in ``chat:message``; other ids (a pressed button) cannot be answered to."""
    chat, _, number = provider_message_id.rpartition(":")
    return int(number) if _is_number(chat) and _is_number(number) else None


def _is_number(value: str) -> bool:
    digits = value.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 19


_BUILDERS: dict[MessageType, Callable[[OutboundMessage], tuple[str, Json]]] = {
    MessageType.TEXT: _text,
    MessageType.INTERACTIVE: _text,
    MessageType.IMAGE: _media("sendPhoto", "photo"),
    MessageType.VIDEO: _media("sendVideo", "video"),
    MessageType.AUDIO: _media("sendAudio", "audio"),
    MessageType.DOCUMENT: _media("sendDocument", "document"),
    MessageType.STICKER: _media("sendSticker", "sticker", caption=False),
    MessageType.LOCATION: _location,
    MessageType.REACTION: _reaction,
}
