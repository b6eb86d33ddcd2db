"""Addresses of our own pages, for links: made of what we know, never of what a request claims.

``PUBLIC_URL`` gives the scheme and the port; a host is the public one, a tenant's, or the request's, which the tenant
middleware has found to be one of ours.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port

from tenants.models import Tenant


def origin_here(request: HttpRequest) -> str:
    """Scheme and host of the page that asks, for mails: whatever port the request names."""
    host, _ = split_domain_port(request.get_host().lower())
    return _origin(host)


def origin_of(tenant: Tenant | None) -> str:
    """Scheme and host of a tenant's web UI (``None``: the public host): its primary domain, else its subdomain.

    ``domains`` is read; prefetch it for lists.
    """
    return _origin(_host_of(tenant))


def origin_beside(tenant: Tenant | None, request: HttpRequest) -> str:
    """The same for the browser that asks, which stays on the port that it came to (a tunnel's, a test's)."""
    _, port = split_domain_port(request.get_host())
    return f"{request.scheme}://{_host_of(tenant)}{port and f':{port}'}"


def _host_of(tenant: Tenant | None) -> str:
    if tenant is None:
        return str(settings.PUBLIC_HOST)
    own = next((domain.host for domain in tenant.domains.all() if domain.is_primary), None)
    return own or f"{tenant.slug}.{settings.PUBLIC_HOST}"


def _origin(host: str) -> str:
    public = urlsplit(settings.PUBLIC_URL)
    return f"{public.scheme}://{host}" + (f":{public.port}" if public.port else "")
