"""Sessions of browsers: noting that they are in use, ending them."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import BrowserSession, Membership, User

#: "Last seen" is told to this precision, so that reading does not write a row at every request.
SEEN_EVERY = timedelta(minutes=3)


def note_seen(session: Any, membership: Membership | None) -> None:
    """Write down that the session, and the member whose it is, are at work now; at most every few minutes."""
    row: BrowserSession | None = session.row
    now = timezone.now()
    if row is not None and row.last_seen_at < now - SEEN_EVERY:
        BrowserSession.objects.filter(pk=row.pk).update(last_seen_at=now)
        row.last_seen_at = now
    if membership is not None and (
        membership.last_seen_at is None or membership.last_seen_at < now - SEEN_EVERY
    ):
        Membership.objects.filter(pk=membership.pk).update(last_seen_at=now)
        membership.last_seen_at = now


def forget_expired(*, batch: int = 200) -> None:
    """Delete some sessions that have run out; asked at each sign-in, which is what makes them."""
    old = BrowserSession.objects.filter(expire_date__lt=timezone.now()).order_by("expire_date")
    BrowserSession.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:batch])).delete()


def end_session(user: User, public_id: uuid.UUID) -> bool:
    """End one of the user's sessions, on whatever host it is; says whether there was one."""
    ended, _ = BrowserSession.objects.filter(user=user, public_id=public_id).delete()
    return ended > 0


def end_other_sessions(user: User, *, keep: str | None) -> int:
    """End all of the user's sessions but the one with the key ``keep``; returns how many."""
    ended, _ = BrowserSession.objects.filter(user=user).exclude(session_key=keep).delete()
    return ended
