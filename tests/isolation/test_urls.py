"""Every URL of a tenant's host, with another tenant's object and with another tenant's credentials: refused, and nothing
changed. The list is read from the resolver, so an endpoint that is added is tried as well."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIRequestFactory

from accounts.models import ApiKey, Membership, Role
from accounts.services.keys import issue_api_key
from crm.models import Contact
from events.queue.models import Item, ItemState
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.isolation.endpoints import Endpoint, endpoints
from tests.isolation.one_of_each import MARK, fingerprint, one_of_each
from workflow.models import ArmedTrigger, Workflow
from workflow.services.settings import change_settings, engine_settings

ALL = endpoints(settings.TENANT_URLCONF)
API = [endpoint for endpoint in ALL if endpoint.route.startswith("/api/")]
ADMIN = [endpoint for endpoint in ALL if endpoint.route.startswith("/admin/")]
#: Open to anyone, by intention. Whoever adds to this list has thought about it.
OPEN = {
    "SpectacularAPIView",
    "SpectacularSwaggerSplitView",
    # The answer where there is no endpoint.
    "no_such_api",
    "LoginView",
    "LogoutView",
    # The ticket that it is given is what lets in; its own tests abuse it.
    "ArrivalView",
    "SessionView",
    "VisitorMessagesView",
    # Its address is signed for one visitor and one file.
    "VisitorFileView",
    # What the sign-in page shows of the host's own tenant.
    "PublicTenantView",
    "LogoView",
}
#: Rows of the installation, the same for every tenant.
SHARED = (Role,)
GUARDED = [endpoint for endpoint in API if endpoint.view.__name__ not in OPEN]
REFUSED = (401, 403, 404)


@pytest.fixture
def world(demo, other, alice, charlie):
    """A row of everything in demo; other is empty."""
    rows = one_of_each(demo)
    issue_api_key(tenant=demo, name=MARK, scopes=["admin:all"])
    rows[ApiKey] = ApiKey.objects.get(tenant_id=demo.id)
    rows[Membership] = Membership.objects.get(tenant_id=demo.id)
    rows[Tenant] = demo
    rows[Role] = Role.objects.first()
    rows[Item] = Item.objects.create(
        tenant_id=demo.id,
        lane_key=MARK,
        kind=MARK,
        ref=MARK,
        dedupe_key=MARK,
        state=ItemState.DEAD,
        error=MARK,
    )
    return rows


def values_for(endpoint: Endpoint, world) -> dict[str, object]:
    """What to put into the path: demo's own row of the view's model."""
    return {name: _VALUES[name](endpoint, world) for name in endpoint.parameters}


def _row_of_the_view(endpoint: Endpoint, world) -> object:
    model = model_of(endpoint.view)
    assert model in world, f"{endpoint}: {model} has no row to try it with; see one_of_each"
    return world[model].pk


def model_of(view) -> type:
    """The model that a view serves."""
    queryset = getattr(view, "queryset", None)
    if queryset is None:
        instance = view()
        instance.request = APIRequestFactory().get("/")
        instance.kwargs, instance.action = {}, "retrieve"
        queryset = instance.get_queryset()
    return queryset.model


_VALUES = {
    "pk": _row_of_the_view,
    "slug": lambda endpoint, world: "demo" if "tenants" in endpoint.route else "add_tag",
    "number": lambda endpoint, world: 1,
    "digest": lambda endpoint, world: "0" * 32,
    "site_key": lambda endpoint, world: MARK,
    "token": lambda endpoint, world: MARK,
    "workflow_id": lambda endpoint, world: world[Workflow].pk,
    "contact_id": lambda endpoint, world: world[Contact].pk,
    "key": lambda endpoint, world: world[ArmedTrigger].key,
}
#: The same for an object that nobody has.
_NOBODY = {"pk": uuid.uuid4(), "slug": "nobody", "number": 1}


def calls(listed, world):
    """(method, path) of every endpoint."""
    for endpoint in listed:
        values = values_for(endpoint, world)
        for method in endpoint.methods:
            yield endpoint, method, endpoint.path(**values)


def ask(client, method: str, path: str, **extra):
    return getattr(client, method)(path, **({"data": {}} if method != "get" else {}), **extra)


def said(answer) -> dict[str, object]:
    """An error without the request's own number."""
    return {**answer.json()["error"], "request_id": ""}


def test_the_list_is_not_empty():
    assert len(API) > 80
    assert len(ADMIN) > 50


def test_with_another_tenants_object(world, demo, other, api, other_key):
    """Charlie's key may do everything in other, and finds nothing of demo's there."""
    before = fingerprint(demo)
    client = api("other.localhost", key=other_key())
    tried = 0
    for endpoint, method, path in calls(GUARDED, world):
        answer = ask(client, method, path)
        where = f"{method} {path} → {answer.status_code}"
        assert MARK not in answer.content.decode(), where
        assert answer.status_code < 500, where
        if "pk" in endpoint.parameters and model_of(endpoint.view) not in SHARED:
            tried += 1
            if answer.status_code == 400:
                # The body was looked at first: then the object must make no difference at all.
                nobody = endpoint.path(**{name: _NOBODY[name] for name in endpoint.parameters})
                assert said(ask(client, method, nobody)) == said(answer), where
                continue
            assert answer.status_code in REFUSED, where
    assert tried > 60
    assert fingerprint(demo) == before
    assert ApiKey.objects.get(tenant_id=demo.id).revoked_at is None


