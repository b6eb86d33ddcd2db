"""Connections over the API and in the admin: who may, what is refused, and that no secret ever comes back."""

from __future__ import annotations

import json
import logging
import uuid

import pytest
from django.core.management import call_command

from core.crypto import DecryptionError
from tenants.scope import tenant_scope
from tenants.secrets import seal, unseal
from workflow.connections.models import Connection
from workflow.connections.selectors import workflows_using
from workflow.connections.services.connections import create_connection
from workflow.connections.services.opening import open_connection, open_row, place_of
from workflow.connections.tests.conftest import as_text
from workflow.connections.types import CONNECTION_TYPES
from workflow.services.publishing import pause, publish_draft

URL = "/api/v1/workflow/connections/"
TOKEN = "tok-s3cret-123456"
BEARER = {
    "name": "المتجر",
    "type": "bearer",
    "settings": {"hosts": ["api.example.com"]},
    "secret": {"token": TOKEN},
}


@pytest.fixture
def client(scope, api, demo_key):
    return api("demo.localhost", key=demo_key())


@pytest.fixture
def connection(scope):
    return create_connection(
        name="المتجر", kind="bearer", settings={"hosts": ["api.example.com"]}, secret={"token": TOKEN}
    )


def token_of(connection: Connection) -> str:
    return open_row(Connection.objects.get(id=connection.id)).secret.token.get_secret_value()


# -- the whole way -----------------------------------------------------------------------------------------------------


def test_stored_shown_changed_deleted(client, caplog):
    with caplog.at_level(logging.DEBUG):
        made = client.post(URL, BEARER, format="json")
        address = f"{URL}{made.json()['id']}/"
        answers = [
            made,
            client.get(URL),
            client.get(address),
            client.patch(address, {"name": "متجر آخر"}, format="json"),
        ]

    assert [answer.status_code for answer in answers] == [201, 200, 200, 200]
    row = Connection.objects.get()
    assert token_of(row) == TOKEN
    assert (row.name, row.type, row.settings) == ("متجر آخر", "bearer", {"hosts": ["api.example.com"]})
    assert set(made.json()) == {"id", "name", "type", "settings", "created_at", "updated_at"}
    for answer in answers:
        assert TOKEN not in answer.content.decode()
        assert "secret" not in answer.content.decode()
    assert TOKEN not in caplog.text
    assert TOKEN.encode() not in bytes(row.secret)

    assert client.delete(address).status_code == 204
    assert not Connection.objects.exists()


@pytest.mark.parametrize("kind", list(CONNECTION_TYPES))
def test_every_type_can_be_stored(client, google_key, kind):
    form = CONNECTION_TYPES.get(kind)
    secret = form.example["secret"] if kind != "google_service_account" else {"key": google_key}

    answer = client.post(
        URL,
        {"name": kind, "type": kind, "settings": form.example["settings"], "secret": secret},
        format="json",
    )

    assert answer.status_code == 201, answer.content
    opened = open_connection(kind, types=[kind])
    assert opened.settings == form.Settings.model_validate(form.example["settings"])
    for value in opened.secrets:
        assert value not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "x" * 121}, {"name"}),
        ({"name": str(uuid.uuid4())}, {"name"}),
        ({"settings": {}}, {"settings.hosts"}),
        ({"settings": {"hosts": ["https://a.example"]}}, {"settings.hosts.0"}),
        ({"settings": {"hosts": ["a.example"], "colour": "red"}}, {"settings.colour"}),
        ({"secret": {}}, {"secret.token"}),
        ({"secret": {"token": ""}}, {"secret.token"}),
        ({"secret": {"token": {"a": TOKEN}}}, {"secret.token"}),
        ({"secret": {"token": "x", TOKEN: "y"}}, None),
        ({"secret": TOKEN}, {"secret"}),
        ({"secret": {"token": "a\x00b"}}, {"secret"}),
    ],
)
def test_what_is_not_valid_is_said_by_field_and_without_the_secret(client, change, fields):
    answer = client.post(URL, {**BEARER, **change}, format="json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"
    if fields is not None:
        assert set(answer.json()["error"]["fields"]) == fields
        assert TOKEN not in answer.content.decode()
    assert not Connection.objects.exists()


def test_an_unknown_type_names_the_known_ones(client):
    answer = client.post(URL, {**BEARER, "type": "ftp"}, format="json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unknown_key")
    assert "google_service_account" in answer.json()["error"]["message"]


def test_forms_that_do_not_fit_together(client):
    form = CONNECTION_TYPES.get("smtp").example
    answer = client.post(
        URL,
        {
            "name": "mail",
            "type": "smtp",
            "settings": {**form["settings"], "security": "none"},
            "secret": form["secret"],
        },
        format="json",
    )

    assert set(answer.json()["error"]["fields"]) == {"settings.security"}


def test_a_name_is_there_once(client, connection):
    answer = client.post(URL, BEARER, format="json")

    assert set(answer.json()["error"]["fields"]) == {"name"}
    assert Connection.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"name": "other"}, 200),
        ({"settings": {"hosts": ["api.example.com"]}}, 200),
        ({"secret": {"token": "another-123"}}, 200),
        ({"settings": {"hosts": ["evil.example.com"]}}, 400),
        ({"settings": {"hosts": ["api.example.com", "evil.example.com"]}}, 400),
        ({"settings": {"hosts": ["new.example.com"]}, "secret": {"token": "another-123"}}, 200),
        ({"type": "basic"}, 200),
        ({}, 200),
    ],
)
def test_a_secret_that_is_not_entered_anew_stays_and_stays_where_it_is(client, connection, change, status):
    answer = client.patch(f"{URL}{connection.id}/", change, format="json")

    assert answer.status_code == status
    connection.refresh_from_db()
    assert connection.type == "bearer"
    assert token_of(connection) == change.get("secret", {}).get("token", TOKEN)
    if status == 400:
        assert set(answer.json()["error"]["fields"]) == {"secret"}
        assert connection.settings == {"hosts": ["api.example.com"]}


