"""The Telegram Bot API under ``/telegram/bot<token>/<method>``, and its files under ``/telegram/file/``."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from channels_app.simulator import telegram_payloads as payloads
from channels_app.simulator.faults import FaultRule
from channels_app.simulator.provider import Built, Handshake, InboundError, InboundSpec, Signed
from channels_app.simulator.sending import with_faults
from channels_app.simulator.webhooks import Webhooks
from channels_app.simulator.world import Account, Customer, Message, World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_MARKUP_FIELDS = (
    "reply_markup",
    "reaction",
    "allowed_updates",
    "entities",
    "reply_parameters",
    "link_preview_options",
)


@dataclass(eq=False)
class BotError(Exception):
    """A refusal in the Bot API's shape."""

    status: int
    description: str
    retry_after: int | None = None


def _ok(result: Any) -> web.Response:
    return web.Response(body=orjson.dumps({"ok": True, "result": result}), content_type="application/json")


def _refusal(error: BotError) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": error.status, "description": error.description}
    if error.retry_after is not None:
        body["parameters"] = {"retry_after": error.retry_after}
    return web.Response(body=orjson.dumps(body), status=error.status, content_type="application/json")


def _bot_fault(rule: FaultRule) -> web.Response:
    default = "Too Many Requests: retry later" if rule.status == 429 else "Internal Server Error"
    return _refusal(BotError(rule.status, rule.message or default, rule.retry_after))