def test_the_objects_are_there_for_their_own_tenant(world, demo, api, demo_key):
    """The control: the same paths on demo's own host find their rows, so the refusals above mean something."""
    client = api("demo.localhost", key=demo_key())
    client.raise_request_exception = False
    missing = [
        path
        for endpoint, method, path in calls(GUARDED, world)
        if method == "get" and "pk" in endpoint.parameters and ask(client, method, path).status_code == 404
    ]
    # A file that was never fetched is not there for anybody.
    assert [path for path in missing if "/media/" not in path] == []


@pytest.mark.parametrize("how", ["key", "session", "nothing"])
def test_with_another_tenants_credentials(world, demo, other, alice, api, demo_key, how):
    """Alice owns demo: on other's host her key and her session are nobody's."""
    client = {
        "key": lambda: api("other.localhost", key=demo_key()),
        "session": lambda: _session_taken_along(api, alice),
        "nothing": lambda: api("other.localhost"),
    }[how]()
    before = fingerprint(other), fingerprint(demo)
    for _, method, path in calls(GUARDED, world):
        answer = ask(client, method, path)
        assert answer.status_code in (401, 403), f"{method} {path} → {answer.status_code}"
        assert MARK not in answer.content.decode()
    assert (fingerprint(other), fingerprint(demo)) == before


def _session_taken_along(api, alice):
    """The cookie of demo's host, sent to other's."""
    at_home = api("demo.localhost", user=alice)
    away = api("other.localhost")
    away.cookies = at_home.cookies
    return away


def test_naming_another_tenant_on_the_public_host(world, demo, api, other_key):
    """``X-Tenant`` is for agencies; other is not demo's."""
    before = fingerprint(demo)
    client = api(settings.PUBLIC_HOST, key=other_key())
    for _, method, path in calls(GUARDED, world):
        answer = ask(client, method, path, headers={"X-Tenant": "demo"})
        assert answer.status_code in REFUSED, f"{method} {path} → {answer.status_code}"
        assert MARK not in answer.content.decode()
    assert fingerprint(demo) == before


@pytest.mark.parametrize("endpoint", [e for e in API if "site_key" in e.parameters], ids=str)
def test_another_tenants_web_chat_is_not_here(world, other, api, endpoint):
    client = api("other.localhost")
    for method in endpoint.methods:
        answer = ask(client, method, endpoint.path(**dict.fromkeys(endpoint.parameters, MARK)))
        assert answer.status_code in REFUSED, f"{method} {endpoint} → {answer.status_code}"


#: Each tenant has one such row, under the same key: what charlie is shown there is other's own.
ONE_ROW = ("/workflow/enginesettings/",)


def admin_paths(world):
    """Every page of the admin, with a demo row's key where one belongs."""
    keys = {f"/{model._meta.app_label}/{model._meta.model_name}/": row.pk for model, row in world.items()}
    for endpoint in ADMIN:
        key = next((key for part, key in keys.items() if part in endpoint.route), 1)
        known = {"object_id": key, "content_type_id": 1, "app_label": "crm", "url": "x"}
        yield endpoint, endpoint.path(**{name: known.get(name, key) for name in endpoint.parameters})


def test_the_admin_with_another_tenants_object(world, demo, other, charlie, web):
    """Charlie owns other: its admin shows other's rows only, and demo's are not found."""
    before = fingerprint(demo)
    client = web("other.localhost", user=charlie)
    for endpoint, path in admin_paths(world):
        for method in ("get", "post"):
            if "logout" in path:
                continue
            answer = getattr(client, method)(path)
            where = f"{method} {path} → {answer.status_code}"
            body = b"" if answer.streaming else answer.content
            assert MARK.encode() not in body, where
            if "object_id" in endpoint.parameters and not any(row in path for row in ONE_ROW):
                assert answer.status_code in (302, 403, 404, 405), where
    assert fingerprint(demo) == before


def test_a_key_that_every_tenant_has_shows_each_its_own(demo, other, charlie, web):
    """What ``ONE_ROW`` leaves out above: demo's row has the same key, and other's page shows and changes other's."""
    with tenant_scope(demo):
        change_settings({"retention_days": 12})
    before = fingerprint(demo)
    client = web("other.localhost", user=charlie)
    path = "/admin/workflow/enginesettings/1/change/"

    assert client.get(path).context["adminform"].form.initial["retention_days"] is None
    assert client.post(path, {"retention_days": "34", "action_costs": "{}"}).status_code == 302

    with tenant_scope(other):
        assert engine_settings().retention_days == 34
    assert fingerprint(demo) == before


@pytest.mark.parametrize("who", ["alice", "nobody"])
def test_the_admin_with_another_tenants_login(world, demo, other, alice, web, who):
    client = Client(HTTP_HOST="other.localhost")
    if who == "alice":
        client.cookies = web("demo.localhost", user=alice).cookies
    before = fingerprint(other), fingerprint(demo)
    for _, path in admin_paths(world):
        answer = client.get(path)
        assert answer.status_code in (302, 403, 404) or "login" in path or "jsi18n" in path, (
            f"{path} → {answer.status_code}"
        )
        body = b"" if answer.streaming else answer.content
        assert MARK.encode() not in body
    assert (fingerprint(other), fingerprint(demo)) == before


def test_rows_written_in_one_tenant_are_not_in_the_other(world, demo, other):
    for model in world:
        if model in (ApiKey, Membership, Tenant, Item, *SHARED):
            continue
        with tenant_scope(other):
            assert not model.objects.filter(pk=world[model].pk).exists()
        with tenant_scope(demo):
            assert model.objects.filter(pk=world[model].pk).exists()
