"""Hand-overs: from a session on one host to a session on another, without the password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import HandOver, User
from accounts.selectors import membership_in
from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import TenantRef, current_tenant

log = structlog.get_logger(__name__)

GOOD_FOR = timedelta(seconds=60)


class NoWayThereError(PermanentError):
    """You may not enter that tenant."""


class SecondFactorFirstError(PermanentError):
    """Your account has a second factor that this session has not given: sign in there instead."""


class BadHandOverError(PermanentError):
    """The hand-over is not good: used, too old, or for another place."""


def begin_hand_over(
    *, user: User, to: Tenant | None, methods: list[dict[str, Any]], browser: str, lacks_factor: bool
) -> str:
    """The secret of a way to the host of ``to`` (``None``: the public one), good once and for a minute.

    ``methods`` is how the session was opened, ``browser`` its user agent, ``lacks_factor`` whether the account has a
    second factor that the session has not given. Raises ``NoWayThereError`` and ``SecondFactorFirstError``.
    """
    if to is not None and membership_in(user, TenantRef.of(to)) is None:
        raise NoWayThereError
    if lacks_factor:
        raise SecondFactorFirstError
    secret = secrets.token_urlsafe(32)
    HandOver.objects.filter(expires_at__lt=timezone.now()).delete()
    HandOver.objects.create(
        hash=_digest(secret),
        user=user,
        tenant=to,
        # A recent re-authentication stays where it was made: what is dangerous asks again.
        methods=[{k: v for k, v in method.items() if k != "reauthenticated"} for method in methods],
        browser=_digest(browser),
        password_hash=_digest(user.password),
        expires_at=timezone.now() + GOOD_FOR,
    )
    return secret


def accept_hand_over(secret: str, *, browser: str) -> HandOver:
    """Use it up, on the host that it is for; its ``user`` is who comes.

    Raises ``BadHandOverError``, the same whatever is wrong. One that is shown in the wrong place is used up too.
    """
    found = _use_up(secret)
    good = found is not None and _is_good(found, browser)
    if found is not None:
        log.info("hand-over", user=str(found.user_id), accepted=good)
    if found is None or not good:
        raise BadHandOverError
    return found


def _use_up(secret: str) -> HandOver | None:
    """Of two who come with it at once, one gets it."""
    with transaction.atomic():
        rows = HandOver.objects.select_for_update(of=["self"]).select_related("user")
        found = rows.filter(hash=_digest(secret)).first()
        if found is not None:
            HandOver.objects.filter(pk=found.pk).delete()
    return found


def _is_good(found: HandOver, browser: str) -> bool:
    tenant = current_tenant()
    return (
        found.tenant_id == (tenant.id if tenant else None)
        and found.expires_at > timezone.now()
        and bytes(found.browser) == _digest(browser)
        and bytes(found.password_hash) == _digest(found.user.password)
        and found.user.is_active
        and (tenant is None or membership_in(found.user, tenant) is not None)
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
