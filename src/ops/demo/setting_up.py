"""Tenants, people, keys, workflows and channels of the demo: made where they are missing, kept where they are there."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import ApiKey, Membership, User
from accounts.scopes import SCOPES
from accounts.services.keys import issue_api_key, revoke_api_key
from accounts.services.members import add_member
from accounts.services.users import create_user, set_password
from ops.demo.cast import FOLDER, PersonCast, TenantCast
from ops.demo.channels import describe_channel, ensure_channel
from ops.demo.demo_file import DemoFile, DemoTenant, Login, PublicSite
from tenants.models import Tenant, TenantState
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from tenants.services.lifecycle import change_state
from tenants.services.provisioning import create_tenant, drop_tenant
from workflow.models import EventType, Workflow, WorkflowStatus
from workflow.services.event_types import install_event_types
from workflow.services.publishing import activate, publish_draft
from workflow.services.samples import install_samples

KEY_NAME = "./wasl demo"


class SetUp:
    """One run of the installation. What it does can be done again, from whatever point a killed run reached;
    ``passwords`` are those of the run before, by e-mail."""

    def __init__(self, *, web_port: int, simulator_url: str, passwords: Mapping[str, str]) -> None:
        self._web_port = web_port
        self._simulator_url = simulator_url
        self._passwords = passwords
        self._tenants: list[DemoTenant] = []

    def add_tenant(self, cast: TenantCast) -> None:
        """A tenant with all that is in it."""
        tenant = ensure_tenant(cast)
        with public_scope(), transaction.atomic():
            owner, agent = (
                self._member(tenant, cast.owner, "owner"),
                self._member(tenant, cast.agent, "agent"),
            )
            key = fresh_key(tenant)
        with tenant_scope(tenant):
            with transaction.atomic():
                install_event_types()
                switch_on([*install_samples(), *map(ensure_workflow, cast.workflows)])
            rows = [ensure_channel(channel, self._simulator_url) for channel in cast.channels]
            channels = tuple(
                describe_channel(row, channel, base_url=self._url("localhost"))
                for row, channel in zip(rows, cast.channels, strict=True)
            )
        host = f"{tenant.slug}.{settings.PUBLIC_HOST}"
        base_url = self._url(host)
        self._tenants.append(
            DemoTenant(
                slug=tenant.slug,
                name=tenant.name,
                host=host,
                base_url=base_url,
                admin_url=f"{base_url}/admin/",
                docs_url=f"{base_url}/api/v1/docs/",
                api_key=key,
                login=owner,
                agent_login=agent,
                channels=channels,
            )
        )

    def finish(self, platform_admin: PersonCast) -> DemoFile:
        """The platform's admin, and everything that the run knows."""
        with public_scope(), transaction.atomic():
            login = self._person(platform_admin, is_superuser=True)[1]
        base_url = self._url(settings.PUBLIC_HOST)
        site = PublicSite(
            host=settings.PUBLIC_HOST,
            base_url=base_url,
            admin_url=f"{base_url}/admin/",
            health_url=f"{base_url}/health/ready",
            metrics_url=f"{base_url}/metrics",
            login=login,
        )
        return DemoFile(
            base_url=base_url, simulator_url=self._simulator_url, public=site, tenants=tuple(self._tenants)
        )

    def _url(self, host: str) -> str:
        return f"http://{host}:{self._web_port}"

    def _member(self, tenant: Tenant, cast: PersonCast, role: str) -> Login:
        user, login = self._person(cast)
        if not Membership.objects.filter(user=user, tenant=tenant).exists():
            add_member(user=user, tenant=tenant, role=role)
        return login

    def _person(self, cast: PersonCast, *, is_superuser: bool = False) -> tuple[User, Login]:
        """The user with the password of the run before; a lost password is replaced."""
        password = self._passwords.get(cast.email) or secrets.token_urlsafe(12)
        user = User.objects.filter(email=cast.email).first()
        if user is None:
            user = create_user(email=cast.email, name=cast.name, password=password, is_superuser=is_superuser)
        elif not user.check_password(password):
            set_password(user, password)
            user.save(update_fields=["password"])
        return user, Login(email=user.email, password=password)


def ensure_tenant(cast: TenantCast) -> Tenant:
    """The tenant, ready to serve, whatever state it was left in."""
    try:
        tenant = tenant_by_slug(cast.slug)
    except Tenant.DoesNotExist:
        return _create(cast)
    return _TO_READY[TenantState(tenant.state)](tenant, cast)


def _create(cast: TenantCast) -> Tenant:
    return create_tenant(
        slug=cast.slug,
        name=cast.name,
        timezone=cast.timezone,
        language=cast.language,
        region=cast.region,
        currency=cast.currency,
    )


def _replace(tenant: Tenant, cast: TenantCast) -> Tenant:
    drop_tenant(change_state(tenant, TenantState.DELETING))
    return _create(cast)


_TO_READY: dict[TenantState, Callable[[Tenant, TenantCast], Tenant]] = {
    # Never served, so nothing is in it; its schema may be of an older version than the code.
    TenantState.CREATING: _replace,
    TenantState.READY: lambda tenant, cast: tenant,
    TenantState.SUSPENDED: lambda tenant, cast: change_state(tenant, TenantState.READY),
    TenantState.DELETING: _replace,
}


def fresh_key(tenant: Tenant) -> str:
    """A key with every scope. Keys are shown once, so that the one of the run before is revoked, not reused."""
    for key in ApiKey.objects.filter(tenant=tenant, name=KEY_NAME, revoked_at=None):
        revoke_api_key(key)
    return issue_api_key(tenant=tenant, name=KEY_NAME, scopes=SCOPES).secret


def ensure_workflow(file: str) -> Workflow:
    """The workflow of a file beside the cast's, published, with the event types that it brings."""
    sample: dict[str, Any] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    for code, label in sample.get("event_types", {}).items():
        EventType.objects.get_or_create(code=code, defaults={"label": label})
    workflow, made = Workflow.objects.get_or_create(
        name=sample["name"], defaults={"description": sample["description"], "draft": sample["document"]}
    )
    if made:
        publish_draft(workflow, by="demo")
    return workflow


def switch_on(workflows: list[Workflow]) -> None:
    """Activate those that are not active: someone may have paused them since."""
    for workflow in workflows:
        if workflow.status != WorkflowStatus.ACTIVE:
            activate(workflow)
