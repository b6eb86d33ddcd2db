"""A session with a mail server: connected, secured and signed in; and the handing over of one letter."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)
from django.conf import settings

from core.errors import OutcomeUnknownError, PermanentError, RetryableError, WaslError
from workflow.connections.mail.dialing import dial
from workflow.connections.mail.message import Letter

if TYPE_CHECKING:
    from workflow.connections.types.smtp import SmtpConnection

#: Seconds for the whole session, and for one answer of the server.
SESSION_S = 60.0
ANSWER_S = 20.0
_SHOWN = 300


class MailBusyError(RetryableError):
    """The mail server cannot take the message now."""


class MailRefusedError(PermanentError):
    """The mail server does not take the message."""


class MailSetupError(PermanentError):
    """The mail server and the connection's settings do not fit."""


class MailOutcomeUnknownError(OutcomeUnknownError):
    """The mail server got the message and did not say whether it took it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A recipient whom the server refused, in its words."""

    address: str
    code: int
    reason: str


class _Client(SMTP):
    """Hangs up without waiting for the other side to agree, which TLS would do for half a minute."""

    def close(self) -> None:
        transport = self.transport
        super().close()
        if transport is not None:
            cast(asyncio.WriteTransport, transport).abort()


@asynccontextmanager
async def smtp_session(connection: SmtpConnection) -> AsyncIterator[SMTP]:
    """The server, ready for a letter. What fails in the body is told as what fails here.

    Raises ``MailBusyError``, ``MailRefusedError``, ``MailSetupError``, ``BlockedAddressError``, ``ConnectFailedError``.
    """
    chosen = connection.settings
    # Built before anything is timed: reading the public authorities takes a moment, once.
    context = _tls(chosen.ca_certificate) if chosen.security != "none" else None
    client: SMTP | None = None
    try:
        with _as_our_errors():
            async with asyncio.timeout(SESSION_S):
                sock = await dial(chosen.host, chosen.port, allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
                client = _Client(
                    sock=sock,
                    hostname=chosen.host,
                    # An address literal, as mail programs do it: our own name is nobody's business.
                    local_hostname="[127.0.0.1]",
                    use_tls=chosen.security == "tls",
                    start_tls=chosen.security == "starttls",
                    tls_context=context,
                    username=chosen.username or None,
                    password=connection.secret.password.get_secret_value() or None,
                    timeout=ANSWER_S,
                )
                # From here on the socket is the connection's, which closes it whatever happens.
                await client.connect()
                yield client
        # With the errors and the time behind us: what was delivered must not be sent again for a slow farewell.
        with suppress(SMTPException, OSError):
            await client.quit(timeout=2.0)
    finally:
        if client is not None:
            client.close()
            await asyncio.sleep(0)  # the connection's last callback


async def deliver(client: SMTP, letter: Letter) -> list[Refusal]:
    """Hand the letter over; returns the recipients who were refused while others were taken.

    Raises ``MailBusyError`` (nothing was taken, try again), ``MailRefusedError``, and ``MailOutcomeUnknownError`` when
    the line broke after the message had begun to leave.
    """
    message = letter.as_bytes()
    refusals: list[Refusal] = []
    with _as_our_errors():
        await client.mail(letter.sender.addr_spec)
        for recipient in letter.recipients:
            try:
                await client.rcpt(recipient)
            except SMTPRecipientRefused as error:
                refusals.append(Refusal(recipient, error.code, _words(error.message)))
    if len(refusals) == len(letter.recipients):
        raise _of_code(refusals[0].code, refusals[0].reason)
    try:
        await client.data(message)
    except SMTPResponseException as error:
        # An answer is an answer, also a bad one; what is none leaves open whether the message was taken.
        if 400 <= error.code < 600:
            raise _of_code(error.code, _words(error.message)) from None
    except (SMTPException, OSError, asyncio.CancelledError):
        # Cancelled is what we are when the session's time is over.
        pass
    else:
        return refusals
    raise MailOutcomeUnknownError(
        "No answer came to the message that was handed over; it may have been sent."
    )


@contextmanager
def _as_our_errors() -> Iterator[None]:
    """The library's errors as ours, told apart by what may be done next."""
    try:
        yield
    except WaslError:
        raise
    except SMTPResponseException as error:
        raise _of_code(error.code, _words(error.message)) from error
    except (SMTPException, OSError) as error:
        if _certificate_problem(error):
            raise MailSetupError("The mail server's certificate is not one that we trust.") from None
        if isinstance(error, SMTPServerDisconnected | SMTPTimeoutError | OSError):
            raise MailBusyError(f"The mail server was lost ({type(error).__name__}).") from None
        raise MailSetupError(f"The mail server cannot be used so: {_words(str(error))}") from None


def _of_code(code: int, words: str) -> WaslError:
    """4yz asks to come again, 5yz not to (RFC 5321, 4.2.1); what is neither is no mail server."""
    kind = MailBusyError if 400 <= code < 500 else MailRefusedError
    return kind(f"The mail server answered {code}: {words}")


def _words(text: str) -> str:
    return " ".join(text.split())[:_SHOWN]


def _certificate_problem(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


@lru_cache(maxsize=64)
def _tls(ca_certificate: str) -> ssl.SSLContext:
    """Certificates are always checked, by the public authorities or by the one given."""
    context = ssl.create_default_context(cadata=ca_certificate or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
