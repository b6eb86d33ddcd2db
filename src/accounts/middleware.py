"""The door of a tenant: a signed-in user must be a member, and ``X-Tenant`` takes an agency's request to its child."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.backends import remembered_membership
from accounts.models import User
from accounts.selectors import acts_here, tenant_named
from core.api.errors import ApiError, error_response
from tenants.models import TenantState
from tenants.scope import TenantRef, tenant_scope

HEADER = "X-Tenant"
#: Where even a stranger's session is let through: to end it, or to begin another.
OPEN_PATHS = ("/admin/login/", "/admin/logout/", "/api/v1/auth/login/", "/api/v1/auth/logout/")

_NOT_YOURS = ApiError(status=403, code="foreign_tenant", message="That tenant cannot be reached from here.")
_NOT_READY = ApiError(status=403, code="tenant_not_ready", message="That tenant is not being served.")
_NO_MEMBER = ApiError(status=403, code="not_a_member", message="You are not a member of this tenant.")


class MembershipMiddleware:
    """Sets ``request.membership`` (``None``: not signed in, or no tenant), ``request.host_tenant`` (by the host alone)
    and ``request.tenant`` (the one that the request is for, which is also the scope that the view runs in).

    Whether an API key may act for ``request.tenant`` is for the authentication to say; here only sessions are judged.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host: TenantRef | None = request.tenant  # type: ignore[attr-defined]
        request.host_tenant = host  # type: ignore[attr-defined]
        request.membership = None  # type: ignore[attr-defined]
        # Read before the scope changes: the session is bound to the host that it was opened on.
        user = request.user
        _ = user.is_authenticated
        slug = request.headers.get(HEADER)
        if slug is None or not request.path.startswith("/api/"):
            return self._enter(request, host, host)
        child = tenant_named(slug)
        if child is None or (host is not None and host.id not in (child.ref.id, child.parent_id)):
            return error_response(request, _NOT_YOURS)
        if child.state != TenantState.READY:
            return error_response(request, _NOT_READY)
        request.tenant = child.ref  # type: ignore[attr-defined]
        with tenant_scope(child.ref):
            return self._enter(request, child.ref, host)

    def _enter(self, request: HttpRequest, tenant: TenantRef | None, host: TenantRef | None) -> HttpResponse:
        user = request.user
        if tenant is not None and isinstance(user, User):
            membership = remembered_membership(user, tenant)
            if membership is not None and acts_here(membership.tenant_id, target=tenant, host=host):
                request.membership = membership  # type: ignore[attr-defined]
            elif request.path not in OPEN_PATHS:
                return error_response(request, _NO_MEMBER)
        return self.get_response(request)
