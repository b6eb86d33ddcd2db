"""Ordering mail to people about their accounts: written with the change that it tells of, sent by the worker."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from django.db import transaction
from django.http import HttpRequest

from accounts.hosts import origin_here
from accounts.models import AccountMail, User, normal_email
from events.queue.enqueue import NewItem, enqueue
from tenants.models import Tenant
from tenants.scope import current_tenant

SEND = "accounts.mail"
_SUPPORTED = ("en", "fr", "ar", "fa")


class MailKind(StrEnum):
    """What a mail is about."""

    PASSWORD_FORGOTTEN = "password_forgotten"  # noqa: S105
    INVITATION = "invitation"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    CODES_MADE = "codes_made"


@transaction.atomic
def order_mail(
    kind: MailKind,
    *,
    request: HttpRequest,
    email: str,
    user: User | None = None,
    language: str = "",
    facts: dict[str, str] | None = None,
) -> AccountMail:
    """Have a mail sent to ``email``, with links to the host that ``request`` came to.

    ``user`` ``None``: the worker looks the address up, so that the caller's answer takes no longer for one that we know.
    ``language`` is for people who have chosen none; empty: the tenant's.
    """
    tenant = current_tenant()
    mail = AccountMail.objects.create(
        kind=kind.value,
        email=normal_email(email),
        user=user,
        tenant_id=tenant.id if tenant else None,
        origin=origin_here(request),
        language=language if language in _SUPPORTED else _tenants_language(),
        facts=facts or {},
    )
    lane = hashlib.sha256(mail.email.encode()).hexdigest()[:16]
    enqueue(NewItem(lane=f"mail:{lane}", kind=SEND, ref=str(mail.id)))
    return mail


def _tenants_language() -> str:
    tenant = current_tenant()
    return Tenant.objects.values_list("language", flat=True).get(id=tenant.id) if tenant else "en"
