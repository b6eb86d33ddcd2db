"""The demo's customers, each on their channel."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from channels_app.simulator.client import SimulatorClient
from ops.demo.api import Api, eventually
from ops.demo.demo_file import DemoChannel
from ops.demo.narrator import Narrator

#: The product's own promise is a second without Redis; this is for a busy laptop.
PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Someone with a phone at the simulator. ``sender`` is their number or id there, new in each run."""

    name: str
    sender: str
    channel: DemoChannel
    simulator: SimulatorClient
    narrator: Narrator

    def writes(self, text: str) -> float:
        """Write through the signed webhook; the moment of it. Raises ``TimeoutError`` when it was not accepted."""
        self.narrator.note(f"{self.name}: {text}")
        at = time.monotonic()
        answer = self.simulator.inbound(
            self.channel.account_id, from_=self.sender, name=self.name, text=text, wait="final"
        )
        if not answer["delivered"]:
            raise TimeoutError(f"{self.channel.webhook_path} answered {answer['status']} to a signed message")
        return at

    def hears(self, contains: str, *, since: float) -> dict[str, Any]:
        """The reply that contains that, printed with the time since ``since``. Raises ``TimeoutError``."""
        message = self.simulator.wait_for(
            self.channel.account_id, customer=self.sender, contains=contains, timeout=PATIENCE_S
        )
        self.narrator.note(f"{self.channel.name} → {message['text']}")
        self.narrator.done(f"reply on the phone after {time.monotonic() - since:.2f} s")
        return message


def new_phone() -> str:
    """An Algerian mobile number that nobody in the demo had before."""
    return f"21377{secrets.randbelow(10**7):07d}"


def new_telegram_id() -> str:
    """A Telegram user's id."""
    return str(1_000_000_000 + secrets.randbelow(10**9))


class Visitor:
    """Someone in the web chat, as the widget in their browser speaks for them: let in with a token of their own."""

    def __init__(self, *, name: str, base_url: str, site_key: str) -> None:
        self.name = name
        self._base_url = base_url
        self._chat = f"/api/v1/webchat/{site_key}"
        visit = Api(base_url).post(f"{self._chat}/session/", {})
        self._id, self._post_to = visit["visitor_id"], visit["post_to"]
        self._api = Api(base_url, f"Visitor {visit['token']}")

    def writes(self, text: str) -> None:
        """Post a message to the channel's webhook address. Raises ``ApiError``."""
        message = {"id": secrets.token_hex(8), "text": text}
        self._api.post(self._post_to, {"visitor": {"id": self._id, "name": self.name}, "messages": [message]})

    def hears(self, contains: str) -> str:
        """The answer that contains that. Raises ``TimeoutError``."""
        return eventually(
            lambda: self._answer(contains), what="the reply in the web chat", seconds=PATIENCE_S
        )

    def _answer(self, contains: str) -> str | None:
        answers = (m["text"] for m in self._api.results(f"{self._chat}/messages/") if not m["mine"])
        return next((text for text in answers if contains in text), None)