@pytest.mark.parametrize("field", ["host", "port", "security", "ca_certificate"])
def test_a_mail_servers_password_stays_where_it_is(client, authority, field):
    form = CONNECTION_TYPES.get("smtp").example
    row = create_connection(name="mail", kind="smtp", **form)
    other = {"host": "evil.example.com", "port": 465, "security": "tls", "ca_certificate": authority.pem}[
        field
    ]
    body = {"settings": {field: other}}

    assert client.patch(f"{URL}{row.id}/", body, format="json").status_code == 400
    assert (
        client.patch(
            f"{URL}{row.id}/", {**body, "secret": {"password": "new-password"}}, format="json"
        ).status_code
        == 200
    )


def test_types(client, django_assert_num_queries):
    answer = client.get(f"{URL}types/")

    assert [kind["slug"] for kind in answer.json()] == list(CONNECTION_TYPES)
    by_slug = {kind["slug"]: kind for kind in answer.json()}
    assert by_slug["smtp"]["secret_schema"]["properties"]["password"]["writeOnly"] is True


def test_the_list_is_found_in_and_cheap(client, connection, django_assert_max_num_queries):
    for n in range(20):
        create_connection(
            name=f"slack {n}", kind="slack_webhook", settings={}, secret={"url": "https://hooks.slack.com/x"}
        )
    with django_assert_max_num_queries(6):
        assert len(client.get(URL).json()["results"]) == 21
    assert len(client.get(f"{URL}?type=bearer").json()["results"]) == 1
    assert len(client.get(f"{URL}?search=slack 13").json()["results"]) == 1
    assert client.get(f"{URL}?ordering=-name").json()["results"][0]["name"] == "المتجر"


# -- who may -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (["workflow:read"], True, False),
        (["workflow:write"], True, False),
        (["channels:admin"], False, True),
        (["crm:write", "inbox:write"], False, False),
        (["admin:all"], True, True),
    ],
)
def test_rights(api, demo_key, connection, scopes, reads, writes):
    client = api("demo.localhost", key=demo_key(*scopes))
    address = f"{URL}{connection.id}/"

    for path in (URL, address, f"{URL}types/"):
        assert client.get(path).status_code == (200 if reads else 403)
    for method, path, body in (
        ("post", URL, {**BEARER, "name": "new"}),
        ("patch", address, {"secret": {"token": "another-123"}}),
        ("post", f"{address}test/", {}),
        ("delete", address, None),
    ):
        answer = getattr(client, method)(path, body, format="json")
        assert (answer.status_code == 403) is not writes, (method, path, answer.status_code)
    if not writes:
        assert Connection.objects.count() == 1
        assert token_of(connection) == TOKEN


