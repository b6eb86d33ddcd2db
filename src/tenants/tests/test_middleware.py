"""The tenant of a request, from its host."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from tenants.middleware import TenantMiddleware
from tenants.models import Domain, Tenant
from tenants.scope import current_tenant
from tenants.selectors import forget_cached_tenants


@pytest.fixture(autouse=True)
def _fresh_cache():
    forget_cached_tenants()
    yield
    forget_cached_tenants()


@pytest.fixture
def visit(demo):
    """``visit(host)``: the response, and the tenant in whose scope the view ran (``-``: it did not run)."""

    def go(host):
        seen = []

        def view(request):
            tenant = current_tenant()
            assert (request.tenant and request.tenant.id) == (tenant and tenant.id)
            seen.append(tenant.slug if tenant else "public")
            return HttpResponse()

        response = TenantMiddleware(view)(RequestFactory().get("/", HTTP_HOST=host))
        assert current_tenant() is None
        return response.status_code, seen[0] if seen else "-"

    return go


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", (200, "public")),
        ("localhost:8000", (200, "public")),
        ("127.0.0.1:8000", (200, "public")),
        ("demo.localhost", (200, "demo")),
        ("DEMO.localhost:8000", (200, "demo")),
        ("nobody.localhost", (404, "-")),
        ("demo.evil.example", (404, "-")),
        ("demo.localhost.evil.example", (404, "-")),
        ("x.demo.localhost", (404, "-")),
    ],
)
def test_hosts(host, expected, visit):
    assert visit(host) == expected


def test_a_domain_of_its_own(visit, demo):
    assert visit("chat.shop.example") == (404, "-")
    Domain.objects.create(host="chat.shop.example", tenant=demo)
    forget_cached_tenants()
    assert visit("chat.shop.example:443") == (200, "demo")


@pytest.mark.parametrize("state", ["creating", "suspended", "deleting"])
def test_only_ready_tenants_are_served(state, visit, demo):
    Tenant.objects.filter(pk=demo.pk).update(state=state)
    forget_cached_tenants()
    assert visit("demo.localhost") == (403, "-")
