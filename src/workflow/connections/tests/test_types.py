"""Every type: its forms, what it does to a request, its tokens, and what it says when tried out."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from urllib.parse import parse_qs

import jsonschema
import jwt
import pytest
from pydantic import ValidationError
from werkzeug import Request, Response

from core.errors import PermanentError, RetryableError
from core.http import BlockedAddressError
from workflow.connections.calling import call
from workflow.connections.tests.conftest import opened
from workflow.connections.types.base import CONNECTION_TYPES, OutgoingRequest
from workflow.connections.types.hosts import (
    HostNotNamedError,
    HostsSettings,
    PlainHttpError,
    check_destination,
)
from workflow.connections.types.tokens import TokenBusyError, TokenRefusedError, tokens

ALL = list(CONNECTION_TYPES.values())


def by_slug(kind) -> str:
    return kind.slug


@pytest.mark.parametrize("kind", ALL, ids=by_slug)
class TestContract:
    def test_it_describes_itself(self, kind, google_key):
        described = kind.describe()

        assert set(described) == {
            "slug",
            "label",
            "description",
            "settings_schema",
            "secret_schema",
            "example",
        }
        assert described["description"].endswith(".")
        for schema in (described["settings_schema"], described["secret_schema"]):
            jsonschema.Draft202012Validator.check_schema(schema)
            assert schema["additionalProperties"] is False
            assert all("title" in field for field in schema["properties"].values())

    def test_its_secrets_are_marked(self, kind, google_key):
        fields = kind.describe()["secret_schema"]["properties"]

        assert fields
        assert all((f["format"], f["writeOnly"]) == ("password", True) for f in fields.values())

    def test_its_example_works(self, kind, google_key):
        """But for the key that nobody should find in a source."""
        secret = kind.example["secret"] if kind.slug != "google_service_account" else {"key": google_key}
        connection = opened(kind.slug, kind.example["settings"], secret)

        assert kind.problems(connection.settings, connection.secret) == {}
        assert set(kind.destinations) <= set(kind.Settings.model_fields)

    def test_no_repr_and_no_error_shows_a_secret(self, kind, google_key):
        secret = kind.example["secret"] if kind.slug != "google_service_account" else {"key": google_key}
        connection = opened(kind.slug, kind.example["settings"], secret)

        assert connection.secrets
        for value in connection.secrets:
            assert value not in repr(connection)
            assert value not in str(connection.secret)
            with pytest.raises(ValidationError) as caught:
                kind.Secret.model_validate({name: [value] for name in kind.Secret.model_fields})
            assert value not in str(caught.value)


# -- where a secret may go ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("API.Example.com", "api.example.com"),
        (" api.example.com. ", "api.example.com"),
        ("*.Example.com", "*.example.com"),
        ("متجر.com", "xn--pgbep1f.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
    ],
)
def test_a_host_is_read(written, host):
    assert HostsSettings(hosts=[written]).hosts == [host]


@pytest.mark.parametrize(
    "written",
    ["", "*", "*.com", "https://a.example", "a.example/x", "a.example:80", "a b", "*.*.example.com", "@"],
)
def test_what_is_no_host(written):
    with pytest.raises(ValidationError, match=r"api\.example\.com"):
        HostsSettings(hosts=[written])


@pytest.mark.parametrize(
    ("url", "hosts", "error"),
    [
        ("https://api.example.com/x", ["api.example.com"], None),
        ("https://API.example.com./x", ["api.example.com"], None),
        ("https://eu.api.example.com/x", ["*.example.com"], None),
        ("https://example.com/", ["*.example.com"], HostNotNamedError),
        ("https://evilexample.com/", ["*.example.com"], HostNotNamedError),
        ("https://api.example.com.evil.com/", ["api.example.com"], HostNotNamedError),
        ("https://api.example.com@evil.com/", ["api.example.com"], HostNotNamedError),
        ("https://evil.com/?api.example.com", ["api.example.com"], HostNotNamedError),
        ("https://evil.com#@api.example.com", ["api.example.com"], HostNotNamedError),
        ("https://xn--pgbep1f.com/", HostsSettings(hosts=["متجر.com"]).hosts, None),
        ("http://api.example.com/x", ["api.example.com"], PlainHttpError),
        ("http://[::1", ["api.example.com"], HostNotNamedError),
        ("", ["api.example.com"], HostNotNamedError),
    ],
)
def test_a_secret_goes_where_its_connection_says(settings, url, hosts, error):
    settings.OUTBOUND_ALLOWED_PRIVATE = []
    if error is None:
        check_destination(url, hosts)
        return
    with pytest.raises(error):
        check_destination(url, hosts)


# -- what each does to a request ---------------------------------------------------------------------------------------

BODY = '{"متن":"سلام"}'.encode()


def local(kind: str, secret: dict, **settings):
    return opened(kind, {"hosts": ["localhost"], **settings}, secret)


async def sent(httpserver, http, connection, **parts) -> Request:
    httpserver.expect_request("/api").respond_with_json({"ok": True})
    request = OutgoingRequest(method="POST", url=httpserver.url_for("/api"), body=BODY, **parts)
    called = await call(http, request, connection=connection)
    assert called.response.status == 200
    return httpserver.log[-1][0]


async def test_bearer(httpserver, http):
    request = await sent(
        httpserver, http, local("bearer", {"token": " tok-123456\n"}), headers={"authorization": "mine"}
    )

    assert request.headers.getlist("Authorization") == ["Bearer tok-123456"]


@pytest.mark.parametrize("name", ["X-API-Key", "apikey"])
@pytest.mark.parametrize("place", ["header", "query"])
async def test_api_key(httpserver, http, place, name):
    connection = local("api_key", {"key": "k+y 123/456"}, place=place, name=name)

    request = await sent(httpserver, http, connection, params={"page": 2})

    found = {"header": request.headers.get(name), "query": request.args.get(name)}
    assert {where for where, value in found.items() if value} == {place}
    assert found[place] == "k+y 123/456"
    assert request.args["page"] == "2"


async def test_basic(httpserver, http):
    connection = local("basic", {"password": "گذر:واژه"}, username="متجر")

    request = await sent(httpserver, http, connection)

    encoded = request.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(encoded).decode() == "متجر:گذر:واژه"
    assert encoded in connection.secrets


def test_basic_takes_no_colon_in_the_name():
    with pytest.raises(ValidationError):
        local("basic", {"password": "x"}, username="a:b")


@pytest.mark.parametrize("encoding", ["hex", "base64"])
@pytest.mark.parametrize(("header", "prefix"), [("X-Signature-256", "sha256="), ("X-Hub", "")])
async def test_hmac(httpserver, http, encoding, header, prefix):
    connection = local(
        "hmac",
        {"secret": "shared-secret"},
        encoding=encoding,
        header=header,
        prefix=prefix,
        algorithm="sha256",
    )

    request = await sent(httpserver, http, connection)

    digest = hmac.new(b"shared-secret", request.get_data(), hashlib.sha256).digest()
    written = {"hex": digest.hex(), "base64": base64.b64encode(digest).decode()}[encoding]
    assert request.headers[header] == prefix + written


def token_server(httpserver, *answers: dict | Response) -> list[Request]:
    """A token address that gives ``answers`` in turn, the last one for ever; returns what it was asked."""
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        given = answers[min(len(asked), len(answers) - 1)]
        asked.append(request)
        if isinstance(given, Response):
            return Response(given.get_data(), given.status_code, dict(given.headers))
        return Response(json.dumps(given), content_type="application/json")

    httpserver.expect_request("/token", method="POST").respond_with_handler(answer)
    return asked


def oauth(httpserver, **settings):
    return local(
        "oauth2_client_credentials",
        {"client_secret": "c:l/ient secret"},
        **{"token_url": httpserver.url_for("/token"), "client_id": "wasl id", **settings},
    )


@pytest.mark.parametrize("client_auth", ["basic", "body"])
@pytest.mark.parametrize("scope", ["", "orders:read orders:write"])
async def test_oauth2(httpserver, http, client_auth, scope):
    asked = token_server(httpserver, {"access_token": "at-123456", "expires_in": 3600})
    connection = oauth(httpserver, client_auth=client_auth, scope=scope)

    for _ in range(3):
        request = await sent(httpserver, http, connection)

    assert request.headers["Authorization"] == "Bearer at-123456"
    (question,) = asked
    form = {name: values[0] for name, values in parse_qs(question.get_data().decode()).items()}
    assert form.pop("grant_type") == "client_credentials"
    assert form.pop("scope", "") == scope
    if client_auth == "body":
        assert form == {"client_id": "wasl id", "client_secret": "c:l/ient secret"}
        assert "Authorization" not in question.headers
    else:
        assert form == {}
        pair = base64.b64decode(question.headers["Authorization"].removeprefix("Basic ")).decode()
        assert pair == "wasl+id:c%3Al%2Fient+secret"


async def test_calls_at_once_fetch_one_token(httpserver, http):
    asked = token_server(httpserver, {"access_token": "at-123456", "expires_in": 3600})
    connection = oauth(httpserver)

    await asyncio.gather(*(sent(httpserver, http, connection) for _ in range(10)))

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("expires_in", "later", "fetched"),
    [
        (3600, 3530, 1),
        (3600, 3545, 2),
        (None, 200, 1),
        (None, 301, 2),
        (60, 20, 1),
        (60, 31, 2),
        ("soon", 301, 2),
        (-5, 301, 2),
    ],
)
async def test_a_token_is_kept_until_shortly_before_its_end(
    httpserver, http, monkeypatch, expires_in, later, fetched
):
    asked = token_server(httpserver, {"access_token": "at-123456", "expires_in": expires_in})
    connection = oauth(httpserver)
    await sent(httpserver, http, connection)
    now = time.monotonic()

    monkeypatch.setattr("workflow.connections.types.tokens.time.monotonic", lambda: now + later)
    await sent(httpserver, http, connection)

    assert len(asked) == fetched


async def test_a_changed_secret_makes_another_token(httpserver, http):
    asked = token_server(httpserver, {"access_token": "one-123"}, {"access_token": "two-123"})
    first = oauth(httpserver)
    second = type(first)(
        id=first.id,
        name=first.name,
        type=first.type,
        settings=first.settings,
        secret=type(first.secret)(client_secret="another"),
    )

    assert (await sent(httpserver, http, first)).headers["Authorization"] == "Bearer one-123"
    assert (await sent(httpserver, http, second)).headers["Authorization"] == "Bearer two-123"
    assert len(asked) == 2


async def test_the_store_of_tokens_does_not_grow_without_end(httpserver, http, monkeypatch):
    monkeypatch.setattr("workflow.connections.types.tokens.MAX_TOKENS", 3)
    token_server(httpserver, {"access_token": "at-123456"})

    for _ in range(10):
        await sent(httpserver, http, oauth(httpserver))

    assert len(tokens()._tokens) <= 3


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Response('{"error": "invalid_client"}', 401), TokenRefusedError, "401: invalid_client"),
        (Response('{"error": "invalid_scope"}', 400), TokenRefusedError, "400: invalid_scope"),
        (Response('{"error": "سر"}', 400), TokenRefusedError, "400: no token"),
        (Response("c:l/ient secret is wrong", 403), TokenRefusedError, "403: no token"),
        (Response("{}", 200), TokenRefusedError, "200: no token"),
        (Response("[]", 200), TokenRefusedError, "200: no token"),
        (Response('{"access_token": 5}', 200), TokenRefusedError, "200: no token"),
        (Response("", 302, {"Location": "http://127.0.0.1:1/"}), TokenRefusedError, "302"),
        (Response("", 503), TokenBusyError, "503"),
        (Response("", 429, {"Retry-After": "17"}), TokenBusyError, "429"),
    ],
)
async def test_no_token(httpserver, http, answer, error, words):
    token_server(httpserver, answer)

    with pytest.raises(error, match=words) as caught:
        await sent(httpserver, http, oauth(httpserver))

    assert "ient secret" not in str(caught.value)
    if answer.headers.get("Retry-After"):
        assert caught.value.retry_after == 17
    assert [request.path for request, _ in httpserver.log] == ["/token"]


async def test_a_token_address_that_is_away_may_be_asked_again(httpserver, http):
    httpserver.expect_request("/token").respond_with_handler(lambda request: 1 / 0)
    with pytest.raises(RetryableError):
        await sent(httpserver, http, oauth(httpserver))
    httpserver.clear()


async def test_a_token_is_not_fetched_in_clear_or_from_inside(httpserver, http):
    for url, error in (
        ("http://login.example.com/token", PlainHttpError),
        ("https://127.0.0.1/token", BlockedAddressError),
        ("https://169.254.169.254/token", BlockedAddressError),
    ):
        with pytest.raises(error):
            await sent(httpserver, http, oauth(httpserver, token_url=url))
    assert httpserver.log == []


async def test_a_revoked_token_is_fetched_anew_once(httpserver, http):
    asked = token_server(httpserver, {"access_token": "old-123"}, {"access_token": "new-123"})
    httpserver.expect_request("/api", headers={"Authorization": "Bearer new-123"}).respond_with_json({})
    httpserver.expect_request("/api").respond_with_data("", status=401)
    request = OutgoingRequest(method="GET", url=httpserver.url_for("/api"))
    connection = oauth(httpserver)

    called = await call(http, request, connection=connection)

    assert called.response.status == 200
    assert {"old-123", "new-123", "c:l/ient secret"} == called.secrets
    assert len(asked) == 2


@pytest.mark.parametrize("accepted", [[], [401]])
async def test_who_is_never_let_in_is_told_so(httpserver, http, accepted):
    asked = token_server(httpserver, {"access_token": "at-123456"})
    httpserver.expect_request("/api").respond_with_data("", status=401)
    request = OutgoingRequest(method="GET", url=httpserver.url_for("/api"))

    called = await call(http, request, connection=oauth(httpserver), accepted=accepted)

    assert called.response.status == 401
    assert len(asked) == (1 if accepted else 2)


async def test_a_fixed_token_is_not_tried_twice(httpserver, http):
    httpserver.expect_request("/api").respond_with_data("", status=401)
    request = OutgoingRequest(method="GET", url=httpserver.url_for("/api"))

    await call(http, request, connection=local("bearer", {"token": "tok-123456"}))

    assert len(httpserver.log) == 1


# -- Google ------------------------------------------------------------------------------------------------------------


def google(httpserver, google_key, **settings):
    return local(
        "google_service_account",
        {"key": google_key},
        **{"token_url": httpserver.url_for("/token"), **settings},
    )


@pytest.mark.parametrize("as_text", [True, False])
async def test_google_gets_an_assertion_that_it_can_check(httpserver, http, google_key, public_pem, as_text):
    asked = token_server(httpserver, {"access_token": "ya29.abc", "expires_in": 3599})
    key = json.dumps(google_key) if as_text else google_key
    connection = google(httpserver, key, scopes=["https://a.example/one", "https://a.example/two"])

    for _ in range(2):
        request = await sent(httpserver, http, connection)

    assert request.headers["Authorization"] == "Bearer ya29.abc"
    (question,) = asked
    form = {name: values[0] for name, values in parse_qs(question.get_data().decode()).items()}
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert jwt.get_unverified_header(form["assertion"]) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    claims = jwt.decode(
        form["assertion"], public_pem, algorithms=["RS256"], audience=httpserver.url_for("/token")
    )
    assert claims["iss"] == "robot@shop.iam.gserviceaccount.com"
    assert claims["scope"] == "https://a.example/one https://a.example/two"
    assert claims["exp"] - claims["iat"] == 3600
    assert google_key["private_key"] in connection.secrets


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "whole JSON file"),
        ({"private_key": ...}, "whole JSON file"),
        ({"type": "authorized_user"}, "service account"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n"}, "cannot be read"),
    ],
)
def test_a_key_that_is_none(google_key, change, words):
    key = {name: value for name, value in {**google_key, **(change or {})}.items() if value is not ...}

    with pytest.raises(ValidationError, match=words) as caught:
        CONNECTION_TYPES.get("google_service_account").Secret(key=json.dumps(key) if change else "not JSON")

    assert google_key["private_key"][40:80] not in str(caught.value)


def test_googles_own_addresses_are_the_default(google_key):
    connection = opened("google_service_account", {}, {"key": google_key})

    assert connection.settings.token_url == "https://oauth2.googleapis.com/token"
    assert connection.settings.sheets_url == "https://sheets.googleapis.com"
    check_destination(connection.settings.sheets_url, connection.settings.hosts)


# -- trying out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["bearer", "api_key", "basic", "hmac"])
async def test_what_says_nothing_by_itself(http, kind):
    form = CONNECTION_TYPES.get(kind)

    tested = await form.test(opened(kind, form.example["settings"], form.example["secret"]), http)

    assert tested.outcome == "not_testable"
    assert "first call" in tested.message


async def test_token_types_fetch_a_token_each_time(httpserver, http, google_key):
    asked = token_server(httpserver, {"access_token": "at-123456"})
    for connection, words in (
        (oauth(httpserver), "gave a token"),
        (google(httpserver, google_key), "robot@shop.iam.gserviceaccount.com"),
    ):
        for _ in range(2):
            tested = await connection.type.test(connection, http)
            assert (tested.outcome, words in tested.message) == ("ok", True)
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, "no_text", "ok"),
        (400, "invalid_payload", "ok"),
        (404, "no_service", "failed"),
        (403, "invalid_token", "failed"),
        (200, "ok", "failed"),
    ],
)
async def test_slack_is_asked_without_posting(httpserver, http, status, body, outcome):
    httpserver.expect_request("/services/T/B/x", method="POST", json={}).respond_with_data(
        body, status=status
    )
    connection = opened("slack_webhook", {}, {"url": httpserver.url_for("/services/T/B/x")})

    tested = await connection.type.test(connection, http)

    assert tested.outcome == outcome
    assert "services" not in tested.message


@pytest.mark.parametrize("password", ["s3cret-password", "another"])
async def test_a_mail_server_is_signed_in_at(mail_server, smtp, http, password):
    server = mail_server(users={"shop": "s3cret-password"})
    connection = smtp(server, username="shop", password=password)

    if password == "another":
        with pytest.raises(PermanentError, match="535"):
            await connection.type.test(connection, http)
    else:
        assert (await connection.type.test(connection, http)).outcome == "ok"
    assert server.mails == []


@pytest.mark.parametrize(
    ("settings", "password", "field"),
    [
        ({"username": "shop"}, "", "settings.username"),
        ({}, "s3cret-password", "settings.username"),
        ({"username": "shop", "security": "none"}, "s3cret-password", "settings.security"),
    ],
)
def test_forms_that_do_not_fit_together(settings, password, field):
    connection = opened(
        "smtp",
        {"host": "smtp.example.com", "from_address": "a@b.example", **settings},
        {"password": password},
    )

    assert field in connection.type.problems(connection.settings, connection.secret)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "smtp.example.com\r\n"),
        ("host", "a b"),
        ("host", ""),
        ("port", 0),
        ("port", 70_000),
        ("from_address", "shop"),
        ("from_address", "a@b.example, c@d.example"),
        ("from_name", "Shop\r\nBcc: x@y.example"),
        ("username", "a\nb"),
        ("ca_certificate", "no certificate"),
        ("security", "ssl"),
    ],
)
def test_what_a_mail_servers_settings_may_be(field, value):
    good = {"host": "smtp.example.com", "from_address": "shop@demo.example"}
    CONNECTION_TYPES.get("smtp").Settings(**good)

    with pytest.raises(ValidationError):
        CONNECTION_TYPES.get("smtp").Settings(**{**good, field: value})