def test_another_tenant_sees_and_changes_nothing(api, connection, other_key):
    client = api("other.localhost", key=other_key())
    address = f"{URL}{connection.id}/"

    assert client.get(URL).json()["results"] == []
    for method, path in (
        ("get", address),
        ("patch", address),
        ("delete", address),
        ("post", f"{address}test/"),
    ):
        assert getattr(client, method)(path, {}, format="json").status_code == 404
    assert token_of(connection) == TOKEN


def test_a_secret_opens_in_its_own_place_only(demo, other, connection):
    sealed, place = bytes(connection.secret), place_of(connection.id)

    assert unseal(sealed, place=place) == {"token": TOKEN}
    with pytest.raises(DecryptionError):
        unseal(sealed, place=place_of(uuid.uuid4()))
    with tenant_scope(other), pytest.raises(DecryptionError):
        unseal(sealed, place=place)


def test_a_new_master_key_leaves_the_secrets_readable(connection, settings):
    """They are sealed with the tenant's data key, and that is what is wrapped anew."""
    from tenants import secrets

    new = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0="
    settings.WASL_MASTER_KEY = f"{new},{settings.WASL_MASTER_KEY}"
    call_command("rewrap_tenant_keys")
    settings.WASL_MASTER_KEY = new
    secrets._data_keys.clear()

    assert token_of(connection) == TOKEN
    secrets._data_keys.clear()


def test_a_connection_that_does_not_fit_its_type_any_more_says_so(client, connection):
    Connection.objects.filter(id=connection.id).update(settings={"hosts": [], "old": 1})

    answer = client.post(f"{URL}{connection.id}/test/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "connection_outdated")
    mended = {"settings": {"hosts": ["api.example.com"]}, "secret": {"token": TOKEN}}
    assert client.patch(f"{URL}{connection.id}/", mended, format="json").status_code == 200
    assert token_of(connection) == TOKEN


# -- in use ------------------------------------------------------------------------------------------------------------


def step(reference: str | None, action: str = "http_request"):
    config = {
        "http_request": {"url": "https://api.example.com"},
        "send_email": {"subject": "x", "text": "y"},
    }[action]
    return {
        "action": action,
        "config": {**config, **({"connection": reference} if reference is not None else {})},
    }


@pytest.mark.parametrize("by", ["name", "id"])
def test_what_active_workflows_use_stays(client, engine, connection, by):
    reference = connection.name if by == "name" else str(connection.id)
    workflow = engine.workflow(step(reference), name="طلبات")
    address = f"{URL}{connection.id}/"

    answer = client.delete(address)

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "connection_in_use")
    assert answer.json()["error"]["fields"] == {"workflows": ["طلبات"]}
    assert "طلبات" in answer.json()["error"]["message"]
    assert token_of(connection) == TOKEN
    renamed = client.patch(address, {"name": "other"}, format="json")
    assert renamed.status_code == (409 if by == "name" else 200)
    assert client.patch(address, {"secret": {"token": "another-123"}}, format="json").status_code == 200

    pause(workflow)
    assert client.delete(address).status_code == 204


def test_a_version_that_does_not_use_it_any_more_frees_it(client, engine, connection):
    workflow = engine.workflow(step(connection.name))
    workflow.draft = {**workflow.draft, "actions": [step(None)]}
    workflow.draft = {key: value for key, value in workflow.draft.items() if key in ("triggers", "actions")}
    workflow.save()
    publish_draft(workflow, by="test")

    assert client.delete(f"{URL}{connection.id}/").status_code == 204


def test_the_only_mail_server_is_used_by_who_names_none(engine, connection):
    first = create_connection(name="mail", kind="smtp", **CONNECTION_TYPES.get("smtp").example)
    engine.workflow(step(None, "send_email"), name="letters")
    engine.workflow(step(""), name="calls without credentials")

    assert workflows_using(first) == ["letters"]
    assert workflows_using(first, by_name_only=True) == []
    assert workflows_using(connection) == []
    create_connection(name="mail two", kind="smtp", **CONNECTION_TYPES.get("smtp").example)
    assert workflows_using(first) == []


# -- tried out ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("password", "outcome"), [("s3cret-password", "ok"), ("wrong-password", "failed")])
def test_trying_a_mail_server(client, mail_server, authority, password, outcome):
    server = mail_server(users={"shop": "s3cret-password"})
    row = create_connection(
        name="mail",
        kind="smtp",
        settings={
            "host": "localhost",
            "port": server.port,
            "username": "shop",
            "from_address": "shop@demo.example",
            "ca_certificate": authority.pem,
        },
        secret={"password": password},
    )

    answer = client.post(f"{URL}{row.id}/test/")

    assert (answer.status_code, answer.json()["outcome"]) == (200, outcome)
    assert server.connections == 1
    assert password not in answer.content.decode()


