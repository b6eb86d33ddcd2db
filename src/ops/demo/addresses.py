"""The page of addresses and logins that the demo ends with."""

from __future__ import annotations

from collections.abc import Iterator

from ops.demo.demo_file import PATH, DemoFile, DemoTenant, Login
from ops.paths import ROOT


def addresses(file: DemoFile) -> str:
    """Every address and login, for a person."""
    public = file.public
    lines = [
        "",
        "Open in a browser",
        f"  customers' phones    {file.simulator_url}/",
        f"  platform admin       {public.admin_url}   {_login(public.login)}",
    ]
    for tenant in file.tenants:
        lines += _tenant(tenant)
    lines += [
        "",
        "For programs",
        f"  health               {public.health_url}",
        f"  metrics              {public.metrics_url}",
        f"  all of this          {PATH.relative_to(ROOT)}",
        "  logs                 var/log/",
    ]
    return "\n".join(lines)


def _tenant(tenant: DemoTenant) -> Iterator[str]:
    yield ""
    yield f"{tenant.name} ({tenant.slug})"
    yield f"  site                 {tenant.base_url}/"
    yield f"  admin                {tenant.admin_url}   {_login(tenant.login)}"
    yield f"  an agent             {_login(tenant.agent_login)}"
    yield f"  API, with docs       {tenant.docs_url}"
    yield f"  API key              {tenant.api_key}"


def _login(login: Login) -> str:
    return f"{login.email} / {login.password}"
