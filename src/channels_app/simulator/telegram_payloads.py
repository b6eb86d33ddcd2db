"""Telegram's updates: what a customer did, in the Bot API's shapes.

Shapes: Telegram Bot API 10.3 (Update, Message, CallbackQuery, MessageReactionUpdated, ChatMemberUpdated).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from channels_app.simulator.media import MediaStore
from channels_app.simulator.provider import Built, InboundError, InboundSpec
from channels_app.simulator.whatsapp_payloads import store_file
from channels_app.simulator.world import Account, Customer, Message

FIRST_UPDATE_ID = 830_000_000
_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?")
_UNLISTED = ("message_reaction", "message_reaction_count", "chat_member")


def encode(payload: dict[str, Any]) -> bytes:
    """The Bot API's JSON: non-ASCII as ``\\uXXXX``."""
    return json.dumps(payload, separators=(",", ":")).encode("ascii")


def user(customer: Customer) -> dict[str, Any]:
    """The customer as a Telegram ``User``."""
    first, _, last = customer.name.partition(" ")
    shown: dict[str, Any] = {"id": int(customer.id), "is_bot": False, "first_name": first or "Customer"}
    extras = {"last_name": last, "username": customer.username, "language_code": customer.language}
    return {**shown, **{name: value for name, value in extras.items() if value}}


def chat(customer: Customer) -> dict[str, Any]:
    """The private chat with the customer."""
    person = user(customer)
    return {
        **{name: person[name] for name in ("id", "first_name", "last_name", "username") if name in person},
        "type": "private",
    }


def bot(account: Account) -> dict[str, Any]:
    """The account as a Telegram ``User``."""
    number = account.spec.token.partition(":")[0]
    return {
        "id": int(number) if number.isdecimal() else 1,
        "is_bot": True,
        "first_name": account.spec.name or account.id,
        "username": account.spec.username or f"sim_{account.id}_bot",
    }


def sent_message(account: Account, customer: Customer, message: Message) -> dict[str, Any]:
    """A message of the transcript as a Telegram ``Message``, as methods return it and replies quote it."""
    out = message.direction == "out"
    shown: dict[str, Any] = {
        "message_id": int(message.id),
        "from": bot(account) if out else user(customer),
        "chat": chat(customer),
        "date": int(message.at),
    }
    if message.text:
        shown["caption" if message.media else "text"] = message.text
    if message.location:
        shown["location"] = message.location
    if message.media:
        shown[message.type] = file_object(message.type, message.media)
    inline = [
        {"text": b["title"], **({"url": b["url"]} if "url" in b else {"callback_data": b["id"]})}
        for b in message.buttons
        if b["kind"] in ("callback", "url")
    ]
    if inline:
        shown["reply_markup"] = {"inline_keyboard": [[button] for button in inline]}
    return shown


def file_object(kind: str, media: dict[str, Any]) -> Any:
    """The object of a file in a message; a photo is a list of sizes, the largest last."""
    base = {"file_id": media["id"], "file_unique_id": "u" + media["id"], "file_size": media.get("size", 0)}
    return _FILE_SHAPES[kind](base, media)


_FILE_SHAPES: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "photo": lambda base, media: [
        {**base, "file_id": base["file_id"], "file_unique_id": "s" + media["id"], "width": 90, "height": 90},
        {**base, "width": 800, "height": 800},
    ],
    "video": lambda base, media: {
        **base, "width": 640, "height": 360, "duration": 3, "mime_type": media["mime_type"]
    },
    "audio": lambda base, media: {**base, "duration": 3, "mime_type": media["mime_type"]},
    "voice": lambda base, media: {**base, "duration": 3, "mime_type": "audio/ogg"},
    "document": lambda base, media: {
        **base, "file_name": media["filename"], "mime_type": media["mime_type"]
    },
    "sticker": lambda base, media: {
        **base, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False
    },
}  # fmt: skip


