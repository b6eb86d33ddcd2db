"""The request's tenant, from its host: unknown hosts get 404, suspended tenants 403."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port

from core.api.errors import ApiError, error_response
from tenants.models import TenantState
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_for_host


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return error_response(request, ApiError(status=status, code=code, message=message))


class TenantMiddleware:
    """Opens the tenant's scope around the rest of the request and picks the URLs of a tenant's host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host, _ = split_domain_port(request.get_host().lower())
        if host in (settings.PUBLIC_HOST, "127.0.0.1", "[::1]"):
            request.tenant = None  # type: ignore[attr-defined]
            with public_scope():
                return self.get_response(request)
        found = tenant_for_host(host)
        if found is None:
            return _refusal(request, 404, "unknown_host", f"No tenant answers on {host}.")
        tenant, state = found
        if state != TenantState.READY:
            return _refusal(request, 403, "tenant_not_ready", f"This tenant is {state}.")
        request.tenant = tenant  # type: ignore[attr-defined]
        request.urlconf = settings.TENANT_URLCONF
        with tenant_scope(tenant):
            return self.get_response(request)