def test_trying_what_says_nothing_by_itself(client, connection):
    answer = client.post(f"{URL}{connection.id}/test/")

    assert (answer.status_code, answer.json()["outcome"]) == (200, "not_testable")


def test_a_failed_test_repeats_no_secret(client, httpserver, allowed):
    httpserver.expect_request("/hook/s3cretpath").respond_with_data("hook/s3cretpath is gone", status=404)
    row = create_connection(
        name="s", kind="slack_webhook", settings={}, secret={"url": httpserver.url_for("/hook/s3cretpath")}
    )
    private = create_connection(
        name="p", kind="slack_webhook", settings={}, secret={"url": "https://169.254.169.254/s3cretpath"}
    )

    for connection, words in ((row, "404"), (private, "not public")):
        answer = client.post(f"{URL}{connection.id}/test/").json()
        assert (answer["outcome"], words in answer["message"]) == ("failed", True)
    assert "s3cretpath" not in client.post(f"{URL}{private.id}/test/").content.decode()


# -- the admin ---------------------------------------------------------------------------------------------------------

ADMIN = "/admin/connections/connection/"


def test_the_admin_writes_secrets_and_shows_none(scope, web, alice):
    browser = web("demo.localhost", user=alice)
    body = {
        "name": "المتجر",
        "type": "bearer",
        "settings": json.dumps({"hosts": ["api.example.com"]}),
        "new_secret": json.dumps({"token": TOKEN}),
    }

    assert browser.get(f"{ADMIN}add/").status_code == 200
    assert browser.post(f"{ADMIN}add/", body).status_code == 302
    row = Connection.objects.get()
    page = browser.get(f"{ADMIN}{row.id}/change/")
    assert page.status_code == 200
    assert TOKEN not in page.content.decode()
    assert TOKEN not in browser.get(ADMIN).content.decode()
    changed = {"name": "other", "settings": body["settings"], "new_secret": ""}
    assert browser.post(f"{ADMIN}{row.id}/change/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.name, token_of(row)) == ("other", TOKEN)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"new_secret": "{}"}, "token"),
        ({"settings": "{}"}, "hosts"),
        ({"new_secret": "no json"}, "JSON"),
        ({"name": ""}, "required"),
    ],
)
def test_the_admin_says_what_is_wrong(scope, web, alice, change, words):
    browser = web("demo.localhost", user=alice)
    body = {
        "name": "x",
        "type": "bearer",
        "settings": json.dumps({"hosts": ["api.example.com"]}),
        "new_secret": json.dumps({"token": TOKEN}),
    }

    answer = browser.post(f"{ADMIN}add/", {**body, **change})

    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Connection.objects.exists()


def test_the_admin_deletes_what_nobody_uses(engine, connection, web, alice):
    browser = web("demo.localhost", user=alice)
    workflow = engine.workflow(step(connection.name), name="طلبات")
    address = f"{ADMIN}{connection.id}/delete/"

    answer = browser.post(address, {"post": "yes"}, follow=True)
    assert "طلبات" in answer.content.decode()
    assert Connection.objects.exists()

    pause(workflow)
    browser.post(address, {"post": "yes"})
    assert not Connection.objects.exists()


def test_the_admin_shows_a_row_whose_type_is_gone(scope, web, alice):
    row = Connection.objects.create(name="old", type="gone", secret=seal({}, place="x|y|z"))

    assert web("demo.localhost", user=alice).get(f"{ADMIN}{row.id}/change/").status_code == 200
    assert as_text(row.settings) == "{}"


def test_who_may_only_look_cannot_change(scope, connection, web, bob):
    browser = web("demo.localhost", user=bob)

    assert connection.name in browser.get(ADMIN).content.decode()
    assert browser.get(f"{ADMIN}add/").status_code == 403
    assert browser.post(f"{ADMIN}{connection.id}/change/", {"name": "mine"}).status_code == 403
    assert browser.post(f"{ADMIN}{connection.id}/delete/", {"post": "yes"}).status_code == 403
    assert Connection.objects.get().name == connection.name
