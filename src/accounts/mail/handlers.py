"""The queue's handler that sends mail about accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts.backends import may_enter
from accounts.mail.letters import Letter
from accounts.models import AccountMail, User
from accounts.services.mails import SEND, MailKind
from accounts.sign_in.tokens import link_secret
from core.errors import RetryableError
from core.http import HttpClient
from core.retry import RetryPolicy
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Outcome, Perform, TryAgain

#: Pages of the web UI. A secret stands after the ``#``: browsers send that to no server, and name it to no other page.
CHOOSE_PASSWORD = "/set-password#"  # noqa: S105
SIGN_IN = "/sign-in"


class SendAccountMail(ExternalHandler):
    """Makes the letter at the last moment, in the scope of its tenant, and sends it; at least once."""

    kind = SEND
    retry = RetryPolicy(attempts=8, backoff_s=5.0, multiplier=3.0, max_backoff_s=1_800.0)

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """Mail to those who have no business here is dropped."""
        rows = AccountMail.objects.select_related("user", "tenant").in_bulk([item.ref for item in items])
        mails = {str(key): mail for key, mail in rows.items()}
        calls = []
        for item in items:
            mail = mails.get(item.ref)
            letter = letter_of(mail) if mail else None
            if letter is not None:
                calls.append(Call(item, sending(letter.message())))
            elif mail is not None:
                mail.delete()
        return calls

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """What was sent is forgotten."""
        sent = [outcome.item.ref for outcome in outcomes if outcome.error is None]
        AccountMail.objects.filter(id__in=sent).delete()
        return {
            outcome.item.id: TryAgain(f"the mail server: {outcome.error}")
            for outcome in outcomes
            if outcome.error is not None
        }


def sending(message: EmailMultiAlternatives) -> Perform:
    """The call that gives a message to Django's e-mail backend, which waits, so it does that in a thread."""

    async def perform(client: HttpClient) -> None:
        await asyncio.to_thread(message.send)

    return perform


def letter_of(mail: AccountMail) -> Letter | None:
    """The letter, with a fresh secret where it has one; ``None`` for an address that nobody has who may enter there."""
    user = mail.user or User.objects.filter(email=mail.email).first()
    if user is None or not may_enter(user):
        return None
    kind, path = _KINDS[MailKind(mail.kind)](user)
    return Letter(
        kind=kind,
        to=user.email,
        language=user.language or mail.language,
        link=f"{mail.origin}{path}" if path else "",
        facts={
            "name": user.name or user.email,
            "tenant": mail.tenant.name if mail.tenant else "Wasl",
            "days": str(settings.PASSWORD_RESET_TIMEOUT // 86_400),
            "by": "",
            "ip": "",
            **mail.facts,
        },
    )


def _invitation(user: User) -> tuple[str, str]:
    """Someone who has a password need not choose one."""
    if user.has_usable_password():
        return "welcome", SIGN_IN
    return "invitation", CHOOSE_PASSWORD + link_secret(user)


#: By kind: the words, and the path on the mail's host that its button leads to.
_KINDS = {
    MailKind.PASSWORD_FORGOTTEN: lambda user: ("password_forgotten", CHOOSE_PASSWORD + link_secret(user)),
    MailKind.INVITATION: _invitation,
    MailKind.PASSWORD_CHANGED: lambda user: ("password_changed", ""),
    MailKind.FACTOR_ADDED: lambda user: ("factor_added", ""),
    MailKind.FACTOR_REMOVED: lambda user: ("factor_removed", ""),
    MailKind.CODES_MADE: lambda user: ("codes_made", ""),
}

HANDLERS.add(SEND, SendAccountMail())
