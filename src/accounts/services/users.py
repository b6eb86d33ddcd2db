"""Making users."""

from __future__ import annotations

import uuid

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User, normal_email


def create_user(
    *,
    email: str,
    password: str | None = None,
    name: str = "",
    language: str = "",
    timezone: str = "",
    is_staff: bool = False,
    is_superuser: bool = False,
    managed_by: uuid.UUID | None = None,
) -> User:
    """Make a user; without a password nobody can sign in as them yet.

    Raises Django's ``ValidationError`` on a bad or taken e-mail and on a weak password.
    """
    user = User(
        email=normal_email(email),
        name=name,
        language=language,
        timezone=timezone,
        is_staff=is_staff or is_superuser,
        is_superuser=is_superuser,
        managed_by=managed_by,
    )
    set_password(user, password)
    user.full_clean()
    user.save(force_insert=True)
    return user


def set_password(user: User, password: str | None) -> None:
    """Give ``user``, not saved here, a password that passes the validators, or none at all. Raises ``ValidationError``."""
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as exc:
        raise ValidationError({"password": exc.messages}) from exc
    user.set_password(password)
