"""Every provider keeps the promises of the interface."""

from __future__ import annotations

import json
from typing import get_args

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from pydantic import BaseModel, SecretStr

from channels_app.providers.base import (
    Fragment,
    Inbound,
    InboundMessage,
    MessageEdited,
    MessageRevoked,
    MessageType,
    OutboundMessage,
    Provider,
    SendRefusedError,
    SignatureError,
    StatusUpdate,
)
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.signing import hmac_sha256_hex
from channels_app.providers.tests.support import (
    PROVIDERS_DIR,
    dumps,
    json_values,
    mutated,
    read,
    recorded,
    request,
)
from channels_app.providers.webchat import signature as webchat_signature
from core.http import HttpClient

SECRET = "a-secret-of-the-test-0123456789"
SLUGS = list(PROVIDERS)
EXAMPLES = {
    "whatsapp": {
        "phone_number_id": "106540352000077",
        "waba_id": "104201337000001",
        "access_token": "EAAGtoken",
        "app_secret": SECRET,
    },
    "telegram": {"bot_token": "7000000001:AAEtestTokenOfTheBot", "secret_token": SECRET},
    "webchat": {"site_key": "wc_0123456789ab", "signing_secret": SECRET},
}
SIGNED_HEADERS = {
    "whatsapp": lambda body: {"x_hub_signature_256": "sha256=" + hmac_sha256_hex(SECRET, body)},
    "telegram": lambda body: {"x_telegram_bot_api_secret_token": SECRET},
    "webchat": lambda body: {"x_wasl_signature": webchat_signature.sign(SECRET, body)},
}
fuzz = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(params=SLUGS)
def provider(request: pytest.FixtureRequest) -> Provider:
    return PROVIDERS.get(request.param)


@pytest.fixture
def credentials(provider: Provider) -> BaseModel:
    return provider.Credentials(**EXAMPLES[provider.slug])


def test_every_folder_is_registered() -> None:
    folders = {path.parent.name for path in PROVIDERS_DIR.glob("*/provider.py")}
    assert folders == set(SLUGS) == set(EXAMPLES)


def test_declares_itself(provider: Provider) -> None:
    assert provider.slug == provider.__class__.__module__.split(".")[-2]
    assert provider.label
    for model in (provider.Credentials, provider.Settings):
        for name, part in model.model_json_schema()["properties"].items():
            assert part.get("title"), name
            assert part.get("description"), name
    provider.Settings()  # every setting has a default


def test_secrets_are_not_shown(provider: Provider, credentials: BaseModel) -> None:
    assert any(isinstance(value, SecretStr) for value in dict(credentials).values())
    assert SECRET not in repr(credentials) + str(credentials.model_dump()) + credentials.model_dump_json()


def test_account_id_is_stable_and_public(provider: Provider, credentials: BaseModel) -> None:
    account = provider.account_id(credentials)
    assert account
    assert account == provider.account_id(provider.Credentials(**EXAMPLES[provider.slug]))
    assert SECRET not in account


def test_refuses_credentials_of_another_provider(provider: Provider) -> None:
    other = next(slug for slug in SLUGS if slug != provider.slug)
    with pytest.raises(TypeError):
        provider.account_id(PROVIDERS.get(other).Credentials(**EXAMPLES[other]))


def test_signing_secrets_hold_both_while_rotating(provider: Provider, credentials: BaseModel) -> None:
    assert provider.signing_secrets(credentials) == (SECRET,)
    previous = next(name for name in provider.Credentials.model_fields if name.startswith("previous_"))
    rotating = provider.Credentials(**EXAMPLES[provider.slug], **{previous: "an-older-secret-9876543210"})
    assert provider.signing_secrets(rotating) == (SECRET, "an-older-secret-9876543210")


def test_handshake_refuses_strangers(provider: Provider) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1158201444"}
    assert provider.handshake(request(method="GET", query=query), ["right"]) is None
    assert provider.handshake(request(method="GET"), ["right"]) is None
    assert provider.handshake(request(method="GET", query={**query, "hub.verify_token": ""}), [""]) is None


@pytest.mark.parametrize("secrets", [[SECRET], ["other-secret-000000", SECRET], [SECRET, ""]])
def test_verify_takes_any_current_secret(provider: Provider, secrets: list[str]) -> None:
    body = next(iter(recorded(provider.slug).values()))
    provider.verify(request(body, **SIGNED_HEADERS[provider.slug](body)), iter(secrets))


@pytest.mark.parametrize("secrets", [[], [""], ["other-secret-000000"], [SECRET + "x"], [SECRET[:-1]]])
def test_verify_refuses_other_secrets(provider: Provider, secrets: list[str]) -> None:
    body = next(iter(recorded(provider.slug).values()))
    with pytest.raises(SignatureError):
        provider.verify(request(body, **SIGNED_HEADERS[provider.slug](body)), secrets)


def test_verify_refuses_a_missing_header(provider: Provider) -> None:
    with pytest.raises(SignatureError):
        provider.verify(request(b"{}"), [SECRET])


def test_every_bit_of_the_signature_counts(provider: Provider) -> None:
    body = next(iter(recorded(provider.slug).values()))
    ((name, value),) = SIGNED_HEADERS[provider.slug](body).items()
    for index in range(len(value)):
        for bit in (1, 0x20, 0x80):
            forged = value[:index] + chr(ord(value[index]) ^ bit) + value[index + 1 :]
            if provider.slug == "webchat" and value[index] == "," and forged[index] == " ":
                continue
            with pytest.raises(SignatureError):
                provider.verify(request(body, **{name: forged}), [SECRET])


