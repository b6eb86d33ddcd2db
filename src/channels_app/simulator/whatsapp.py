"""The WhatsApp Graph API under ``/graph/v{N}.0/``: sending, read receipts, media, templates, app subscription."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from channels_app.simulator import whatsapp_payloads as payloads
from channels_app.simulator.faults import FaultRule
from channels_app.simulator.provider import Built, Handshake, InboundError, InboundSpec, Signed
from channels_app.simulator.sending import with_faults
from channels_app.simulator.statuses import StatusFeed
from channels_app.simulator.templates import SAMPLE_TEMPLATES
from channels_app.simulator.webhooks import Webhooks
from channels_app.simulator.whatsapp_checks import GraphError, check, invalid, missing
from channels_app.simulator.world import WINDOW_S, Account, Customer, Message, World

Handler = Callable[[web.Request], Awaitable[web.Response]]
MEDIA_URL_S = 300
#: By MIME type's first part or the whole type: the largest upload in bytes.
_UPLOAD_LIMITS = {"image/webp": 500_000, "image": 5_000_000, "audio": 16_000_000, "video": 16_000_000}
_DOCUMENT_LIMIT = 100_000_000


def _json(data: Any, *, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(data), status=status, content_type="application/json")


def _refusal(error: GraphError) -> web.Response:
    body: dict[str, Any] = {
        "message": error.message,
        "type": error.type,
        "code": error.code,
        "fbtrace_id": "A" + secrets.token_urlsafe(16),
    }
    if error.subcode:
        body["error_subcode"] = error.subcode
    if error.details:
        body["error_data"] = {"messaging_product": "whatsapp", "details": error.details}
    return _json({"error": body}, status=error.status)


def _graph_fault(rule: FaultRule) -> web.Response:
    message = rule.message or f"(#{rule.code}) Something went wrong"
    response = _refusal(GraphError(rule.status, rule.code, message, message))
    if rule.retry_after is not None:
        response.headers["Retry-After"] = str(rule.retry_after)
    return response


def _bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if scheme == "Bearer" else request.query.get("access_token", "")


class WhatsApp:
    """Both sides of the simulated WhatsApp: the Graph API that we call, and the webhooks that Meta posts."""

    def __init__(self, world: World, webhooks: Webhooks, statuses: StatusFeed) -> None:
        self._world = world
        self._webhooks = webhooks
        self._statuses = statuses
        self._builder = payloads.InboundBuilder(world.media)

    def routes(self) -> list[web.RouteDef]:
        base = r"/graph/v{version:\d+}.0"
        table: list[tuple[str, str, Handler]] = [
            ("POST", "/{object_id}/messages", self.send),
            ("POST", "/{object_id}/media", self.upload),
            ("POST", "/{object_id}/register", self.acknowledge),
            ("POST", "/{object_id}/subscribed_apps", self.acknowledge),
            ("DELETE", "/{object_id}/subscribed_apps", self.acknowledge),
            ("GET", "/{object_id}/subscribed_apps", self.subscribed_apps),
            ("GET", "/{object_id}/message_templates", self.list_templates),
            ("POST", "/{object_id}/message_templates", self.create_template),
            ("GET", "/{object_id}", self.describe),
        ]
        routes = [web.route(method, base + path, self._guarded(handler)) for method, path, handler in table]
        routes.append(web.get("/graph/media/{media_id}", self._guarded(self.download)))
        routes.append(web.route("*", "/graph/{tail:.*}", self._guarded(self.unknown_path)))
        return routes

    @staticmethod
    def _guarded(handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            try:
                return await handler(request)
            except GraphError as error:
                return _refusal(error)

        return answer

    # --- who calls ---------------------------------------------------------------------------------------------

    def _account(self, request: web.Request) -> Account:
        """The account named by the path, if the token is its own. Raises ``GraphError``."""
        object_id = request.match_info["object_id"]
        account = self._world.accounts.get(object_id)
        if account is None or account.spec.provider != "whatsapp":
            account = next((a for a in self._world.accounts.values() if a.spec.waba_id == object_id), None)
        token = _bearer(request)
        if not self._token_known(token):
            raise GraphError(401, 190, "Invalid OAuth access token - Cannot parse access token")
        if account is None or not hmac.compare_digest(account.spec.token.encode(), token.encode()):
            raise GraphError(
                400,
                100,
                f"Unsupported {request.method.lower()} request. Object with ID '{object_id}' does not exist, cannot be "
                "loaded due to missing permissions, or does not support this operation",
                subcode=33,
                type="GraphMethodException",
            )
        proof = request.query.get("appsecret_proof")
        if proof is not None:
            wanted = hmac.new(account.spec.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(wanted, proof):
                raise GraphError(400, 100, "Invalid appsecret_proof provided in the API argument")
        return account

    def _token_known(self, token: str) -> bool:
        return any(
            a.spec.token == token for a in self._world.accounts.values() if a.spec.provider == "whatsapp"
        )

    # --- messages ----------------------------------------------------------------------------------------------

    async def send(self, request: web.Request) -> web.Response:
        """Send a message, or mark one as read."""
        try:
            account = self._account(request)
            body = _parse(await request.read())
            if body.get("messaging_product") != "whatsapp":
                raise GraphError(400, 100, "(#100) The parameter messaging_product is required.")
            if body.get("status") == "read":
                return self._mark_read(account, body)
            recipient = _recipient(body)
            kind, shown = check(account, body)
            customer = account.find_customer(recipient)
            if kind != "template":
                _require_window(account, customer)
        except GraphError as error:
            self._world.counts["sends_refused"] += 1
            raise error from None

        def accept() -> web.Response:
            known = customer or account.customer(recipient)
            context = body.get("context")
            message = Message(
                id=payloads.new_wamid(),
                account=account.id,
                customer=known.id,
                direction="out",
                type=kind,
                text=shown.text,
                buttons=list(shown.buttons),
                media=shown.media,
                location=shown.location,
                reply_to=shown.reply_to
                or (context.get("message_id", "") if isinstance(context, dict) else ""),
                effect_key=str(
                    body.get("biz_opaque_callback_data") or request.headers.get("Idempotency-Key", "")
                ),
                payload=body,
            )
            self._world.record(account, message)
            self._statuses.follow(account, message)
            contact = {"input": str(body.get("to") or recipient)}
            contact["user_id" if known.phone_hidden else "wa_id"] = (
                known.user_id if known.phone_hidden else known.id
            )
            return _json(
                {
                    "messaging_product": "whatsapp",
                    "contacts": [contact],
                    "messages": [{"id": message.id, "message_status": "accepted"}],
                }
            )

        return await with_faults(
            self._world, request, account=account.id, customer=recipient, accept=accept, refuse=_graph_fault
        )

    def _mark_read(self, account: Account, body: dict[str, Any]) -> web.Response:
        message = account.by_id.get(body.get("message_id", ""))
        if message is None or message.direction != "in":
            raise invalid("message_id names no message that a customer sent")
        self._world.advance(message, "read")
        return _json({"success": True})

    # --- media -------------------------------------------------------------------------------------------------

    async def upload(self, request: web.Request) -> web.Response:
        """Store a file for sending: multipart ``messaging_product``, ``type``, ``file``."""
        account = self._account(request)
        form = await request.post()
        file = form.get("file")
        if form.get("messaging_product") != "whatsapp" or not isinstance(file, web.FileField):
            raise GraphError(400, 100, "(#100) The parameters messaging_product and file are required.")
        content = file.file.read()
        mime_type = str(form.get("type") or file.content_type)
        family = mime_type.partition("/")[0]
        limit = _UPLOAD_LIMITS.get(mime_type, _UPLOAD_LIMITS.get(family, _DOCUMENT_LIMIT))
        if len(content) > limit:
            raise GraphError(
                400, 131053, "(#131053) Media upload error", f"{mime_type} is limited to {limit} bytes"
            )
        kind = family if family in ("image", "video", "audio") else "document"
        media = self._world.media.add(
            account.id, kind=kind, content=content, mime_type=mime_type, filename=file.filename
        )
        return _json({"id": media.id})

    async def describe(self, request: web.Request) -> web.Response:
        """A media id gives its short-lived download address; a phone number id gives the number's profile."""
        media = self._world.media.get(request.match_info["object_id"])
        if media is not None and self._may_read(request, media.account):
            expires = int(time.time()) + MEDIA_URL_S
            return _json(
                {
                    "messaging_product": "whatsapp",
                    "url": f"{request.scheme}://{request.host}/graph/media/{media.id}?ext={expires}",
                    "mime_type": media.mime_type,
                    "sha256": media.sha256,
                    "file_size": len(media.content),
                    "id": media.id,
                }
            )
        account = self._account(request)
        return _json(
            {
                "verified_name": account.spec.name or account.id,
                "display_phone_number": account.spec.display_phone_number,
                "quality_rating": "GREEN",
                "id": account.id,
            }
        )

    async def download(self, request: web.Request) -> web.Response:
        """The file itself; Meta wants the Bearer here too, and forgets the address after five minutes."""
        media = self._world.media.get(request.match_info["media_id"])
        expires = request.query.get("ext", "")
        live = expires.isdecimal() and int(expires) >= time.time()
        if media is None or not live or not self._may_read(request, media.account):
            return web.Response(status=404 if _bearer(request) else 401)
        return web.Response(body=media.content, headers={"Content-Type": media.mime_type})

    def _may_read(self, request: web.Request, account_id: str) -> bool:
        owner = self._world.accounts.get(account_id)
        return owner is not None and hmac.compare_digest(owner.spec.token.encode(), _bearer(request).encode())

    # --- management --------------------------------------------------------------------------------------------

    async def acknowledge(self, request: web.Request) -> web.Response:
        """Register a number, (un)subscribe the app: nothing to remember here."""
        self._account(request)
        return _json({"success": True})

    async def subscribed_apps(self, request: web.Request) -> web.Response:
        self._account(request)
        app = {"link": "https://www.facebook.com/games/?app_id=1", "name": "Wasl simulator", "id": "1"}
        return _json({"data": [{"whatsapp_business_api_data": app}]})

    async def list_templates(self, request: web.Request) -> web.Response:
        """The templates created here, and until there are any a few samples; optionally by ``name``, in pages."""
        account = self._account(request)
        name = request.query.get("name")
        known = list(account.templates.values()) or SAMPLE_TEMPLATES
        found = [t for t in known if name in (None, t["name"])]
        limit, after = request.query.get("limit", ""), request.query.get("after", "")
        start = int(after) if after.isdecimal() else 0
        end = start + (int(limit) if limit.isdecimal() and int(limit) else 25)
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(found):
            paging["next"] = str(request.url.update_query(after=end))
        return _json({"data": found[start:end], "paging": paging})

    async def create_template(self, request: web.Request) -> web.Response:
        """Create a template; it is approved at once and the account's webhook is told so."""
        account = self._account(request)
        body = _parse(await request.read())
        for field in ("name", "language", "category", "components"):
            if not body.get(field):
                raise missing(field)
        template = {**body, "id": str(10**14 + account.next_id()), "status": "APPROVED"}
        account.templates[(body["name"], body["language"])] = template
        if account.webhook_url:
            value = {
                "event": "APPROVED",
                "message_template_id": int(template["id"]),
                "message_template_name": body["name"],
                "message_template_language": body["language"],
                "reason": "NONE",
            }
            signed = self.sign(
                account, payloads.change(account, value, field="message_template_status_update")
            )
            self._webhooks.post(account, signed.body, signed.headers, target="status")
        return _json({name: template[name] for name in ("id", "status", "category")})

    async def unknown_path(self, request: web.Request) -> web.Response:
        raise GraphError(
            400,
            2500,
            f"Unknown path components: {request.path.removeprefix('/graph')}",
            type="OAuthException",
        )

    # --- the customer's side -----------------------------------------------------------------------------------

    def customer_id(self, sender: str) -> str:
        """Bare digits of a phone, or a business-scoped user id such as ``DZ.…`` as it is."""
        wanted = sender if sender[:1].isalpha() else payloads.digits(sender)
        if not wanted:
            raise InboundError("`from` must be a phone number or a business-scoped user id")
        return wanted

    def build(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        if not customer.user_id and customer.id[:1].isalpha():
            customer.user_id, customer.phone_hidden = customer.id, True
        elif not customer.user_id:
            # Business-scoped: the same person is another one for another business.
            scope = f"{account.spec.waba_id or account.id}:{customer.id}"
            customer.user_id = "DZ." + hashlib.sha256(scope.encode()).hexdigest()[:24]
        account.aliases[customer.user_id] = customer.id
        return self._builder.build(account, customer, spec)

    def sign(self, account: Account, payload: dict[str, Any], *, signature: str = "valid") -> Signed:
        return payloads.sign(account, payload, how=signature)

    async def verify(self, account: Account) -> Handshake:
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": account.spec.verify_token,
        }
        status, text = await self._webhooks.get(account.webhook_url, query)
        ok = status == 200 and text == challenge
        return Handshake(ok=ok, status=status, detail="the challenge came back" if ok else text[:200])

    def blocked(self, account: Account, customer: Customer) -> dict[str, Any] | None:
        return None


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise GraphError(400, 100, "(#100) The request body is not a JSON object.")
    return body


def _recipient(body: dict[str, Any]) -> str:
    """``to`` as WhatsApp's digits, or the business-scoped user id in ``recipient``."""
    scoped = body.get("recipient")
    if isinstance(scoped, str) and scoped:
        return scoped
    to = body.get("to")
    if not to:
        raise missing("to")
    if not isinstance(to, str) or not 5 <= len(payloads.digits(to)) <= 20:
        raise invalid("to is not a phone number")
    return payloads.digits(to)


def _require_window(account: Account, customer: Customer | None) -> None:
    """Free-form messages only within 24 hours of the customer's last one."""
    if not account.spec.enforce_window:
        return
    if customer is None or time.time() - customer.last_wrote_at >= WINDOW_S:
        raise GraphError(
            400,
            131047,
            "(#131047) Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        )
