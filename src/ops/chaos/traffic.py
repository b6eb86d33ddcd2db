"""The provider's side of the run: signed webhooks, each repeated until it is acknowledged, some delivered five times."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels_app.simulator.whatsapp_payloads import encode, signature
from ops.chaos.plan import Account, Plan, PlannedMessage
from ops.ports import LOOPBACK

_RETRY_S = (0.2, 0.5, 1.0, 2.0)
#: A system that does not take a message for this long is broken, not merely struck.
_PATIENCE_S = 120.0


@dataclass(slots=True)
class Log:
    """What was acknowledged, in the order of each contact, and how the product answered."""

    acknowledged: list[PlannedMessage] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    posts: int = 0
    slowest_s: float = 0.0


async def send_all(plan: Plan, accounts: Sequence[Account], *, web_port: int) -> Log:
    """Send every message of the plan. A contact writes the next message when the one before is acknowledged.

    Raises ``TimeoutError`` when a message is not taken for two minutes.
    """
    log = Log()
    chance = random.Random(plan.seed + 1)
    by_contact: dict[tuple[int, str], list[PlannedMessage]] = defaultdict(list)
    for message in plan.messages:
        by_contact[message.account, message.contact].append(message)
    timeout = aiohttp.ClientTimeout(total=20)
    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(
        f"http://{LOOPBACK}:{web_port}", timeout=timeout, connector=connector
    ) as session:
        sender = _Sender(session, accounts, log, started=time.monotonic(), chance=chance)
        async with asyncio.TaskGroup() as group:
            sender.group = group
            for messages in by_contact.values():
                group.create_task(sender.contact(messages))
    return log


class _Sender:
    group: asyncio.TaskGroup

    def __init__(
        self,
        session: aiohttp.ClientSession,
        accounts: Sequence[Account],
        log: Log,
        *,
        started: float,
        chance: random.Random,
    ) -> None:
        self._session = session
        self._accounts = accounts
        self._log = log
        self._started = started
        self._chance = chance

    async def contact(self, messages: Sequence[PlannedMessage]) -> None:
        """Send one contact's messages, in order."""
        for message in messages:
            await asyncio.sleep(max(0.0, self._started + message.at_s - time.monotonic()))
            at_once = min(message.copies, 3)
            later = [self._chance.uniform(0.5, 15) for _ in range(message.copies - at_once)]
            await asyncio.gather(*(self._deliver(message) for _ in range(at_once)))
            self._log.acknowledged.append(message)
            for delay in later:
                self.group.create_task(self._deliver(message, delay))

    async def _deliver(self, message: PlannedMessage, delay_s: float = 0.0) -> None:
        await asyncio.sleep(delay_s)
        account = self._accounts[message.account]
        body = encode(_payload(message, account))
        headers = {
            "X-Hub-Signature-256": signature(account.app_secret, body),
            "Content-Type": "application/json",
        }
        started = time.monotonic()
        for attempt in range(1_000):
            if await self._post(account.webhook_path, body, headers):
                self._log.slowest_s = max(self._log.slowest_s, time.monotonic() - started)
                return
            if time.monotonic() - started > _PATIENCE_S:
                break
            await asyncio.sleep(_RETRY_S[min(attempt, len(_RETRY_S) - 1)])
        raise TimeoutError(f"{message.message_id} was not acknowledged within {_PATIENCE_S:.0f} s")

    async def _post(self, path: str, body: bytes, headers: dict[str, str]) -> bool:
        self._log.posts += 1
        try:
            async with self._session.post(path, data=body, headers=headers) as response:
                await response.read()
                self._log.answers[str(response.status)] += 1
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            self._log.answers["no answer"] += 1
            return False


def _payload(message: PlannedMessage, account: Account) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": account.account_id},
        "contacts": [{"profile": {"name": f"زبون {message.contact}"}, "wa_id": message.contact}],
        "messages": [
            {
                "from": message.contact,
                "id": message.message_id,
                "timestamp": str(int(time.time())),
                "type": "text",
                "text": {"body": message.text(account.slug)},
            }
        ],
    }
    entry = {"id": account.account_id, "changes": [{"value": value, "field": "messages"}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}
