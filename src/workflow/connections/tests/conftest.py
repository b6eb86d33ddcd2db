"""Fixtures of connections: a tenant's scope, connections opened without a database, and servers to connect to."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer

from core.http import HttpClient
from core.ids import uuid7
from workflow.actions.base import ACTIONS, ActionContext
from workflow.connections.services.trying import _http
from workflow.connections.tests.certificates import Authority, make_authority
from workflow.connections.tests.mail_server import MailServer
from workflow.connections.types.base import CONNECTION_TYPES, OpenConnection
from workflow.tests.conftest import engine, outside, scope  # noqa: F401


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    """Whom the tests' mail servers are vouched for by."""
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def google_key() -> dict[str, str]:
    """A service account's key file."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {
        "type": "service_account",
        "client_email": "robot@shop.iam.gserviceaccount.com",
        "private_key": pem.decode(),
        "private_key_id": "key-1",
    }


@pytest.fixture(scope="session")
def public_pem(google_key) -> bytes:
    """What Google would check the key's signatures with."""
    private = serialization.load_pem_private_key(google_key["private_key"].encode(), password=None)
    return private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


@pytest.fixture
def allowed(settings, httpserver: HTTPServer) -> Iterator[Callable[..., None]]:
    """The tests' web server may be called; ``allowed("localhost:25")`` allows more."""

    def allow(*pairs: str) -> None:
        settings.OUTBOUND_ALLOWED_PRIVATE = [*settings.OUTBOUND_ALLOWED_PRIVATE, *pairs]

    settings.OUTBOUND_ALLOWED_PRIVATE = []
    allow(f"{httpserver.host}:{httpserver.port}")
    yield allow
    # The clients that trying connections out has left.
    _http(tuple(settings.OUTBOUND_ALLOWED_PRIVATE)).close()
    _http.cache_clear()


@pytest.fixture
async def http(allowed, settings) -> AsyncIterator[HttpClient]:
    """The guarded client."""
    client = HttpClient(allowed_private=settings.OUTBOUND_ALLOWED_PRIVATE)
    yield client
    await client.close()


@pytest.fixture
def mail_server(authority, allowed) -> Iterator[Callable[..., MailServer]]:
    """``mail_server(security="tls", users={…}, replies={…})``: one that may be called, as localhost."""
    with ExitStack() as stack:

        def start(**options: Any) -> MailServer:
            server = stack.enter_context(MailServer(context=authority.server, **options))
            allowed(f"localhost:{server.port}")
            return server

        yield start


def opened(kind: str, settings: dict[str, Any], secret: dict[str, Any], **names: Any) -> OpenConnection:
    """A connection ready for use that is in no database."""
    form = CONNECTION_TYPES.get(kind)
    return OpenConnection(
        id=uuid.uuid4(),
        name=names.get("name", kind),
        type=form,
        settings=form.Settings.model_validate(settings),
        secret=form.Secret.model_validate(secret),
    )


@pytest.fixture
def smtp(authority) -> Callable[..., OpenConnection]:
    """``smtp(server, security="tls")``: the connection to it."""

    def connection(server: MailServer, *, password: str = "", **settings: Any) -> OpenConnection:
        values = {
            "host": "localhost",
            "port": server.port,
            "security": server.security,
            "from_address": "shop@demo.example",
            "from_name": "متجر الجزائر",
            "ca_certificate": authority.pem,
            **settings,
        }
        return opened("smtp", values, {"password": password})

    return connection


def context(
    *, key: str = "", material: Any = None, data: dict[str, Any] | None = None, **ids: Any
) -> ActionContext:
    """What an action is told."""
    return ActionContext(
        effect_key=key or uuid7().hex,
        actor="workflow:1",
        event_id=uuid7(),
        depth=1,
        data=data or {},
        material=material,
        **ids,
    )


async def run(slug: str, config: dict[str, Any], http: HttpClient, **about: Any) -> Any:
    """Run an external action; its output."""
    action = ACTIONS.get(slug)
    return await action.run(action.Config.model_validate(config), context(**about), http)


def as_text(value: Any) -> str:
    """``value`` as JSON, to look for a secret anywhere in it."""
    return json.dumps(value, ensure_ascii=False, default=str)
