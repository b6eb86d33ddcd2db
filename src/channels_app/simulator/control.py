"""The control API under ``/control/``: how tests, the demo and the phone page steer the simulated world."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ConfigDict, ValidationError

from channels_app.simulator.config import AccountSpec
from channels_app.simulator.faults import FaultPlan
from channels_app.simulator.provider import InboundError, InboundSpec, ProviderSide
from channels_app.simulator.sink import Sinks, SinkSettings
from channels_app.simulator.statuses import StatusFeed
from channels_app.simulator.telegram import Telegram
from channels_app.simulator.webhooks import Posting, Webhooks
from channels_app.simulator.world import STATE_RANK, Account, Message, World

MAX_WAIT_S = 600.0


class CustomerChange(BaseModel):
    """What ``PUT …/customers/{customer}`` may set. ``last_wrote_ago_s`` opens or closes the 24 h window."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str | None = None
    blocked: bool | None = None
    reads: bool | None = None
    last_wrote_ago_s: float | None = None


class ResetRequest(BaseModel):
    """What ``POST /control/reset`` forgets besides history, faults, sinks and pending webhooks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: bool = False


class Control:
    """Handlers of the control API."""

    def __init__(
        self,
        *,
        world: World,
        webhooks: Webhooks,
        statuses: StatusFeed,
        sinks: Sinks,
        sides: Mapping[str, ProviderSide],
    ) -> None:
        self._world = world
        self._webhooks = webhooks
        self._statuses = statuses
        self._sinks = sinks
        self._sides = sides

    def application(self) -> web.Application:
        """The sub-application to mount at ``/control``."""
        app = web.Application(middlewares=[same_origin, errors_as_json], client_max_size=128 * 1024 * 1024)
        account = "/accounts/{account}"
        app.router.add_routes(
            [
                web.get("/health", self.health),
                web.get("/accounts", self.accounts),
                web.post("/accounts", self.register),
                web.post(account + "/verify", self.verify),
                web.post(account + "/inbound", self.inbound),
                web.get(account + "/outbox", self.outbox),
                web.get(account + "/messages", self.messages),
                web.get(account + "/effects", self.effects),
                web.get(account + "/customers", self.customers),
                web.put(account + "/customers/{customer}", self.change_customer),
                web.get("/events/wait", self.wait),
                web.get("/faults", self.faults),
                web.put("/faults", self.set_faults),
                web.get("/sinks/{name}", self.sink),
                web.put("/sinks/{name}", self.set_sink),
                web.get("/media/{media_id}", self.media),
                web.get("/stats", self.stats),
                web.post("/reset", self.reset),
            ]
        )
        return app

    def _account(self, account_id: str) -> Account:
        account = self._world.accounts.get(account_id)
        if account is None:
            known = ", ".join(sorted(self._world.accounts)) or "none"
            raise LookupError(f"no account {account_id!r}; registered: {known}")
        return account

    # --- accounts ----------------------------------------------------------------------------------------------

    async def health(self, request: web.Request) -> web.Response:
        return _json({"ok": True})

    async def accounts(self, request: web.Request) -> web.Response:
        return _json({"accounts": [account.as_json() for account in self._world.accounts.values()]})

    async def register(self, request: web.Request) -> web.Response:
        spec = AccountSpec.model_validate_json(await request.read())
        return _json(self._world.register(spec).as_json(), status=201)

    async def verify(self, request: web.Request) -> web.Response:
        account = self._account(request.match_info["account"])
        result = await self._sides[account.spec.provider].verify(account)
        return _json({"ok": result.ok, "status": result.status, "detail": result.detail})

    # --- customers ---------------------------------------------------------------------------------------------

    async def customers(self, request: web.Request) -> web.Response:
        account = self._account(request.match_info["account"])
        limit = _number(request, "limit", 200)
        recent = list(account.customers.values())[-limit:] if limit else []
        return _json({"customers": [customer.as_json() for customer in reversed(recent)]})

    async def change_customer(self, request: web.Request) -> web.Response:
        account = self._account(request.match_info["account"])
        change = CustomerChange.model_validate_json(await request.read())
        side = self._sides[account.spec.provider]
        customer = account.customer(side.customer_id(request.match_info["customer"]))
        if change.last_wrote_ago_s is not None:
            customer.last_wrote_at = time.time() - change.last_wrote_ago_s
        customer.name = customer.name if change.name is None else change.name
        customer.reads = customer.reads if change.reads is None else change.reads
        if change.blocked is not None and change.blocked != customer.blocked:
            customer.blocked = change.blocked
            notice = side.blocked(account, customer)
            if notice is not None:
                self._deliver(account, notice, signature="valid", customer=customer.id)
        return _json(customer.as_json())

    async def inbound(self, request: web.Request) -> web.Response:
        """A customer writes: build the webhook, put the message on the phone, post it signed."""
        account = self._account(request.match_info["account"])
        spec = InboundSpec.model_validate_json(await request.read())
        side = self._sides[account.spec.provider]
        customer = account.customer(side.customer_id(spec.sender))
        customer.name = spec.name or customer.name or customer.id
        customer.username = spec.username or customer.username
        customer.language = spec.language or customer.language
        customer.user_id = spec.user_id or customer.user_id
        customer.phone_hidden = spec.hide_phone or customer.phone_hidden
        message: Message | None = None
        if spec.raw is not None:
            payload = spec.raw
        else:
            built = side.build(account, customer, spec)
            payload, message = built.payload, built.message
        customer.last_wrote_at = float(spec.timestamp) if spec.timestamp is not None else time.time()
        if message is not None and message.id not in account.by_id:
            self._world.record(account, message)
        posting = self._deliver(account, payload, signature=spec.signature, customer=customer.id)
        answer: dict[str, Any] = {
            "customer": customer.id,
            "message_id": message.id if message else None,
            "update_id": payload.get("update_id"),
            "status": None,
            "attempts": 0,
            "delivered": False,
            "retrying": False,
        }
        if posting is not None and spec.wait != "none":
            status = await (posting.first if spec.wait == "first" else posting.final)
            delivered = 200 <= status < 300
            retrying = posting.retry and not posting.final.done()
            answer.update(status=status, attempts=posting.attempts, delivered=delivered, retrying=retrying)
        return _json(answer)

    def _deliver(
        self, account: Account, payload: dict[str, Any], *, signature: str, customer: str
    ) -> Posting | None:
        """Post a webhook; ``None`` when the account has no address or did not ask for this kind."""
        side = self._sides[account.spec.provider]
        if isinstance(side, Telegram) and not side.wanted(account, payload):
            return None
        if not account.webhook_url:
            account.waiting_updates.append(payload)
            return None
        signed = side.sign(account, payload, signature=signature)
        retry = signature == "valid"
        return self._webhooks.post(account, signed.body, signed.headers, customer=customer, retry=retry)

    # --- what was sent -----------------------------------------------------------------------------------------

    async def outbox(self, request: web.Request) -> web.Response:
        account = self._account(request.match_info["account"])
        query = request.query
        sent = self._world.outgoing(
            account, customer=query.get("customer", ""), after=_number(request, "after", 0)
        )
        messages = [message.as_json(payload=True) for message in sent]
        return _json({"messages": messages, "last_seq": account.last_seq})

    async def messages(self, request: web.Request) -> web.Response:
        """Both directions, for the page: the newest ``limit`` of one customer, oldest first."""
        account = self._account(request.match_info["account"])
        customer, limit = request.query.get("customer", ""), _number(request, "limit", 100)
        found: list[dict[str, Any]] = []
        for message in reversed(account.transcript):
            if len(found) >= limit:
                break
            if customer in ("", message.customer):
                found.append(message.as_json())
        return _json({"messages": found[::-1], "last_seq": account.last_seq})

    async def effects(self, request: web.Request) -> web.Response:
        """How often each effect key was sent; ``?repeated=1`` leaves out those sent once."""
        account = self._account(request.match_info["account"])
        floor = 2 if request.query.get("repeated") == "1" else 1
        return _json({"effects": {key: times for key, times in account.effects.items() if times >= floor}})

    async def wait(self, request: web.Request) -> web.Response:
        """Hold the request until a matching outgoing message is there (408 when it is not in time)."""
        query = request.query
        account = self._account(query.get("account", ""))
        known = account.find_customer(query.get("customer", ""))
        customer = known.id if known else query.get("customer", "")
        contains, after = query.get("contains", ""), _number(request, "after", 0)
        state = query.get("state", "accepted")
        if state not in STATE_RANK:
            raise ValueError(f"state must be one of {', '.join(STATE_RANK)}")

        def matches(message: Message) -> bool:
            return (
                message.direction == "out"
                and message.seq > after
                and customer in ("", message.customer)
                and contains in message.text
                and STATE_RANK[message.state] >= STATE_RANK[state]
            )

        try:
            timeout_s = min(float(query.get("timeout", "10")), MAX_WAIT_S)
        except ValueError:
            raise ValueError("timeout must be a number of seconds") from None
        found = await self._world.wait_for(account, matches, timeout_s=timeout_s)
        if found is None:
            return _json({"error": "no matching message in time"}, status=408)
        return _json({"message": found.as_json(payload=True)})

    # --- faults, sinks, the rest -------------------------------------------------------------------------------

    async def faults(self, request: web.Request) -> web.Response:
        return _json(self._world.faults.report())

    async def set_faults(self, request: web.Request) -> web.Response:
        self._world.faults.load(FaultPlan.model_validate_json(await request.read()))
        return _json(self._world.faults.report())

    async def sink(self, request: web.Request) -> web.Response:
        """Totals and the kept requests; ``?key=`` and ``?after=`` narrow them, ``?requests=0`` leaves them out."""
        sink = self._sinks.get(request.match_info["name"])
        key, after = request.query.get("key"), _number(request, "after", 0)
        shown = sink.summary()
        if request.query.get("requests") != "0":
            kept = (item for item in sink.requests if item.seq > after and key in (None, item.key))
            shown["requests"] = [item.as_json() for item in kept]
        return _json(shown)

    async def set_sink(self, request: web.Request) -> web.Response:
        settings = SinkSettings.model_validate_json(await request.read() or b"{}")
        return _json(self._sinks.configure(request.match_info["name"], settings).summary())

    async def media(self, request: web.Request) -> web.Response:
        """A file for the page, shown as what it is and never run."""
        media = self._world.media.get(request.match_info["media_id"])
        if media is None:
            raise LookupError("no such file")
        headers = {
            "Content-Type": media.mime_type,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return web.Response(body=media.content, headers=headers)

    async def stats(self, request: web.Request) -> web.Response:
        """Totals over all accounts, then per account."""
        names = ("sends", "unique_effect_keys", "repeated_effect_keys", "repeated_sends", "inbound")
        accounts = self._world.accounts.values()
        hooks = self._webhooks
        hook_names = (
            "posted",
            "retried",
            "delivered",
            "given_up",
            "duplicated",
            "reordered",
            "dropped",
            "statuses_lost",
        )
        return _json(
            {
                **{name: sum(account.counts[name] for account in accounts) for name in names},
                "sends_refused": self._world.counts["sends_refused"],
                **{f"webhooks_{name}": hooks.counts[name] for name in hook_names},
                "webhooks_pending": hooks.pending,
                "accounts": {a.id: {name: a.counts[name] for name in names} for a in accounts},
            }
        )

    async def reset(self, request: web.Request) -> web.Response:
        """Start anew: history, files, faults, sinks and pending webhooks are gone; accounts stay unless asked."""
        wish = ResetRequest.model_validate_json(await request.read() or b"{}")
        self._statuses.clear()
        await self._webhooks.drop_pending()
        self._webhooks.counts.clear()
        self._sinks.clear()
        self._world.faults.load(FaultPlan())
        self._world.reset(forget_accounts=wish.accounts)
        return _json({"ok": True})


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other sites' pages: the simulator has no log-in and stands on the developer's own machine."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        return _json({"error": "cross-origin requests are refused"}, status=403)
    return await handler(request)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Say what was wrong with a request to the control API."""
    try:
        return await handler(request)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return _json({"error": "invalid request", "details": details}, status=400)
    except LookupError as error:
        return _json({"error": str(error.args[0])}, status=404)
    except (InboundError, ValueError) as error:
        return _json({"error": str(error)}, status=400)


def _json(data: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json")


def _number(request: web.Request, name: str, default: int) -> int:
    value = request.query.get(name, "")
    if not value:
        return default
    if not value.isdecimal():
        raise ValueError(f"{name} must be a whole number")
    return int(value)