class Telegram:
    """Both sides of the simulated Telegram: the Bot API that we call, and the updates that it posts."""

    def __init__(self, world: World, webhooks: Webhooks) -> None:
        self._world = world
        self._webhooks = webhooks
        self._builder = payloads.UpdateBuilder(world.media)
        self._sends: dict[str, Callable[[Account, dict[str, Any]], Message]] = {
            "sendmessage": self._text,
            "sendlocation": self._location,
            **{
                f"send{kind}": self._file(kind)
                for kind in ("photo", "video", "audio", "document", "voice", "sticker")
            },
        }
        self._methods: dict[str, Callable[[Account, dict[str, Any]], Any]] = {
            "getme": lambda account, _: {**payloads.bot(account), "can_join_groups": True},
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._webhook_info,
            "getfile": self._get_file,
            "editmessagetext": self._edit,
            "answercallbackquery": lambda _account, _params: True,
            "setmessagereaction": self._react,
            "sendchataction": lambda account, params: bool(self._customer(account, params)),
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/telegram/file/bot{token}/{path:.+}", self.download),
            web.route("*", "/telegram/bot{token}/{method}", self.call),
        ]

    def _account(self, token: str) -> Account:
        for account in self._world.accounts.values():
            if account.spec.provider == "telegram" and hmac.compare_digest(
                account.spec.token.encode(), token.encode()
            ):
                return account
        raise BotError(401, "Unauthorized")

    # --- calls -------------------------------------------------------------------------------------------------

    async def call(self, request: web.Request) -> web.Response:
        """Any method of the Bot API; names are case-insensitive there too."""
        method = request.match_info["method"].lower()
        try:
            account = self._account(request.match_info["token"])
            params = await _params(request)
            send = self._sends.get(method)
            if send is not None:
                return await self._send(request, account, send(account, params))
            handler = self._methods.get(method)
            if handler is None:
                raise BotError(404, "Not Found: method not found")
            return _ok(handler(account, params))
        except BotError as error:
            self._world.counts["sends_refused"] += method in self._sends
            return _refusal(error)

    async def _send(self, request: web.Request, account: Account, message: Message) -> web.Response:
        message.effect_key = request.headers.get("Idempotency-Key", "")

        def accept() -> web.Response:
            message.id = str(account.next_id())
            message.state = "sent"
            customer = account.customer(message.customer)
            self._world.record(account, message)
            return _ok(payloads.sent_message(account, customer, message))

        return await with_faults(
            self._world,
            request,
            account=account.id,
            customer=message.customer,
            accept=accept,
            refuse=_bot_fault,
        )

    def _customer(self, account: Account, params: dict[str, Any]) -> Customer:
        """The chat's customer. A bot cannot write first, nor to one who blocked it."""
        chat_id = str(params.get("chat_id", ""))
        if not chat_id:
            raise BotError(400, "Bad Request: chat_id is empty")
        customer = account.find_customer(chat_id)
        unknown = customer is None or not customer.last_wrote_at
        if not chat_id.lstrip("-").isdecimal() or (unknown and account.spec.enforce_window):
            raise BotError(400, "Bad Request: chat not found")
        customer = customer or account.customer(chat_id)
        if customer.blocked:
            raise BotError(403, "Forbidden: bot was blocked by the user")
        return customer

    def _outgoing(self, account: Account, params: dict[str, Any], **shown: Any) -> Message:
        customer = self._customer(account, params)
        reply = params.get("reply_parameters") or {}
        return Message(
            id="",
            account=account.id,
            customer=customer.id,
            direction="out",
            buttons=_buttons(params.get("reply_markup")),
            reply_to=str(reply.get("message_id") or params.get("reply_to_message_id") or ""),
            payload={name: value for name, value in params.items() if not isinstance(value, web.FileField)},
            **shown,
        )

    def _text(self, account: Account, params: dict[str, Any]) -> Message:
        message = self._outgoing(account, params, type="text", text=str(params.get("text") or ""))
        _check_text(message.text)
        return message

    def _location(self, account: Account, params: dict[str, Any]) -> Message:
        try:
            place = {name: float(params[name]) for name in ("latitude", "longitude")}
        except (KeyError, TypeError, ValueError):
            raise BotError(400, "Bad Request: latitude and longitude must be numbers") from None
        return self._outgoing(account, params, type="location", location=place)

    def _file(self, kind: str) -> Callable[[Account, dict[str, Any]], Message]:
        """A file by upload, by an earlier file_id, or by an address (which is noted, not fetched)."""

        def send(account: Account, params: dict[str, Any]) -> Message:
            caption = str(params.get("caption") or "")
            if _utf16(caption) > 1024:
                raise BotError(400, "Bad Request: message caption is too long")
            given = params.get(kind)
            message = self._outgoing(account, params, type=kind, text=caption)
            if isinstance(given, web.FileField):
                stored = self._world.media.add(
                    account.id,
                    kind=kind,
                    content=given.file.read(),
                    mime_type=given.content_type,
                    filename=given.filename,
                )
                message.media = stored.as_json()
                return message
            known = self._world.media.get(str(given))
            if known is not None and known.account == account.id:
                message.media = known.as_json()
            elif isinstance(given, str) and given.startswith(("http://", "https://")):
                name = given.rsplit("/", 1)[-1].partition("?")[0]
                number = str(10**15 + account.next_id())
                message.media = {"id": number, "kind": kind, "mime_type": "", "filename": name, "link": given}
            elif not given:
                raise BotError(400, f"Bad Request: there is no {kind} in the request")
            else:
                raise BotError(400, "Bad Request: wrong file identifier/HTTP URL specified")
            return message

        return send

    def _edit(self, account: Account, params: dict[str, Any]) -> Any:
        customer = self._customer(account, params)
        message = account.by_id.get(str(params.get("message_id", "")))
        if message is None or message.direction != "out" or message.customer != customer.id:
            raise BotError(400, "Bad Request: message to edit not found")
        text = str(params.get("text") or "")
        _check_text(text)
        buttons = _buttons(params.get("reply_markup"))
        if (text, buttons) == (message.text, message.buttons):
            raise BotError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message",
            )
        message.text, message.buttons = text, buttons
        self._world.broadcast({"kind": "edit", "message": message.as_json()})
        return payloads.sent_message(account, customer, message)

    def _react(self, account: Account, params: dict[str, Any]) -> bool:
        """The bot's one emoji on a message, noted in the transcript; an empty list takes it back."""
        customer = self._customer(account, params)
        target = account.by_id.get(str(params.get("message_id", "")))
        if target is None or target.customer != customer.id:
            raise BotError(400, "Bad Request: message to react not found")
        emoji = "".join(str(one.get("emoji", "")) for one in params.get("reaction") or [])
        message = self._outgoing(account, params, type="reaction", text=emoji)
        message.id, message.state, message.reply_to = str(account.next_id()), "sent", target.id
        self._world.record(account, message)
        return True

    # --- webhook -----------------------------------------------------------------------------------------------

    def _set_webhook(self, account: Account, params: dict[str, Any]) -> bool:
        url = str(params.get("url") or "")
        secret = str(params.get("secret_token") or "")
        if secret and not _SECRET.fullmatch(secret):
            raise BotError(400, "Bad Request: secret token contains unallowed characters")
        if url and not url.startswith(("http://", "https://")):
            raise BotError(400, "Bad Request: bad webhook: invalid URL")
        account.webhook_url = url
        account.secret_token = secret
        account.allowed_updates = list(params.get("allowed_updates") or [])
        account.last_error = None
        if params.get("drop_pending_updates"):
            account.waiting_updates.clear()
        while url and account.waiting_updates:
            signed = self.sign(account, account.waiting_updates.popleft())
            self._webhooks.post(account, signed.body, signed.headers)
        return True

    def _delete_webhook(self, account: Account, params: dict[str, Any]) -> bool:
        return self._set_webhook(account, {"drop_pending_updates": params.get("drop_pending_updates")})

    def _webhook_info(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        info: dict[str, Any] = {
            "url": account.webhook_url,
            "has_custom_certificate": False,
            "pending_update_count": len(account.waiting_updates),
            "max_connections": self._world.limits.webhook_connections,
        }
        if account.allowed_updates:
            info["allowed_updates"] = account.allowed_updates
        if account.last_error:
            info["last_error_date"] = int(account.last_error[0])
            info["last_error_message"] = account.last_error[1]
        return info

    # --- files -------------------------------------------------------------------------------------------------

    def _get_file(self, account: Account, params: dict[str, Any]) -> dict[str, Any]:
        media = self._world.media.get(str(params.get("file_id", "")))
        if media is None or media.account != account.id:
            raise BotError(400, "Bad Request: invalid file_id")
        if len(media.content) > 20 * 1024 * 1024:
            raise BotError(400, "Bad Request: file is too big")
        suffix = media.filename.rpartition(".")[2]
        return {
            "file_id": media.id,
            "file_unique_id": "u" + media.id,
            "file_size": len(media.content),
            "file_path": f"{media.kind}s/{media.id}.{suffix}",
        }

    async def download(self, request: web.Request) -> web.Response:
        """A file by the path that ``getFile`` gave."""
        try:
            account = self._account(request.match_info["token"])
        except BotError as error:
            return _refusal(error)
        name = request.match_info["path"].rsplit("/", 1)[-1]
        media = self._world.media.get(name.partition(".")[0])
        if media is None or media.account != account.id:
            return _refusal(BotError(404, "Not Found"))
        return web.Response(body=media.content, headers={"Content-Type": "application/octet-stream"})

    # --- the customer's side -----------------------------------------------------------------------------------

    def customer_id(self, sender: str) -> str:
        if not sender.lstrip("-").isdecimal():
            raise InboundError("Telegram's `from` must be a numeric id")
        return sender

    def build(self, account: Account, customer: Customer, spec: InboundSpec) -> Built:
        return self._builder.build(account, customer, spec)

    def sign(self, account: Account, payload: dict[str, Any], *, signature: str = "valid") -> Signed:
        """Telegram proves itself by the secret alone, so a re-serialised body is as good as any."""
        headers = {"Content-Type": "application/json"}
        tokens = {"forged": account.secret_token + "x", "missing": ""}
        token = tokens.get(signature, account.secret_token)
        if token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = token
        return Signed(body=payloads.encode(payload), headers=headers)

    async def verify(self, account: Account) -> Handshake:
        """Telegram has no handshake: a webhook is good when it is set and the last update was taken."""
        ok = bool(account.webhook_url) and account.last_error is None
        detail = account.last_error[1] if account.last_error else (account.webhook_url or "no webhook is set")
        return Handshake(ok=ok, status=0, detail=detail)

    def blocked(self, account: Account, customer: Customer) -> dict[str, Any] | None:
        return self._builder.blocked(account, customer)

    def wanted(self, account: Account, update: dict[str, Any]) -> bool:
        return self._builder.wanted(account, update)


async def _params(request: web.Request) -> dict[str, Any]:
    """Parameters from JSON, a form or the query; objects inside forms are JSON text."""
    params: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = orjson.loads(await request.read() or b"{}")
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise BotError(400, "Bad Request: can't parse JSON object")
        return {**params, **body}
    if request.method == "POST" and request.can_read_body:
        params.update(await request.post())
    for name in _MARKUP_FIELDS:
        if isinstance(params.get(name), str):
            try:
                params[name] = orjson.loads(params[name])
            except orjson.JSONDecodeError:
                raise BotError(400, f"Bad Request: can't parse {name} JSON object") from None
    return params


def _utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check_text(text: str) -> None:
    if not text.strip():
        raise BotError(400, "Bad Request: message text is empty")
    if _utf16(text) > 4096:
        raise BotError(400, "Bad Request: message is too long")


def _buttons(markup: Any) -> list[dict[str, str]]:
    """Inline buttons and reply keyboards as the phone shows them."""
    if not isinstance(markup, dict):
        return []
    shown = []
    for button in (button for row in markup.get("inline_keyboard") or [] for button in row):
        title = str(button.get("text", ""))
        if "url" in button:
            shown.append({"id": title, "title": title, "kind": "url", "url": str(button["url"])})
            continue
        data = str(button.get("callback_data", ""))
        if not 1 <= len(data.encode()) <= 64:
            raise BotError(400, "Bad Request: BUTTON_DATA_INVALID")
        shown.append({"id": data, "title": title, "kind": "callback"})
    for button in (button for row in markup.get("keyboard") or [] for button in row):
        title = str(button.get("text", "") if isinstance(button, dict) else button)
        shown.append({"id": title, "title": title, "kind": "keyboard"})
    return shown
