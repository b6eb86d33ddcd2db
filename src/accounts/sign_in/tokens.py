"""The secret of links in mails that let someone choose a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from accounts.backends import may_enter
from accounts.models import User
from tenants.scope import current_tenant


class LinkTokens(PasswordResetTokenGenerator):
    """Django's: good once (a new password or a sign-in ends it) and for ``PASSWORD_RESET_TIMEOUT``. Besides, a link is
    good only on the hosts of the tenant that it was made for, while the person may enter there."""

    key_salt = "accounts.sign_in.link"

    def check_token(self, user: Any, token: str | None) -> bool:
        """Whether the token is good for the user, here and now."""
        return isinstance(user, User) and super().check_token(user, token) and may_enter(user)

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        tenant = current_tenant()
        place = str(tenant.id) if tenant else "public"
        return f"{super()._make_hash_value(user, timestamp)}{place}"


def link_secret(user: User) -> str:
    """The ``key`` of ``auth/password/reset``, for the tenant in whose scope it is made."""
    return f"{user.pk.hex}-{LinkTokens().make_token(user)}"
