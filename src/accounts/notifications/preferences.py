"""How each person wants to be told: by kind, in the web UI and by mail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from accounts.notifications.kinds import KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """What one person wants of one kind."""

    kind: str
    in_app: bool
    email: bool


#: Of a kind that nobody can choose about.
_OTHERWISE = {"in_app": True, "email": False}


def preference(user: User | None, kind: str) -> Preference:
    """What ``user`` chose for ``kind``, else what is usual."""
    usual = KINDS.find(kind)
    wanted = {"in_app": usual.in_app, "email": usual.email} if usual else _OTHERWISE
    chosen = user.notification_settings.get(kind, {}) if user and usual else {}
    wanted = {**wanted, **chosen}
    return Preference(kind=kind, in_app=wanted["in_app"], email=wanted["email"])


def preferences_of(user: User) -> list[Preference]:
    """All kinds that one can choose about, by name."""
    return [preference(user, kind) for kind in KINDS]


def people(ids: Collection[UUID]) -> dict[UUID, User]:
    """The active users with these ids."""
    return {user.id: user for user in User.objects.filter(id__in=ids, is_active=True)}
