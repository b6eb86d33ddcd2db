"""Notifications by mail, for those who want them so."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.hosts import origin_of
from accounts.mail.handlers import sending
from accounts.mail.letters import Letter
from accounts.models import User
from accounts.notifications.members import still_members
from accounts.notifications.models import Notification
from accounts.notifications.services import MAIL
from core.errors import RetryableError
from core.retry import RetryPolicy
from events.queue.handlers import HANDLERS, Call, Claimed, ExternalHandler, Outcome, TryAgain
from tenants.models import Tenant
from tenants.scope import require_tenant

#: Pages of the web UI, by what a notification's link names.
_PAGES = {"conversation_id": "/inbox/", "contact_id": "/contacts/"}


class SendNotification(ExternalHandler):
    """At least once; not to those who were let go meanwhile."""

    kind = MAIL
    retry = RetryPolicy(attempts=6, backoff_s=10.0, multiplier=3.0, max_backoff_s=1_800.0)

    def prepare(self, items: Sequence[Claimed]) -> list[Call]:
        """One message each."""
        rows = {
            str(key): row for key, row in Notification.objects.in_bulk([item.ref for item in items]).items()
        }
        recipients = {row.recipient_id for row in rows.values()}
        people = User.objects.in_bulk(still_members(recipients))
        tenant = Tenant.objects.prefetch_related("domains").get(id=require_tenant().id)
        calls = []
        for item in items:
            row = rows.get(item.ref)
            user = people.get(row.recipient_id) if row else None
            if row is not None and user is not None:
                calls.append(Call(item, sending(_letter(row, user, tenant).message())))
        return calls

    def settle(self, outcomes: Sequence[Outcome]) -> dict[int, RetryableError]:
        """Nothing is to be noted of those that went."""
        return {
            outcome.item.id: TryAgain(f"the mail server: {outcome.error}")
            for outcome in outcomes
            if outcome.error is not None
        }


def _letter(row: Notification, user: User, tenant: Tenant) -> Letter:
    return Letter(
        kind="notification",
        to=user.email,
        language=user.language or tenant.language,
        link=origin_of(tenant) + _path(row.link),
        facts={"title": row.title, "body": row.body or row.title, "tenant": tenant.name},
    )


def _path(link: dict[str, str]) -> str:
    """The page that the notification is about: the one that it names, else the web UI's."""
    url = link.get("url", "")
    if url.startswith("/"):
        return url
    return next((page + link[key] for key, page in _PAGES.items() if key in link), "/")


HANDLERS.add(MAIL, SendNotification())