@pytest.mark.parametrize(
    "header", ["", "sha256=", "é" * 71, "sha256=" + "g" * 64, "\ud800", "Visitor ", "t=1,v1="]
)
def test_malformed_signatures_are_refused(provider: Provider, header: str) -> None:
    ((name, _),) = SIGNED_HEADERS[provider.slug](b"{}").items()
    for headers in ({name: header}, {"authorization": header}):
        with pytest.raises(SignatureError):
            provider.verify(request(b"{}", **headers), [SECRET])


def test_recorded_bodies_split_into_usable_fragments(provider: Provider) -> None:
    for name, body in recorded(provider.slug).items():
        fragments = provider.split(body)
        assert fragments, name
        assert fragments == provider.split(body), "a repeated delivery has the same keys"
        check_fragments(fragments)
        keys = [(fragment.account_id, fragment.key) for fragment in fragments]
        assert len(set(keys)) == len(keys), name


def test_recorded_bodies_parse_into_usable_items(provider: Provider) -> None:
    for body in recorded(provider.slug).values():
        check_items(read(provider, body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b'{"a": NaN}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 5000,
    ],
)
def test_what_is_not_of_the_outer_shape_is_a_value_error(provider: Provider, body: bytes) -> None:
    with pytest.raises(ValueError):
        provider.split(body)


@fuzz
@given(value=json_values)
def test_split_of_arbitrary_json_raises_only_value_error(value: object) -> None:
    for provider in PROVIDERS.values():
        try:
            fragments = provider.split(dumps(value))
        except ValueError:
            continue
        check_fragments(fragments)
        for fragment in fragments:
            check_items(provider.parse(fragment.payload))


@pytest.mark.parametrize("slug", SLUGS)
def test_mutated_bodies_never_break(slug: str) -> None:
    provider = PROVIDERS.get(slug)

    @fuzz
    @given(value=mutated(recorded(slug)))
    def check(value: object) -> None:
        try:
            fragments = provider.split(dumps(value))
        except ValueError:
            return
        check_fragments(fragments)
        for fragment in fragments:
            check_items(provider.parse(fragment.payload))

    check()


@fuzz
@example(value={"kind": "message", "item": {"type": "text", "text": []}})
@example(value={"message": {"chat": {"id": float("inf")}}})
@given(value=json_values)
def test_parse_of_arbitrary_json_never_raises(value: object) -> None:
    for provider in PROVIDERS.values():
        for payload in (value, {"kind": "message", "item": value}, {"message": value, "visitor": value}):
            if isinstance(payload, dict):
                check_items(provider.parse(payload))


def test_characters_that_postgres_refuses_are_gone(provider: Provider) -> None:
    for body in recorded(provider.slug).values():
        dirty = json.dumps(json.loads(body)).replace('": "', '": "\\u0000\\ud83d')
        try:
            fragments = provider.split(dirty.encode())
        except ValueError:
            pytest.fail("a stray character lost a whole body")
        check_fragments(fragments)


def test_deep_nesting_is_cut_not_fatal(provider: Provider) -> None:
    for body in recorded(provider.slug).values():
        value = json.loads(body)
        innermost: dict[str, object] = {}
        deep: object = innermost
        for _ in range(900):
            deep = [deep]
        inner = (item for part in value.values() for item in (part if isinstance(part, list) else [part]))
        target = next(item for item in inner if isinstance(item, dict))
        target["extra"] = deep
        check_fragments(provider.split(dumps(value)))


async def test_send_of_what_cannot_be_sent_is_refused_before_any_call(
    provider: Provider, credentials: BaseModel
) -> None:
    # A client without any allowed address: a call would fail in another way.
    http = HttpClient()
    try:
        for message in (
            OutboundMessage(effect_key="k1", recipient="", type=MessageType.TEXT, text="سلام"),
            OutboundMessage(effect_key="k2", recipient="213555010203", type=MessageType.UNSUPPORTED),
        ):
            with pytest.raises(SendRefusedError):
                await provider.send(message, credentials=credentials, settings=provider.Settings(), http=http)
    finally:
        await http.close()


def check_fragments(fragments: list[Fragment]) -> None:
    for fragment in fragments:
        stored = orjson.dumps(fragment.payload)
        assert isinstance(fragment.payload, dict)
        assert b"\\u0000" not in stored
        for name in (fragment.account_id, fragment.key, fragment.lane):
            assert len(name) <= 500
            assert "\x00" not in name
            name.encode()
        assert fragment.key
        assert fragment.lane


def check_items(items: list[Inbound]) -> None:
    assert items, "nothing is dropped in silence"
    for item in items:
        assert isinstance(item, get_args(Inbound))
        if isinstance(item, InboundMessage):
            assert item.provider_message_id
            assert item.sender.user_id
            assert isinstance(item.type, MessageType)
            assert item.sent_at.tzinfo is not None
            assert item.sent_at.year >= 2001
            assert "\x00" not in item.text
            item.text.encode()
        if isinstance(item, StatusUpdate | MessageEdited | MessageRevoked):
            assert item.provider_message_id
            assert item.occurred_at.tzinfo is not None
            assert item.occurred_at.year >= 2001
