"""WhatsApp's webhook bodies: what a customer did and what became of a message, in Meta's shapes and encoding.

Shapes: Meta's WhatsApp Business Platform webhook reference, v25.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from channels_app.simulator.media import Media, MediaStore, sample
from channels_app.simulator.provider import Built, InboundError, InboundSpec, Signed
from channels_app.simulator.world import Account, Customer, Message


def new_wamid() -> str:
    """A message id of WhatsApp's looks."""
    return "wamid." + base64.b64encode(b"\x1d\x18\x0c" + secrets.token_bytes(21)).decode()


def digits(phone: str) -> str:
    """WhatsApp names people by bare digits, however the number was written."""
    return "".join(character for character in phone if character.isdecimal())


def encode(payload: dict[str, Any]) -> bytes:
    """Meta's JSON: non-ASCII as ``\\uXXXX`` in lower case, slashes escaped. The signature is over these bytes."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def signature(secret: str, body: bytes) -> str:
    """The value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _valid(secret: str, body: bytes) -> Signed:
    return Signed(body=body, headers={"X-Hub-Signature-256": signature(secret, body)})


def _forged(secret: str, body: bytes) -> Signed:
    return Signed(body=body, headers={"X-Hub-Signature-256": signature(secret + "?", body)})


def _missing(secret: str, body: bytes) -> Signed:
    return Signed(body=body)


def _reserialised(secret: str, body: bytes) -> Signed:
    changed = json.dumps(json.loads(body), ensure_ascii=False).encode()
    return Signed(body=changed, headers={"X-Hub-Signature-256": signature(secret, body)})


_SIGNERS: dict[str, Callable[[str, bytes], Signed]] = {
    "valid": _valid,
    "forged": _forged,
    "missing": _missing,
    "reserialised": _reserialised,
}


def sign(account: Account, payload: dict[str, Any], *, how: str = "valid") -> Signed:
    """Body and headers of a webhook of this account."""
    signed = _SIGNERS[how](account.spec.app_secret, encode(payload))
    headers = {**signed.headers, "Content-Type": "application/json", "User-Agent": "facebookexternalua"}
    return Signed(body=signed.body, headers=headers)


