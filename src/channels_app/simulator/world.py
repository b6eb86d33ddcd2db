"""The state of the simulated world: accounts, their customers, and every message in both directions."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from channels_app.simulator.config import AccountSpec, Limits
from channels_app.simulator.faults import Faults
from channels_app.simulator.media import MediaStore

WINDOW_S = 24 * 3600
#: A message's state only ever rises in this order; ``failed`` ends it.
STATE_RANK = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
#: One listener of the live stream holds at most this many events; a slower one is told to reload.
STREAM_BACKLOG = 2_000


@dataclass(slots=True, kw_only=True)
class Customer:
    """A person with a phone. ``last_wrote_at`` (Unix seconds, 0 = never) opens WhatsApp's 24 h window."""

    id: str
    name: str = ""
    user_id: str = ""
    username: str = ""
    language: str = ""
    phone_hidden: bool = False
    blocked: bool = False
    reads: bool = True
    last_wrote_at: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """What the control API shows of the customer."""
        return {
            "id": self.id,
            "name": self.name,
            "user_id": self.user_id,
            "blocked": self.blocked,
            "reads": self.reads,
            "last_wrote_at": self.last_wrote_at,
            "window_open": time.time() - self.last_wrote_at < WINDOW_S,
        }


@dataclass(slots=True, kw_only=True)
class Message:
    """One message on one customer's phone. ``at`` is Unix seconds; ``repeat`` counts sends of its effect key."""

    id: str
    account: str
    customer: str
    direction: Literal["in", "out"]
    type: str
    text: str = ""
    buttons: list[dict[str, str]] = field(default_factory=list)
    media: dict[str, Any] | None = None
    location: dict[str, Any] | None = None
    reply_to: str = ""
    effect_key: str = ""
    payload: dict[str, Any] | None = None
    state: str = "accepted"
    repeat: int = 1
    seq: int = 0
    at: float = field(default_factory=time.time)

    def as_json(self, *, payload: bool = False) -> dict[str, Any]:
        """The shape of ``outbox``, ``events/wait`` and the stream; ``payload`` adds the request as received."""
        shown = {name: getattr(self, name) for name in _SHOWN}
        if payload:
            shown["payload"] = self.payload
        return shown


_SHOWN = tuple(name for name in Message.__dataclass_fields__ if name != "payload")


