"""What allauth asks of us: who may come in where, what it is told of people, how secrets are kept, which mail is sent."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.base.response import UnauthorizedResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth import authenticate
from django.contrib.auth import login as django_login
from django.http import HttpRequest, HttpResponse

from accounts import client
from accounts.backends import may_enter
from accounts.models import User
from accounts.services.mails import MailKind, order_mail
from accounts.services.sessions import forget_expired
from accounts.session_store import CLIENT
from accounts.sign_in.secrets import seal, unseal
from tenants.models import Tenant
from tenants.scope import current_tenant

#: By the name of allauth's own template.
_NOTICES = {
    "account/email/password_changed": MailKind.PASSWORD_CHANGED,
    "account/email/password_reset": MailKind.PASSWORD_CHANGED,
    "account/email/password_set": MailKind.PASSWORD_CHANGED,
    "mfa/email/totp_activated": MailKind.FACTOR_ADDED,
    "mfa/email/totp_deactivated": MailKind.FACTOR_REMOVED,
    "mfa/email/webauthn_added": MailKind.FACTOR_ADDED,
    "mfa/email/webauthn_removed": MailKind.FACTOR_REMOVED,
    "mfa/email/recovery_codes_generated": MailKind.CODES_MADE,
}
BACKEND = "accounts.backends.MembershipBackend"


def begin_session(request: HttpRequest, user: User) -> None:
    """Sign ``user`` in on the host that ``request`` came to; whether they may is asked before."""
    forget_expired()
    django_login(request, user, backend=BACKEND)
    request.session[CLIENT] = {"ip": client.address(request), "user_agent": client.user_agent(request)}


class AccountAdapter(DefaultAccountAdapter):
    """The door: members only on a tenant's host, nobody signs up, axes counts the failures."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are taken in by members' admins."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who has that ``email`` and ``password`` and may enter here."""
        user = authenticate(request, username=credentials.get("email"), password=credentials.get("password"))
        return user if isinstance(user, User) else None

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether it is the signed-in person's password; wrong ones are counted like at the door."""
        return self.authenticate(context.request, email=user.email, password=password) == user

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Whatever they came with, a password or a passkey: those who may not enter here are told to sign in."""
        return None if may_enter(user) else UnauthorizedResponse(request)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session. What was allowed at the first step is asked again after the last."""
        if not may_enter(user):
            raise ImmediateHttpResponse(UnauthorizedResponse(request))
        begin_session(request, user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person what was done with their account, so that they notice what they did not do."""
        order_mail(
            _NOTICES[template_prefix],
            request=self.request,
            email=user.email,
            user=user,
            facts={"ip": client.address(self.request)},
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere."""
        return client.address(request)


class HeadlessAdapter(DefaultHeadlessAdapter):
    """What the endpoints say of a person; ``auth/me/`` says the rest."""

    def serialize_user(self, user: Any) -> dict[str, Any]:
        """Enough for "hello" and for the password's form."""
        return {
            "id": str(user.pk),
            "email": user.email,
            "display": user.get_full_name(),
            "has_usable_password": user.has_usable_password(),
        }


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: secrets encrypted at rest, names as people know them."""

    def get_totp_issuer(self) -> str:
        """An account is good in all of a person's tenants, so the authenticator names the product."""
        return "Wasl"

    def encrypt(self, text: str) -> str:
        """Nobody reads a secret out of the database."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. Raises ``DecryptionError``."""
        return unseal(encrypted_text)

    def _get_site_name(self) -> str:
        """What the browser shows beside a passkey: the business, or the product on the public host."""
        tenant = current_tenant()
        return Tenant.objects.get(id=tenant.id).name if tenant else "Wasl"