def change(account: Account, value: dict[str, Any], *, field: str = "messages") -> dict[str, Any]:
    """One change of the account in Meta's envelope; ``value`` gets the fields common to all of this field."""
    spec = account.spec
    if field == "messages":
        metadata = {"display_phone_number": spec.display_phone_number, "phone_number_id": spec.account_id}
        value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    entry = {"id": spec.waba_id or "0", "changes": [{"value": value, "field": field}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}


# --- what a customer did ---------------------------------------------------------------------------------------


class InboundBuilder:
    """Builds the ``messages`` webhook for each type; files that customers send go into the media store."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        self._makers: dict[str, Callable[[Account, InboundSpec], tuple[str, dict[str, Any], dict[str, Any]]]]
        self._makers = {
            "text": self._text,
            "location": self._location,
            "contacts": self._contacts,
            "reaction": self._reaction,
            "button": self._button,
            **dict.fromkeys(("image", "video", "audio", "voice", "document", "sticker"), self._file),
        }

    def build(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        """The payload and the phone's view of it. Raises ``InboundError`` on what makes no sense."""
        make = self._makers.get(spec.type, self._other)
        type_name, content, shown = make(account, spec)
        message: dict[str, Any] = {
            "id": spec.message_id or new_wamid(),
            "timestamp": str(spec.timestamp if spec.timestamp is not None else int(time.time())),
            "type": type_name,
            **content,
        }
        contact: dict[str, Any] = {"profile": {"name": customer.name}, "user_id": customer.user_id}
        message["from_user_id"] = customer.user_id
        if customer.username:
            contact["profile"]["username"] = customer.username
        if not customer.phone_hidden:
            message["from"] = contact["wa_id"] = customer.id
        if spec.reply_to:
            message["context"] = {"from": account.spec.display_phone_number, "id": spec.reply_to}
        if spec.referral is not None:
            message["referral"] = spec.referral
        return Built(
            payload=change(account, {"contacts": [contact], "messages": [message]}),
            message=Message(
                id=message["id"],
                account=account.id,
                customer=customer.id,
                direction="in",
                reply_to=spec.reply_to,
                **{"type": spec.type, **shown},
            ),
        )

    def _text(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        return "text", {"text": {"body": spec.text}}, {"text": spec.text}

    def _file(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        media = store_file(self._media, account, spec, kind=spec.type)
        type_name = "audio" if spec.type == "voice" else spec.type
        item: dict[str, Any] = {
            "mime_type": media.mime_type,
            # Meta sends the hash of webhook media in base64, that of GET /{media_id} in hex.
            "sha256": base64.b64encode(hashlib.sha256(media.content).digest()).decode(),
            "id": media.id,
        }
        caption = spec.media.caption or spec.text
        if caption and type_name in ("image", "video", "document"):
            item["caption"] = caption
        if type_name == "document":
            item["filename"] = media.filename
        if type_name == "audio":
            item["voice"] = spec.type == "voice"
        if type_name == "sticker":
            item["animated"] = False
        return type_name, {type_name: item}, {"type": type_name, "text": caption, "media": media.as_json()}

    def _location(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        if spec.location is None:
            raise InboundError("a location message needs `location`")
        place = {name: value for name, value in spec.location.model_dump().items() if value != ""}
        return "location", {"location": place}, {"text": spec.location.name, "location": place}

    def _contacts(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        names = ", ".join(str(card.get("name", {}).get("formatted_name", "")) for card in spec.contacts)
        return "contacts", {"contacts": spec.contacts}, {"text": names}

    def _reaction(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        if spec.reaction is None:
            raise InboundError("a reaction needs `reaction`")
        reaction = {name: value for name, value in spec.reaction.model_dump().items() if value}
        return "reaction", {"reaction": reaction}, {"text": spec.reaction.emoji}

    def _button(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Which webhook a press makes depends on the message pressed: template, list or reply buttons."""
        if spec.button is None:
            raise InboundError("a button press needs `button`")
        origin = account.by_id.get(spec.reply_to)
        pressed = next((b for b in origin.buttons if b["id"] == spec.button.id), None) if origin else None
        title = spec.button.title or (pressed or {}).get("title", spec.button.id)
        shown = {"text": title}
        if origin is not None and origin.type == "template":
            return "button", {"button": {"text": title, "payload": spec.button.id}}, shown
        kind = "list_reply" if (pressed or {}).get("kind") == "list" else "button_reply"
        reply = {"id": spec.button.id, "title": title}
        if kind == "list_reply" and pressed and pressed.get("description"):
            reply["description"] = pressed["description"]
        return "interactive", {"interactive": {"type": kind, kind: reply}}, shown

    def _other(self, account: Account, spec: InboundSpec) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Any other type of the API, present or future, as the test wrote it; ``errors`` stand beside the type."""
        data = dict(spec.data)
        errors = data.pop("errors", None)
        content: dict[str, Any] = {spec.type: data} if data else {}
        if errors is not None:
            content["errors"] = errors
        return spec.type, content, {"text": spec.text or f"[{spec.type}]"}


def store_file(store: MediaStore, account: Account, spec: InboundSpec, *, kind: str) -> Media:
    """Keep the file that a customer sends. Raises ``InboundError`` when its base64 is broken."""
    try:
        content = base64.b64decode(spec.media.content_base64, validate=True)
    except binascii.Error as error:
        raise InboundError(f"media.content_base64: {error}") from error
    return store.add(
        account.id,
        kind=kind,
        content=content or sample(kind),
        mime_type=spec.media.mime_type,
        filename=spec.media.filename,
    )


# --- what became of a message ----------------------------------------------------------------------------------

_ERROR_TITLES = {
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131050: "User has stopped marketing messages",
}


def status(account: Account, message: Message, *, state: str, code: int = 0) -> dict[str, Any]:
    """One element of ``statuses[]``; ``code`` is the reason of a ``failed`` one."""
    customer = account.customers.get(message.customer)
    item: dict[str, Any] = {
        "id": message.id,
        "status": state,
        "timestamp": str(int(time.time())),
    }
    if customer is None or not customer.phone_hidden:
        item["recipient_id"] = message.customer
    if customer is not None and customer.user_id:
        item["recipient_user_id"] = customer.user_id
    if message.effect_key:
        item["biz_opaque_callback_data"] = message.effect_key
    if state in ("sent", "delivered"):
        template = message.type == "template"
        item["pricing"] = {
            "billable": template,
            "pricing_model": "PMP",
            "category": "marketing" if template else "service",
            "type": "regular" if template else "free_customer_service",
        }
    if state == "failed":
        title = _ERROR_TITLES.get(code, "Something went wrong")
        item["errors"] = [
            {
                "code": code,
                "title": title,
                "message": title,
                "error_data": {"details": title},
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }
        ]
    return item
