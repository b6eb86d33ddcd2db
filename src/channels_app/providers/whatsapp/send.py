"""A WhatsApp message as the Graph API takes it, and the reading of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from channels_app.providers.base import (
    MessageType,
    OutboundMessage,
    SendRefusedError,
    SendResult,
    SendUnknownError,
)
from channels_app.providers.calls import send_once
from channels_app.providers.whatsapp.credentials import WhatsAppCredentials, WhatsAppSettings
from channels_app.providers.whatsapp.errors import error_of
from channels_app.providers.whatsapp.media import upload_file
from channels_app.providers.wire import as_dict, as_id, as_list
from core.http import HttpClient

MAX_BUTTONS = 3
MAX_BUTTON_TITLE = 20
MAX_TEXT = 4096
MAX_CAPTION = 1024

Json = dict[str, Any]


async def send_message(
    message: OutboundMessage,
    *,
    credentials: WhatsAppCredentials,
    settings: WhatsAppSettings,
    http: HttpClient,
) -> SendResult:
    """``POST /{phone_number_id}/messages`` once, after the upload of its file if it has one. Errors as in
    ``Provider.send``."""
    if message.file is not None:
        media_id = await upload_file(message.file, credentials=credentials, settings=settings, http=http)
        message = replace(message, data={**message.data, "media_id": media_id})
    body = build(message, link_preview=settings.link_preview)
    answer = await send_once(
        http,
        settings.url(credentials.phone_number_id, "messages"),
        json=body,
        headers={"Authorization": f"Bearer {credentials.access_token.get_secret_value()}"},
        timeout_s=settings.timeout_s,
    )
    if not answer.ok or "error" in answer.data:
        raise error_of(answer)
    messages = as_list(answer.data.get("messages"))
    message_id = as_id(as_dict(messages[0]).get("id")) if messages else ""
    if not message_id:
        raise SendUnknownError("WhatsApp accepted the message without naming its id")
    return SendResult(provider_message_id=message_id)


def build(message: OutboundMessage, *, link_preview: bool = False) -> Json:
    """The request body. Raises ``SendRefusedError`` for what WhatsApp cannot carry."""
    kind = MessageType.INTERACTIVE if message.buttons else message.type
    builder = _BUILDERS.get(kind)
    if builder is None:
        raise SendRefusedError(f"WhatsApp cannot send a message of type {message.type}")
    content = builder(message)
    if kind is MessageType.TEXT:
        content["text"]["preview_url"] = link_preview
    body = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(message),
        **content,
        # Comes back in every status, so that an unknown outcome can be settled.
        "biz_opaque_callback_data": message.effect_key,
    }
    if message.reply_to and kind is not MessageType.REACTION:
        body["context"] = {"message_id": message.reply_to}
    return body


def _address(message: OutboundMessage) -> Json:
    digits = (message.phone or "").removeprefix("+") or message.recipient
    if digits.isascii() and digits.isdigit():
        return {"to": digits}
    if message.recipient:
        return {"recipient": message.recipient}
    raise SendRefusedError("the message has neither a phone number nor a WhatsApp user id")


def _text(message: OutboundMessage) -> Json:
    if not message.text.strip():
        raise SendRefusedError("the text is empty")
    if len(message.text) > MAX_TEXT:
        raise SendRefusedError(f"the text has {len(message.text)} characters; WhatsApp takes {MAX_TEXT}")
    return {"type": "text", "text": {"body": message.text}}


def _media(kind: str, *, caption: bool = True, filename: bool = False) -> Callable[[OutboundMessage], Json]:
    def build_media(message: OutboundMessage) -> Json:
        media = _link(message)
        if caption and message.text:
            if len(message.text) > MAX_CAPTION:
                raise SendRefusedError(
                    f"the caption has {len(message.text)} characters; WhatsApp takes {MAX_CAPTION}"
                )
            media["caption"] = message.text
        name = message.filename or (message.file.filename if message.file is not None else "")
        if filename and name:
            media["filename"] = name
        return {"type": kind, kind: media}

    return build_media


def _link(message: OutboundMessage) -> Json:
    if media_id := as_id(message.data.get("media_id")):
        return {"id": media_id}
    if not message.media_url:
        raise SendRefusedError(f"a message of type {message.type} needs the address of a file")
    return {"link": message.media_url}


def _location(message: OutboundMessage) -> Json:
    location = as_dict(message.data.get("location"))
    if "latitude" not in location or "longitude" not in location:
        raise SendRefusedError("a location needs a latitude and a longitude")
    known = ("latitude", "longitude", "name", "address")
    return {
        "type": "location",
        "location": {name: location[name] for name in known if location.get(name) is not None},
    }


def _contacts(message: OutboundMessage) -> Json:
    contacts = as_list(message.data.get("contacts"))
    if not contacts:
        raise SendRefusedError("there is no contact card to send")
    return {"type": "contacts", "contacts": contacts}


def _reaction(message: OutboundMessage) -> Json:
    if not message.reply_to:
        raise SendRefusedError("a reaction must name the message that it is about")
    # An empty emoji takes the reaction back.
    return {"type": "reaction", "reaction": {"message_id": message.reply_to, "emoji": message.text}}


def _template(message: OutboundMessage) -> Json:
    if not message.template or not message.template.get("name"):
        raise SendRefusedError("the template has no name", reason="template")
    return {"type": "template", "template": message.template}


def _interactive(message: OutboundMessage) -> Json:
    if not message.buttons:
        # Lists, flows, products …: the caller brings Meta's own object.
        interactive = as_dict(message.data.get("interactive"))
        if not interactive:
            raise SendRefusedError("an interactive message needs buttons or an interactive object")
        return {"type": "interactive", "interactive": interactive}
    if len(message.buttons) > MAX_BUTTONS:
        raise SendRefusedError(f"WhatsApp takes {MAX_BUTTONS} buttons, not {len(message.buttons)}")
    interactive = {
        "type": "button",
        "body": {"text": message.text},
        "action": {"buttons": [_button(button) for button in message.buttons]},
    }
    if not message.text.strip():
        raise SendRefusedError("buttons need a text above them")
    if message.media_url and message.type in _HEADER_TYPES:
        interactive["header"] = {"type": str(message.type), str(message.type): _link(message)}
    return {"type": "interactive", "interactive": interactive}


def _button(button: dict[str, str]) -> Json:
    title = button.get("title", "")
    if not title or len(title) > MAX_BUTTON_TITLE:
        raise SendRefusedError(f"a button's title has 1 to {MAX_BUTTON_TITLE} characters, not {len(title)}")
    return {"type": "reply", "reply": {"id": button.get("id") or title, "title": title}}


_HEADER_TYPES = (MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT)

_BUILDERS: dict[MessageType, Callable[[OutboundMessage], Json]] = {
    MessageType.TEXT: _text,
    MessageType.IMAGE: _media("image"),
    MessageType.VIDEO: _media("video"),
    MessageType.AUDIO: _media("audio", caption=False),
    MessageType.DOCUMENT: _media("document", filename=True),
    MessageType.STICKER: _media("sticker", caption=False),
    MessageType.LOCATION: _location,
    MessageType.CONTACTS: _contacts,
    MessageType.REACTION: _reaction,
    MessageType.TEMPLATE: _template,
    MessageType.INTERACTIVE: _interactive,
}
