"""Who asks: an API key in ``Authorization: Bearer``, or a member's session with its CSRF token.

Both leave a ``Principal`` in ``request.auth``; a member's ``User`` is in ``request.user``, for a key a ``KeyUser``.
"""

from __future__ import annotations

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.request import Request

from accounts.models import User
from accounts.principal import KeyUser, Principal
from accounts.selectors import principal_of
from accounts.services.keys import InvalidKeyError, KeyNotForThisTenantError, authenticate_key
from tenants.scope import TenantRef, current_tenant


class TenantRequired(exceptions.APIException):
    """A request on the public host must say for which tenant it is."""

    status_code = 400
    default_code = "tenant_required"
    default_detail = "Name the tenant: call its own host, or send its slug in X-Tenant."


def asked_tenant() -> TenantRef:
    """The tenant that the request is for. Raises ``TenantRequired``."""
    tenant = current_tenant()
    if tenant is None:
        raise TenantRequired
    return tenant


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer wasl_…``; a header that holds no good key is refused, never passed over."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[KeyUser, Principal] | None:
        """The key's principal, for the tenant that the request is for."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != self.keyword.lower().encode():
            return None
        if len(words) != 2:
            raise exceptions.AuthenticationFailed("Write: Authorization: Bearer <key>")
        tenant = asked_tenant()
        host: TenantRef | None = request._request.host_tenant  # type: ignore[attr-defined]
        try:
            principal = authenticate_key(words[1].decode("ascii", "replace"), tenant=tenant, host=host)
        except InvalidKeyError as exc:
            raise exceptions.AuthenticationFailed(str(exc)) from exc
        except KeyNotForThisTenantError as exc:
            raise exceptions.PermissionDenied(str(exc)) from exc
        return KeyUser(principal), principal

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="wasl"'


class UserSessionAuthentication(SessionAuthentication):
    """A signed-in person with a CSRF token, of whatever tenant: for what concerns the session itself."""

    def authenticate(self, request: Request) -> tuple[User, Principal | None] | None:
        """The session's user, and the member that they are here, if any."""
        user = request._request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        membership = request._request.membership  # type: ignore[attr-defined]
        tenant = current_tenant()
        if membership is None or tenant is None:
            return user, None
        return user, principal_of(membership, user=user, tenant=tenant)


class MemberSessionAuthentication(UserSessionAuthentication):
    """A member's session, at work for a tenant."""

    def authenticate(self, request: Request) -> tuple[User, Principal | None] | None:
        """The member. Raises ``TenantRequired`` on the public host without ``X-Tenant``."""
        found = super().authenticate(request)
        if found is not None and found[1] is None:
            asked_tenant()
            raise exceptions.PermissionDenied("You are not a member of this tenant.")
        return found
