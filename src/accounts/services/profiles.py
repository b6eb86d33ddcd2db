"""A person's own profile: name, language, time zone, theme, and what they want to be told of."""

from __future__ import annotations

from typing import Any

from accounts.models import User

_FIELDS = ("name", "language", "timezone", "theme")


def change_profile(
    user: User, changes: dict[str, Any], *, notifications: dict[str, dict[str, bool]] | None = None
) -> User:
    """Write the given fields of ``name``, ``language``, ``timezone``, ``theme``; ``notifications`` (by kind:
    ``in_app``, ``email``) is put over what was chosen before."""
    changed = [field for field in _FIELDS if field in changes]
    for field in changed:
        setattr(user, field, changes[field])
    if notifications:
        user.notification_settings = {**user.notification_settings, **notifications}
        changed.append("notification_settings")
    if changed:
        user.save(update_fields=changed)
    return user