@dataclass(slots=True, kw_only=True)
class Account:
    """A business account with its customers, transcript and counters; everything in it is bounded."""

    spec: AccountSpec
    limits: Limits
    webhook_url: str = ""
    secret_token: str = ""
    customers: OrderedDict[str, Customer] = field(default_factory=OrderedDict)
    aliases: dict[str, str] = field(default_factory=dict)
    transcript: deque[Message] = field(default_factory=deque)
    by_id: dict[str, Message] = field(default_factory=dict)
    effects: dict[str, int] = field(default_factory=dict)
    templates: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    #: Telegram updates that wait for a webhook to be set.
    waiting_updates: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=1_000))
    allowed_updates: list[str] = field(default_factory=list)
    last_error: tuple[float, str] | None = None
    counts: Counter[str] = field(default_factory=Counter)
    last_seq: int = 0
    #: Begins at the clock: a provider never gives a number twice, not even after the simulator was started anew.
    last_id: int = field(default_factory=lambda: time.time_ns() // 1_000_000)

    @property
    def id(self) -> str:
        return self.spec.account_id

    def next_id(self) -> int:
        """The next number of this account, for message and update ids."""
        self.last_id += 1
        return self.last_id

    def find_customer(self, key: str) -> Customer | None:
        """A known customer by phone, chat id or business-scoped user id."""
        return self.customers.get(self.aliases.get(key, key))

    def customer(self, key: str) -> Customer:
        """The customer with this id, made if new; the longest-untouched one is forgotten above the limit."""
        known = self.find_customer(key)
        if known is None:
            known = self.customers[key] = Customer(id=key)
            if len(self.customers) > self.limits.customers:
                _, gone = self.customers.popitem(last=False)
                self.aliases.pop(gone.user_id, None)
        self.customers.move_to_end(known.id)
        return known

    def count_effect(self, key: str) -> int:
        """Note one more send of this effect key and return how many there were."""
        times = self.effects.get(key, 0) + 1
        self.effects[key] = times
        if times == 1:
            self.counts["unique_effect_keys"] += 1
            if len(self.effects) > self.limits.effect_keys:
                del self.effects[next(iter(self.effects))]
        else:
            self.counts["repeated_sends"] += 1
            self.counts["repeated_effect_keys"] += times == 2
        return times

    def forget(self) -> None:
        """Drop the history; the set-up (webhook, templates) stays."""
        for kept in (self.customers, self.aliases, self.transcript, self.by_id, self.effects, self.counts):
            kept.clear()
        self.waiting_updates.clear()
        self.last_error = None

    def as_json(self) -> dict[str, Any]:
        """What the control API and the page show: no secrets."""
        spec = self.spec
        return {
            "account_id": spec.account_id,
            "provider": spec.provider,
            "name": spec.name or spec.account_id,
            "display_phone_number": spec.display_phone_number if spec.provider == "whatsapp" else "",
            "username": spec.username,
            "webhook_url": self.webhook_url,
            "customers": len(self.customers),
        }


Matcher = Callable[[Message], bool]


@dataclass(slots=True)
class World:
    """All accounts, and those who watch them: long polls and live streams."""

    limits: Limits
    faults: Faults
    accounts: dict[str, Account] = field(default_factory=dict)
    media: MediaStore = field(init=False)
    counts: Counter[str] = field(default_factory=Counter)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _waiters: dict[asyncio.Future[Message | None], Matcher] = field(default_factory=dict)
    _streams: set[asyncio.Queue[dict[str, Any]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.media = MediaStore(self.limits.media_bytes)

    def register(self, spec: AccountSpec) -> Account:
        """Add an account, or change a known one and keep its history."""
        account = self.accounts.get(spec.account_id)
        if account is None:
            account = self.accounts[spec.account_id] = Account(spec=spec, limits=self.limits)
        account.spec = spec
        account.webhook_url = spec.webhook_url
        account.secret_token = spec.secret_token
        self.broadcast({"kind": "account", "account": account.as_json()})
        return account

    def record(self, account: Account, message: Message) -> Message:
        """Put a message into the account's transcript, number it, and tell all who watch."""
        account.last_seq += 1
        message.seq = account.last_seq
        if message.direction == "out":
            account.counts["sends"] += 1
            if message.effect_key:
                message.repeat = account.count_effect(message.effect_key)
        else:
            account.counts["inbound"] += 1
        account.transcript.append(message)
        account.by_id[message.id] = message
        if len(account.transcript) > self.limits.history:
            account.by_id.pop(account.transcript.popleft().id, None)
        self._notify(message)
        if self._streams:
            self.broadcast({"kind": "message", "message": message.as_json()})
        return message

    def advance(self, message: Message, state: str) -> None:
        """Raise the message's state; a lower one is ignored."""
        if STATE_RANK[state] <= STATE_RANK[message.state]:
            return
        message.state = state
        self._notify(message)
        if self._streams:
            self.broadcast(
                {"kind": "state", "account": message.account, "id": message.id, "state": message.state}
            )

    def _notify(self, message: Message) -> None:
        if not self._waiters:
            return
        for future, matches in list(self._waiters.items()):
            if not future.done() and matches(message):
                future.set_result(message)

    async def wait_for(self, account: Account, matches: Matcher, *, timeout_s: float) -> Message | None:
        """The first message, past or to come, that matches; ``None`` when the time is over."""
        for message in account.transcript:
            if matches(message):
                return message
        future: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()
        self._waiters[future] = lambda message: message.account == account.id and matches(message)
        try:
            return await asyncio.wait_for(future, timeout_s)
        except TimeoutError:
            return None
        finally:
            self._waiters.pop(future, None)

    def open_stream(self) -> asyncio.Queue[dict[str, Any]]:
        """A queue that receives every event from now on; give it back to ``close_stream``."""
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=STREAM_BACKLOG)
        self._streams.add(queue)
        return queue

    def close_stream(self, queue: asyncio.Queue[dict[str, Any]]) -> None:
        self._streams.discard(queue)

    def broadcast(self, event: dict[str, Any]) -> None:
        """Give an event to every stream. One that cannot keep up loses its backlog and is told to reload."""
        for queue in self._streams:
            late = queue.full()
            while late and not queue.empty():
                queue.get_nowait()
            queue.put_nowait({"kind": "reload"} if late else event)

    async def pause(self, seconds: float) -> None:
        """Sleep, but wake when the simulator stops, so that a hanging request does not hold the process."""
        try:
            await asyncio.wait_for(self.closing.wait(), seconds)
        except TimeoutError:
            return

    def close(self) -> None:
        """End every long poll and stream."""
        self.closing.set()
        for future in self._waiters:
            if not future.done():
                future.set_result(None)
        self.broadcast({"kind": "bye"})

    def reset(self, *, forget_accounts: bool) -> None:
        """Forget all history and media, and with ``forget_accounts`` the accounts too."""
        for account in self.accounts.values():
            account.forget()
        if forget_accounts:
            self.accounts.clear()
        self.media.clear()
        self.counts.clear()
        self.broadcast({"kind": "reload"})

    def outgoing(self, account: Account, *, customer: str = "", after: int = 0) -> Iterator[Message]:
        """What the product sent, oldest first."""
        known = account.find_customer(customer) if customer else None
        wanted = known.id if known else customer
        for message in account.transcript:
            if message.direction == "out" and message.seq > after and wanted in ("", message.customer):
                yield message
