"""What the demo puts into the database: once, however often it runs, and whatever the run before left."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pytest
from django.db import transaction

from accounts.models import ApiKey, Membership, User
from accounts.services.keys import InvalidKeyError, authenticate_key
from channels_app.models import Channel
from channels_app.services.channels import set_active
from ops.demo.cast import TenantCast, read_cast
from ops.demo.demo_file import DemoFile
from ops.demo.setting_up import SetUp, ensure_tenant
from tenants.models import Tenant, TenantState
from tenants.scope import TenantRef, public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from tenants.services.lifecycle import change_state
from workflow.models import Workflow, WorkflowStatus
from workflow.services.publishing import pause


@pytest.fixture(autouse=True)
def _meta_app(settings):
    """The installation's Meta app."""
    settings.WHATSAPP_APP_SECRETS = ["app-secret"]
    settings.META_VERIFY_TOKEN = "verify-me"


def install(*, simulator_port: int = 8020, passwords: Mapping[str, str] = MappingProxyType({})) -> DemoFile:
    simulator_url = f"http://127.0.0.1:{simulator_port}"
    work = SetUp(web_port=8000, simulator_url=simulator_url, passwords=passwords)
    cast = read_cast()
    for tenant in cast.tenants:
        work.add_tenant(tenant)
    return work.finish(cast.platform_admin)


def counts() -> dict[str, int]:
    with public_scope():
        found = {model.__name__: model.objects.count() for model in (Tenant, User, Membership)}
        found["live keys"] = ApiKey.objects.filter(revoked_at=None).count()
    for slug in ("demo", "other"):
        with tenant_scope(tenant_by_slug(slug)):
            found |= {f"{slug} {model.__name__}": model.objects.count() for model in (Channel, Workflow)}
    return found


def cast_of(slug: str, **changes: str) -> TenantCast:
    demo = read_cast().tenants[0]
    return demo.model_copy(update={"slug": slug, **changes})


@pytest.mark.usefixtures("db")
def test_all_that_programs_need_is_told() -> None:
    file = install()
    demo, other = file.tenants
    assert (demo.slug, other.slug) == ("demo", "other")
    assert demo.base_url == "http://demo.localhost:8000"
    for channel in (demo.channel("whatsapp"), other.channel("whatsapp")):
        assert (channel.webhook_path, channel.app_secret, channel.verify_token) == (
            "/webhooks/whatsapp/", "app-secret", "verify-me",
        )  # fmt: skip
    assert demo.channel("telegram").secret_token
    assert demo.channel("telegram").webhook_path.startswith("/webhooks/telegram/")
    assert demo.channel("webchat").signing_secret
    with public_scope():
        admin = User.objects.get(email=file.public.login.email)
        owner = User.objects.get(email=demo.login.email)
        roles = dict(Membership.objects.values_list("user__email", "role_id"))
        principal = authenticate_key(demo.api_key, tenant=TenantRef.of(tenant_by_slug("demo")))
    assert admin.is_superuser
    assert admin.check_password(file.public.login.password)
    assert not owner.is_superuser
    assert (roles[demo.login.email], roles[demo.agent_login.email]) == ("owner", "agent")
    assert principal.allows("workflow:write")


@pytest.mark.usefixtures("db")
def test_a_second_run_adds_nothing() -> None:
    first = install()
    before = counts()
    second = install(simulator_port=8021, passwords=first.logins())
    assert counts() == before
    assert second.logins() == first.logins()
    for old, new in zip(first.tenants, second.tenants, strict=True):
        assert old.channels == new.channels, "secrets and addresses stay"
        with pytest.raises(InvalidKeyError):
            authenticate_key(old.api_key, tenant=TenantRef.of(tenant_by_slug(old.slug)))
    with tenant_scope(tenant_by_slug("demo")):
        addresses = {channel.provider: channel.settings.get("base_url") for channel in Channel.objects.all()}
    assert addresses["whatsapp"] == "http://127.0.0.1:8021/graph", "the simulator moved, the channel follows"
    assert addresses["telegram"] == "http://127.0.0.1:8021/telegram"


@pytest.mark.usefixtures("db")
def test_lost_passwords_are_made_anew() -> None:
    first, second = install(), install()
    assert first.public.login.password != second.public.login.password
    with public_scope():
        for email, password in second.logins().items():
            assert User.objects.get(email=email).check_password(password)


@pytest.mark.usefixtures("db")
def test_what_somebody_switched_off_is_on_again() -> None:
    install()
    with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
        pause(Workflow.objects.get(name="coupon"))
        set_active(Channel.objects.get(provider="whatsapp"), False)
    install()
    with tenant_scope(tenant_by_slug("demo")):
        assert set(Workflow.objects.values_list("status", flat=True)) == {WorkflowStatus.ACTIVE}
        assert all(Channel.objects.values_list("is_active", flat=True))
        names = set(Workflow.objects.values_list("name", flat=True))
    assert {"coupon", "welcome", "demo: quick follow-up"} <= names


@pytest.mark.usefixtures("committed_db")
def test_a_tenant_in_any_state_becomes_ready() -> None:
    cast = cast_of("shop", name="متجر وهران")
    tenant = ensure_tenant(cast)
    assert (tenant.state, tenant.name, tenant.region) == (TenantState.READY, "متجر وهران", "DZ")
    assert ensure_tenant(cast).id == tenant.id

    change_state(tenant, TenantState.SUSPENDED)
    assert ensure_tenant(cast).state == TenantState.READY

    change_state(tenant, TenantState.DELETING)
    replaced = ensure_tenant(cast)
    assert (replaced.state, replaced.id != tenant.id) == (TenantState.READY, True)

    with public_scope():
        Tenant.objects.using("owner").filter(id=replaced.id).update(state=TenantState.CREATING)
    finished = ensure_tenant(cast)
    assert (finished.state, finished.id != replaced.id) == (TenantState.READY, True)
    with tenant_scope(finished):
        assert Channel.objects.count() == 0
