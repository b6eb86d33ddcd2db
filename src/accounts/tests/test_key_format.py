"""The written form of keys."""

import hashlib
import re

import pytest

from accounts.key_format import KeyText


def test_a_key_is_read_as_it_was_written():
    key = KeyText.new()
    assert re.fullmatch(r"wasl_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", str(key))
    assert KeyText.parse(str(key)) == key
    assert key.digest == hashlib.sha256(key.secret.encode()).digest()


def test_secrets_with_underscores_and_dashes_are_whole():
    text = "wasl_0123abcd_" + "_-" * 21 + "_"
    assert str(KeyText.parse(text)) == text


def test_no_two_keys_are_alike():
    assert len({str(KeyText.new()) for _ in range(200)}) == 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wasl_",
        "wasl_0123abcd_",
        "wasl_0123abcd_short",
        "wasl_0123ABCD_" + "a" * 43,
        "sk_0123abcd_" + "a" * 43,
        "wasl_0123abcd_" + "a" * 44,
        "wasl_0123abcd_" + "ا" * 43,
        "wasl_0123abcd_" + "a" * 43 + "\n",
        "Ω" * 60,
    ],
)
def test_other_texts_are_no_keys(text):
    assert KeyText.parse(text) is None
