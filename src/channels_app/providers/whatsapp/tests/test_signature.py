"""Meta's handshake and signature: what passes and what does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_app.providers.base import SignatureError
from channels_app.providers.signing import hmac_sha256_hex
from channels_app.providers.tests.support import recorded, request
from channels_app.providers.whatsapp import WhatsAppProvider

PROVIDER = WhatsAppProvider()
SECRET = "app-secret-0123456789"
BODY = recorded("whatsapp")["text_arabic"]
SIGNATURE = "sha256=" + hmac_sha256_hex(SECRET, BODY)


def test_a_known_vector() -> None:
    # RFC 4231, test case 2.
    assert hmac_sha256_hex("Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_the_header_is_found_in_lower_case_whatever_was_sent() -> None:
    PROVIDER.verify(request(BODY, **{"X-HUB-Signature-256": SIGNATURE}), [SECRET])


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (json.dumps(json.loads(BODY)).encode(), SIGNATURE),
        (json.dumps(json.loads(BODY), ensure_ascii=False).encode(), SIGNATURE),
        (BODY + b"\n", SIGNATURE),
        (BODY[:-1], SIGNATURE),
        (b"", SIGNATURE),
        (BODY, SIGNATURE.upper()),
        (BODY, SIGNATURE.removeprefix("sha256=")),
        (BODY, "sha1=" + SIGNATURE[7:47]),
        (BODY, SIGNATURE + " "),
        (BODY, SIGNATURE[:-1]),
        (BODY, f"{SIGNATURE},{SIGNATURE}"),
        (BODY, "sha256=" + hmac_sha256_hex("", BODY)),
    ],
)
def test_forgeries_are_refused(body: bytes, signature: str) -> None:
    with pytest.raises(SignatureError):
        PROVIDER.verify(request(body, X_Hub_Signature_256=signature), [SECRET, ""])


@given(index=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7))
def test_one_flipped_bit_of_the_body_is_refused(index: int, bit: int) -> None:
    flipped = bytearray(BODY)
    flipped[index] ^= 1 << bit
    with pytest.raises(SignatureError):
        PROVIDER.verify(request(bytes(flipped), X_Hub_Signature_256=SIGNATURE), [SECRET])


QUERY = {"hub.mode": "subscribe", "hub.verify_token": "كلمة-السر", "hub.challenge": "1158201444"}


def test_handshake_answers_the_challenge() -> None:
    assert PROVIDER.handshake(request(method="GET", query=QUERY), ["other", "كلمة-السر"]) == "1158201444"


@pytest.mark.parametrize(
    ("method", "change", "tokens"),
    [
        ("GET", {"hub.verify_token": "wrong"}, ["كلمة-السر"]),
        ("GET", {"hub.mode": "unsubscribe"}, ["كلمة-السر"]),
        ("GET", {"hub.challenge": ""}, ["كلمة-السر"]),
        ("GET", {}, []),
        ("GET", {"hub.verify_token": ""}, [""]),
        ("POST", {}, ["كلمة-السر"]),
    ],
)
def test_handshake_refuses(method: str, change: dict[str, str], tokens: list[str]) -> None:
    assert PROVIDER.handshake(request(method=method, query=QUERY | change), tokens) is None
