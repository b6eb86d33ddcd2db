"""A real mail server in a thread: aiosmtpd with sign-in, STARTTLS or TLS, and whatever it is told to go wrong."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Mail:
    """A message as it came in."""

    sender: str
    recipients: list[str]
    raw: bytes
    signed_in: bool
    secured: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=default)


Reply = str | Callable[[Any], str]


@dataclass
class MailServer:
    """``replies`` are given instead of its own, by command (MAIL, RCPT, DATA, QUIT) or by ``RCPT address``; one that is a function
    gets the connection, to cut it. ``hold`` lets it think about a message until told."""

    context: ssl.SSLContext | None = None
    security: str = "starttls"
    users: dict[str, str] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    hold: asyncio.Event | None = None

    def __enter__(self) -> MailServer:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> asyncio.Server:
        context = self.context if self.security == "tls" else None
        return await self._loop.create_server(self._protocol, "127.0.0.1", self.port, ssl=context)

    async def _close(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # the transports' last callbacks

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            loop=self._loop,
            hostname="mail.example",
            tls_context=self.context if self.security == "starttls" else None,
            require_starttls=self.security == "starttls",
            auth_require_tls=self.security == "starttls",
            authenticator=self._authenticate,
        )

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        known = self.users.get(data.login.decode())
        right = known is not None and known.encode() == data.password
        return AuthResult(success=right, handled=False)

    def _reply(self, server: Any, *names: str) -> str | None:
        reply = next((self.replies[name] for name in names if name in self.replies), None)
        return reply(server) if callable(reply) else reply

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        reply = self._reply(server, "MAIL")
        if self.users and not session.authenticated:
            reply = "530 sign in first"
        if reply is None:
            envelope.mail_from = address
        return reply or "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        reply = self._reply(server, f"RCPT {address}", "RCPT")
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        if self.hold is not None:
            await self.hold.wait()
        self.mails.append(
            Mail(
                sender=envelope.mail_from or "",
                recipients=list(envelope.rcpt_tos),
                raw=bytes(envelope.content or b""),
                signed_in=bool(session.authenticated),
                secured=session.ssl is not None or self.security == "tls",
            )
        )
        return self._reply(server, "DATA") or "250 OK"

    async def handle_QUIT(self, server: Any, session: Session, envelope: Envelope) -> str:
        return self._reply(server, "QUIT") or "221 Bye"


def cut(server: Any) -> str:
    """A reply that never arrives: the line is cut."""
    server.transport.abort()
    return "250 OK"
