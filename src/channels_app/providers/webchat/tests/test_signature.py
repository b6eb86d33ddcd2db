"""The web chat's two proofs: what passes and what does not."""

from __future__ import annotations

import base64
import json
import time

import pytest
import time_machine

from channels_app.providers.base import SignatureError
from channels_app.providers.signing import hmac_sha256_hex
from channels_app.providers.tests.support import dumps, recorded, request
from channels_app.providers.webchat import WebChatProvider, issue_visitor_token
from channels_app.providers.webchat.credentials import WebChatCredentials, WebChatSettings
from channels_app.providers.webchat.signature import sign

PROVIDER = WebChatProvider()
SECRET = "signing-secret-0123456789"
BODY = recorded("webchat")["text_darja"]
VISITOR = "v-7f3a9c"


def by_server(body: bytes = BODY, header: str | None = None, secret: str = SECRET) -> None:
    PROVIDER.verify(
        request(body, X_Wasl_Signature=sign(SECRET, body) if header is None else header), [secret]
    )


def by_visitor(
    token: str, body: bytes = BODY, *, scheme: str = "Visitor", secrets: tuple[str, ...] = (SECRET,)
) -> None:
    PROVIDER.verify(request(body, Authorization=f"{scheme} {token}"), secrets)


def test_the_signature_is_over_time_and_raw_body() -> None:
    assert sign(SECRET, b"{}", at=1760000000) == (
        "t=1760000000,v1=" + hmac_sha256_hex(SECRET, b"1760000000.{}")
    )
    by_server()


@pytest.mark.parametrize(("age", "good"), [(0, True), (299, True), (-299, True), (302, False), (-302, False)])
def test_the_window(age: int, good: bool) -> None:
    header = sign(SECRET, BODY, at=int(time.time()) - age)
    if good:
        by_server(header=header)
    else:
        with pytest.raises(SignatureError, match="300 seconds"):
            by_server(header=header)


def test_a_recorded_request_cannot_be_sent_again_later() -> None:
    with time_machine.travel(1_760_000_000, tick=False):
        header = sign(SECRET, BODY)
        by_server(header=header)
    with time_machine.travel(1_760_000_301, tick=False), pytest.raises(SignatureError):
        by_server(header=header)


def test_the_time_is_signed_as_well() -> None:
    old = sign(SECRET, BODY, at=int(time.time()) - 1000)
    with pytest.raises(SignatureError):
        by_server(header=f"t={int(time.time())},{old.partition(',')[2]}")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        "v1=" + "0" * 64,
        "t=1",
        "t=٣,v1=" + "0" * 64,
        "t=1e3,v1=" + "0" * 64,
        "t=-1,v1=" + "0" * 64,
    ],
)
def test_malformed_signatures(header: str) -> None:
    with pytest.raises(SignatureError, match="malformed"):
        by_server(header=header)


@pytest.mark.parametrize("body", [json.dumps(json.loads(BODY)).encode(), BODY + b" ", b""])
def test_another_body(body: bytes) -> None:
    with pytest.raises(SignatureError):
        by_server(body=body, header=sign(SECRET, BODY))


def test_a_bad_signature_is_not_saved_by_a_good_token() -> None:
    headers = {
        "X-Wasl-Signature": "t=1,v1=x",
        "Authorization": "Visitor " + issue_visitor_token(SECRET, VISITOR, 60),
    }
    with pytest.raises(SignatureError):
        PROVIDER.verify(request(BODY, **headers), [SECRET])


def test_a_visitor_token_passes_for_its_visitor() -> None:
    by_visitor(issue_visitor_token(SECRET, VISITOR, 60))
    by_visitor(issue_visitor_token(SECRET, VISITOR, 60), secrets=("new-secret-987654321", SECRET))
    by_visitor(issue_visitor_token(SECRET, VISITOR, 60), scheme="visitor")


@pytest.mark.parametrize(
    "body", [dumps({"visitor": {"id": "v-other"}, "messages": []}), b"{}", b"nonsense", b"[]"]
)
def test_a_visitor_token_is_good_for_that_visitor_only(body: bytes) -> None:
    with pytest.raises(SignatureError):
        by_visitor(issue_visitor_token(SECRET, VISITOR, 60), body)


def test_a_visitor_token_expires() -> None:
    with time_machine.travel(1_760_000_000, tick=False):
        token = issue_visitor_token(SECRET, VISITOR, 60)
    with time_machine.travel(1_760_000_059, tick=False):
        by_visitor(token)
    with time_machine.travel(1_760_000_060, tick=False), pytest.raises(SignatureError, match="expired"):
        by_visitor(token)


def test_every_character_of_a_token_counts() -> None:
    token = issue_visitor_token(SECRET, VISITOR, 60)
    for index, character in enumerate(token):
        with pytest.raises(SignatureError):
            by_visitor(token[:index] + ("A" if character != "A" else "B") + token[index + 1 :])


def test_a_token_cannot_be_made_from_a_signature_of_a_body() -> None:
    part = base64.urlsafe_b64encode(f"{VISITOR}.9999999999".encode()).decode().rstrip("=")
    forged = f"{part}.{hmac_sha256_hex(SECRET, part.encode())}"
    with pytest.raises(SignatureError):
        by_visitor(forged)


@pytest.mark.parametrize("token", ["", "x", "x.y", "é.é", "." + "0" * 64, "a b"])
def test_malformed_tokens(token: str) -> None:
    with pytest.raises(SignatureError):
        by_visitor(token)


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", ""])
def test_other_schemes(scheme: str) -> None:
    with pytest.raises(SignatureError):
        by_visitor(issue_visitor_token(SECRET, VISITOR, 60), scheme=scheme)


@pytest.mark.parametrize(("secret", "visitor"), [("", "v-1"), (SECRET, ""), (SECRET, "a:b"), (SECRET, "a b")])
def test_tokens_are_issued_for_sane_visitors_only(secret: str, visitor: str) -> None:
    with pytest.raises(ValueError):
        issue_visitor_token(secret, visitor, 60)


def test_keys_are_made_when_left_out_or_blank() -> None:
    made = [WebChatCredentials(), WebChatCredentials(site_key="", signing_secret="")]
    assert len({credentials.site_key for credentials in made}) == 2
    assert len({credentials.signing_secret.get_secret_value() for credentials in made}) == 2


def test_short_secrets_are_refused() -> None:
    with pytest.raises(ValueError) as caught:
        WebChatCredentials(signing_secret="too-short-x")
    assert "too-short-x" not in str(caught.value)


def test_origins() -> None:
    settings = WebChatSettings(allowed_origins=("https://Boutique.example.dz", "http://localhost:5173"))
    assert settings.allows("https://boutique.example.dz")
    assert settings.allows("http://localhost:5173")
    assert not settings.allows("http://boutique.example.dz")
    assert not settings.allows("https://boutique.example.dz.evil.example")
    assert not WebChatSettings().allows("null")
    with pytest.raises(ValueError):
        WebChatSettings(allowed_origins=("*",))


@pytest.mark.parametrize("content", [b"v-7f3a9c", b"v-7f3a9c.", b"v-7f3a9c.soon", b"\xff.9999999999"])
def test_well_signed_nonsense_is_refused(content: bytes) -> None:
    part = base64.urlsafe_b64encode(content).decode().rstrip("=")
    with pytest.raises(SignatureError, match="malformed"):
        by_visitor(f"{part}.{hmac_sha256_hex(SECRET, b'visitor.' + part.encode())}")
