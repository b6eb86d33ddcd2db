"""The secret of links in mails that let someone choose a password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from tenants.scope import current_tenant


class LinkTokens(PasswordResetTokenGenerator):
    """Django's: good once (a new password or sign-in ends it) and for ``PASSWORD_RESET_TIMEOUT``. Besides, a link is
    good only on the host of the tenant that it was made for."""

    key_salt = "accounts.sign_in.link"

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        tenant = current_tenant()
        place = str(tenant.id) if tenant else "public"
        return f"{super()._make_hash_value(user, timestamp)}{place}"
