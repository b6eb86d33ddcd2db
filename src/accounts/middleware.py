"""The door of a tenant: a signed-in user must be a member, and ``X-Tenant`` takes an agency's request to its child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from accounts.backends import remembered_membership
from accounts.models import Membership, User
from accounts.selectors import acts_here, tenant_named
from accounts.services.sessions import note_seen
from accounts.sign_in.second_factor import lacks_second_factor
from core.api.errors import ApiError, error_response
from tenants.models import TenantState
from tenants.scope import TenantRef, tenant_scope

HEADER = "X-Tenant"

_NOT_YOURS = ApiError(status=403, code="foreign_tenant", message="That tenant cannot be reached from here.")
_NOT_READY = ApiError(status=403, code="tenant_not_ready", message="That tenant is not being served.")
_SECOND_FACTOR = ApiError(
    status=403,
    code="second_factor_required",
    message="This tenant asks its members for a second factor: set one up under account, or sign in with it.",
)
_NO_MEMBER = ApiError(status=403, code="not_a_member", message="You are not a member of this tenant.")

View = TypeVar("View", bound=Callable[..., Any])


def for_strangers_too(view: View) -> View:
    """Let a view answer people who are signed in without being members here: to end their session, to begin another,
    to show a page that holds nothing."""
    view.for_strangers_too = True  # type: ignore[attr-defined]
    return view


def before_second_factor(view: View) -> View:
    """Let a view answer members whose tenant demands a second factor that their session has not given yet: to give it,
    to set one up, to know where they stand."""
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


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
        request.is_stranger = False  # type: ignore[attr-defined]
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

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse the session of someone who is no member, or lacks the second factor that the tenant demands, unless the
        view is for them too."""
        if getattr(view, "for_strangers_too", False):
            return None
        if request.is_stranger:  # type: ignore[attr-defined]
            return error_response(request, _NO_MEMBER)
        membership: Membership | None = request.membership  # type: ignore[attr-defined]
        if (
            membership is not None
            and lacks_second_factor(membership, request)
            and not getattr(view, "before_second_factor", False)
        ):
            return error_response(request, _SECOND_FACTOR)
        return None

    def _enter(self, request: HttpRequest, tenant: TenantRef | None, host: TenantRef | None) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            if tenant is not None:
                membership = remembered_membership(user, tenant)
                if membership is not None and acts_here(membership.tenant_id, target=tenant, host=host):
                    request.membership = membership  # type: ignore[attr-defined]
                else:
                    request.is_stranger = True  # type: ignore[attr-defined]
            note_seen(request.session, request.membership)  # type: ignore[attr-defined]
        return self.get_response(request)
