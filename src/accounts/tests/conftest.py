"""The probes as the API of every host, and an agency with a child."""

from __future__ import annotations

import pytest

from accounts.services.keys import issue_api_key
from accounts.tests import probes
from tenants.models import Tenant
from tenants.selectors import forget_cached_tenants


@pytest.fixture
def probe(settings):
    """The probes' calls so far, as (tenant, label)."""
    settings.TENANT_URLCONF = settings.ROOT_URLCONF = "accounts.tests.probes"
    probes.CALLS.clear()
    return probes.CALLS


@pytest.fixture
def child(demo, monkeypatch):
    """A tenant that demo runs as its agency: a row without a schema is enough to be let in or not, but not for an audit."""
    monkeypatch.setattr("accounts.audit.sign_ins.record", lambda new, request: None)
    tenant = Tenant.objects.create(slug="child", name="فرع وهران", parent=demo, state="ready", data_key=b"-")
    forget_cached_tenants()
    yield tenant
    forget_cached_tenants()


@pytest.fixture
def child_key(child):
    """A key of the child itself."""
    return issue_api_key(tenant=child, name="child's", scopes=["crm:write"]).secret