class UpdateBuilder:
    """Builds the update for each thing that a customer can do."""

    def __init__(self, media: MediaStore) -> None:
        self._media = media
        files = ("image", "video", "audio", "voice", "document", "sticker")
        self._contents: dict[str, Callable[[Account, InboundSpec], tuple[dict[str, Any], dict[str, Any]]]] = {
            "text": self._text,
            "location": self._location,
            "contacts": self._contact,
            **dict.fromkeys(files, self._file),
        }
        self._updates: dict[str, Callable[[Account, Customer, InboundSpec], Built]] = {
            "button": self._press,
            "reaction": self._reaction,
            "edit": self._edit,
        }

    def build(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        """The update and the phone's view of it. Raises ``InboundError`` on what makes no sense."""
        return self._updates.get(spec.type, self._message)(account, customer, spec)

    def update(self, account: Account, name: str, content: dict[str, Any]) -> dict[str, Any]:
        """An update with the next number of this bot."""
        return {"update_id": FIRST_UPDATE_ID + account.next_id(), name: content}

    def wanted(self, account: Account, update: dict[str, Any]) -> bool:
        """Whether the bot's ``allowed_updates`` let this kind through."""
        kinds = update.keys() - {"update_id"}
        if account.allowed_updates:
            return bool(kinds & set(account.allowed_updates))
        return not kinds & set(_UNLISTED)

    def _message(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        content, shown = self._contents.get(spec.type, self._other)(account, spec)
        at = spec.timestamp if spec.timestamp is not None else int(time.time())
        number = int(spec.message_id) if spec.message_id.isdecimal() else account.next_id()
        body = {"message_id": number, "from": user(customer), "chat": chat(customer), "date": at, **content}
        if spec.reply_to:
            body["reply_to_message"] = self._quoted(account, customer, spec.reply_to)
        return Built(
            payload=self.update(account, "message", body),
            message=Message(
                id=str(number),
                account=account.id,
                customer=customer.id,
                direction="in",
                reply_to=spec.reply_to,
                **{"type": spec.type, **shown},
            ),
        )

    def _quoted(self, account: Account, customer: Customer, message_id: str) -> dict[str, Any]:
        known = account.by_id.get(message_id)
        if known is None:
            raise InboundError(f"no message {message_id} to answer")
        return sent_message(account, customer, known)

    def _text(self, account: Account, spec: InboundSpec) -> tuple[dict[str, Any], dict[str, Any]]:
        content: dict[str, Any] = {"text": spec.text}
        command = _COMMAND.match(spec.text)
        if command:
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return content, {"text": spec.text}

    def _location(self, account: Account, spec: InboundSpec) -> tuple[dict[str, Any], dict[str, Any]]:
        if spec.location is None:
            raise InboundError("a location message needs `location`")
        place = {"latitude": spec.location.latitude, "longitude": spec.location.longitude}
        return {"location": place}, {"text": spec.location.name, "location": place}

    def _contact(self, account: Account, spec: InboundSpec) -> tuple[dict[str, Any], dict[str, Any]]:
        card = spec.contacts[0] if spec.contacts else {}
        contact = (
            card if "phone_number" in card else {"phone_number": spec.sender, "first_name": spec.name or "-"}
        )
        return {"contact": contact}, {"text": str(contact["phone_number"])}

    def _file(self, account: Account, spec: InboundSpec) -> tuple[dict[str, Any], dict[str, Any]]:
        kind = "photo" if spec.type == "image" else spec.type
        media = store_file(self._media, account, spec, kind=kind).as_json()
        content = {kind: file_object(kind, media)}
        caption = spec.media.caption or spec.text
        if caption:
            content["caption"] = caption
        return content, {"type": kind, "text": caption, "media": media}

    def _other(self, account: Account, spec: InboundSpec) -> tuple[dict[str, Any], dict[str, Any]]:
        """Any other field of a message, as the test wrote it."""
        return {spec.type: spec.data}, {"text": spec.text or f"[{spec.type}]"}

    def _press(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        """An inline button makes a callback query; a reply keyboard's button writes its text."""
        if spec.button is None:
            raise InboundError("a button press needs `button`")
        origin = account.by_id.get(spec.reply_to)
        if origin is None:
            raise InboundError(f"no message {spec.reply_to!r} with a button")
        pressed = next((button for button in origin.buttons if button["id"] == spec.button.id), None)
        title = spec.button.title or (pressed or {}).get("title", spec.button.id)
        if pressed is not None and pressed["kind"] == "keyboard":
            typed = {"type": "text", "text": title, "reply_to": "", "button": None}
            return self._message(account, customer, spec.model_copy(update=typed))
        query_id = str(4 * 10**17 + account.next_id())
        query = {
            "id": query_id,
            "from": user(customer),
            "message": sent_message(account, customer, origin),
            "chat_instance": str(10**18 + int(customer.id)),
            "data": spec.button.id,
        }
        message = Message(
            id=query_id, account=account.id, customer=customer.id, direction="in", type="button",
            text=title, reply_to=spec.reply_to,
        )  # fmt: skip
        return Built(payload=self.update(account, "callback_query", query), message=message)

    def _reaction(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        if spec.reaction is None:
            raise InboundError("a reaction needs `reaction`")
        new = [{"type": "emoji", "emoji": spec.reaction.emoji}] if spec.reaction.emoji else []
        body = {
            "chat": chat(customer),
            "message_id": int(spec.reaction.message_id),
            "user": user(customer),
            "date": int(time.time()),
            "old_reaction": [],
            "new_reaction": new,
        }
        message = Message(
            id=f"r{account.next_id()}", account=account.id, customer=customer.id, direction="in", type="reaction",
            text=spec.reaction.emoji, reply_to=spec.reaction.message_id,
        )  # fmt: skip
        return Built(payload=self.update(account, "message_reaction", body), message=message)

    def _edit(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        """The customer changes the text of the message that ``reply_to`` names."""
        known = account.by_id.get(spec.reply_to)
        if known is None or known.direction != "in":
            raise InboundError(f"no message {spec.reply_to!r} of the customer's to edit")
        known.text = spec.text
        body = {**sent_message(account, customer, known), "edit_date": int(time.time())}
        return Built(payload=self.update(account, "edited_message", body), message=None)

    def blocked(self, account: Account, customer: Customer) -> dict[str, Any]:
        """``my_chat_member``: the customer stopped the bot, or started it again."""
        states = ("member", "kicked") if customer.blocked else ("kicked", "member")
        old, new = ({"user": bot(account), "status": state} for state in states)
        body = {
            "chat": chat(customer),
            "from": user(customer),
            "date": int(time.time()),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        return self.update(account, "my_chat_member", body)
