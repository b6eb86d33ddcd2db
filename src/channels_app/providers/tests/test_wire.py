"""Reading untrusted JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given

from channels_app.providers import wire
from channels_app.providers.tests.support import dumps, json_values


@given(value=json_values)
def test_whatever_loads_can_be_stored(value: object) -> None:
    try:
        loaded = wire.load_json(dumps(value))
    except ValueError:
        return  # NaN and infinities are not JSON
    stored = orjson.dumps(loaded)
    assert b"\\u0000" not in stored
    assert wire.digest(loaded) == wire.digest(orjson.loads(stored))


def test_lone_surrogates_become_replacement_characters() -> None:
    assert wire.load_json(b'{"text": "\\ud83d \\u0633\\u0644\\u0627\\u0645"}') == {"text": "\ufffd سلام"}


def test_nul_is_dropped_from_values_and_keys() -> None:
    assert wire.load_json(b'{"a\\u0000b": ["x\\u0000"]}') == {"ab": ["x"]}


def test_bytes_that_are_not_utf8_do_not_lose_the_rest() -> None:
    assert wire.load_json(b'{"text": "caf\xe9", "id": 1}') == {"text": "caf\ufffd", "id": 1}


def test_deep_values_are_cut() -> None:
    deep = wire.load_json(b"[" * 900 + b"]" * 900)
    assert wire.TOO_DEEP.encode() in orjson.dumps(deep)


@pytest.mark.parametrize("value", ["1760000000", 1760000000, "1760000000000", 1760000000000])
def test_moments_in_seconds_and_milliseconds(value: object) -> None:
    assert wire.moment(value) == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", [None, "", "gestern", -5, 0, True, 10**30, "9" * 4000, "١٧٦٠٠٠٠٠٠٠", [], {}]
)
def test_senseless_moments_are_now(value: object) -> None:
    assert abs(wire.moment(value) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("213555123456", "+213555123456"),
        ("+213555123456", "+213555123456"),
        ("15550001111", "+15550001111"),
        ("DZ.4f8a1c2e9b7d", None),
        ("0555123456", None),
        ("12345", None),
        ("1" * 16, None),
        ("", None),
    ],
)
def test_phones_of_digits(value: str, phone: str | None) -> None:
    assert wire.phone_of_digits(value) == phone


def test_long_ids_are_replaced_by_their_digest() -> None:
    assert wire.as_id("x" * wire.MAX_ID_LENGTH) == "x" * wire.MAX_ID_LENGTH
    assert wire.as_id("x" * 5000).startswith("sha256:")
    assert wire.as_id("x" * 5000) != wire.as_id("x" * 5001)


def test_digest_does_not_depend_on_the_order_of_fields() -> None:
    assert wire.digest({"a": 1, "b": [True, "é"]}) == wire.digest({"b": [True, "é"], "a": 1})
    assert wire.digest({"a": 1}) != wire.digest({"a": "1"})


def test_numbers_that_cannot_be_stored_become_what_can() -> None:
    # The lone surrogate sends these bodies past orjson, which would have refused or rounded such numbers.
    body = b'{"big": 123456789012345678901234567890, "endless": 1e999, "bad": "\\udfff"}'
    assert wire.load_json(body) == {"big": "123456789012345678901234567890", "endless": None, "bad": "\ufffd"}
