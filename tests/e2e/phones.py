"""A customer with a phone at the simulator, for tests that run in an event loop."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Any

from channels_app.simulator.client import SimulatorClient
from ops.demo.demo_file import DemoChannel
from ops.demo.people import new_phone

PATIENCE_S = 15.0
_LETTERS = "بتجدرسشصطعفقكلمنهوي"


def _family_name() -> str:
    return "بن" + "".join(secrets.choice(_LETTERS) for _ in range(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """Someone on WhatsApp. Name and number are new in each run, so that tests do not meet each other's customers."""

    channel: DemoChannel
    simulator: SimulatorClient
    name: str = field(default_factory=lambda: f"أمينة {_family_name()}")
    number: str = field(default_factory=new_phone)

    async def writes(self, text: str) -> None:
        """Write, and wait until the webhook is accepted. Raises ``TimeoutError`` when it is not."""
        answer = await asyncio.to_thread(
            self.simulator.inbound, self.channel.account_id,
            from_=self.number, name=self.name, text=text, wait="final",
        )  # fmt: skip
        if not answer["delivered"]:
            raise TimeoutError(f"{self.channel.webhook_path} answered {answer['status']}")

    async def hears(self, contains: str, *, state: str = "accepted") -> dict[str, Any]:
        """The message that contains that, once it is in ``state``. Raises ``TimeoutError``."""
        return await asyncio.to_thread(
            self.simulator.wait_for, self.channel.account_id,
            customer=self.number, contains=contains, state=state, timeout=PATIENCE_S,
        )  # fmt: skip

    async def reads(self, *, reads: bool) -> None:
        """Whether this customer looks at what arrives."""
        await asyncio.to_thread(
            self.simulator.set_customer, self.channel.account_id, self.number, reads=reads
        )

    async def heard(self) -> list[str]:
        """Everything that the phone has got, oldest first."""
        sent = await asyncio.to_thread(self.simulator.outbox, self.channel.account_id, customer=self.number)
        return [message["text"] for message in sent]
