"""Envelope encryption: what was bound to one place opens there only, and every changed bit is noticed."""

import base64

import pytest

from core.crypto import (
    DecryptionError,
    Keyring,
    KeyringError,
    blind_index,
    decrypt,
    encrypt,
    key_id,
    new_key,
)

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
# Made with AES-256-GCM directly, from the format in the module's docstring.
GOLDEN = "9fb10f9f1d421b9e7841d474ffabb0d4554c11966f502e6b"
ALICE, BOB = b"tenant:alice|channel|credentials|7", b"tenant:bob|channel|credentials|7"


def ring(*keys: bytes) -> Keyring:
    return Keyring.from_env_value(",".join(base64.b64encode(key).decode() for key in keys))


def test_round_trip():
    dek, secret = new_key(), "رمز سری: EAAG…".encode()
    ciphertext = encrypt(dek, secret, ALICE)
    assert decrypt(dek, ciphertext, ALICE) == secret
    assert secret not in ciphertext
    assert encrypt(dek, secret, ALICE) != ciphertext  # a nonce used twice would give the key away
    assert decrypt(dek, encrypt(dek, b"", ALICE), ALICE) == b""


def test_format_is_the_documented_one():
    dek = new_key()
    field = encrypt(dek, b"12345", ALICE)
    wrapped = ring(NEW).wrap_key(dek, aad=ALICE)
    assert (field[:1], len(field)) == (b"\x21", 1 + 12 + 5 + 16)
    assert (wrapped[:1], wrapped[1:5], len(wrapped)) == (b"\x11", key_id(NEW), 1 + 4 + 12 + 32 + 16)


def test_a_field_of_a_past_release_still_opens():
    stored = bytes.fromhex("21000102030405060708090a0b") + bytes.fromhex(GOLDEN)
    assert decrypt(OLD, stored, ALICE) == "سلام".encode()


@pytest.mark.parametrize("aad", [BOB, b"", ALICE + b"\x00", ALICE[:-1]])
def test_another_place_does_not_open_it(aad):
    dek, keys = new_key(), ring(NEW)
    with pytest.raises(DecryptionError):
        decrypt(dek, encrypt(dek, b"secret", ALICE), aad)
    with pytest.raises(DecryptionError):
        keys.unwrap_key(keys.wrap_key(dek, aad=ALICE), aad=aad)


def test_another_tenants_key_does_not_open_it():
    with pytest.raises(DecryptionError):
        decrypt(new_key(), encrypt(new_key(), b"secret", ALICE), ALICE)


def test_every_flipped_bit_is_noticed():
    dek, keys = new_key(), ring(NEW, OLD)
    field, wrapped = encrypt(dek, b"secret", ALICE), keys.wrap_key(dek, aad=ALICE)
    for bit in range(len(field) * 8):
        broken = bytearray(field)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DecryptionError):
            decrypt(dek, bytes(broken), ALICE)
    for bit in range(len(wrapped) * 8):
        broken = bytearray(wrapped)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DecryptionError):
            keys.unwrap_key(bytes(broken), aad=ALICE)


def test_every_shorter_piece_is_refused():
    dek, keys = new_key(), ring(NEW)
    field, wrapped = encrypt(dek, b"secret", ALICE), keys.wrap_key(dek, aad=ALICE)
    for length in range(len(field)):
        with pytest.raises(DecryptionError):
            decrypt(dek, field[:length], ALICE)
    for length in range(len(wrapped)):
        with pytest.raises(DecryptionError):
            keys.unwrap_key(wrapped[:length], aad=ALICE)


def test_the_key_id_is_authenticated():
    """Naming another master key of the ring must not be possible without notice."""
    dek, keys = new_key(), ring(NEW, OLD)
    wrapped = keys.wrap_key(dek, aad=ALICE)
    with pytest.raises(DecryptionError):
        keys.unwrap_key(wrapped[:1] + key_id(OLD) + wrapped[5:], aad=ALICE)


def test_rotation():
    dek = new_key()
    before = ring(OLD).wrap_key(dek, aad=ALICE)
    during = ring(NEW, OLD)
    assert during.needs_rewrap(before)
    assert during.unwrap_key(before, aad=ALICE) == dek
    after = during.rewrap(before, aad=ALICE)
    assert not during.needs_rewrap(after)
    assert ring(NEW).unwrap_key(after, aad=ALICE) == dek
    with pytest.raises(DecryptionError, match=key_id(OLD).hex()):
        ring(NEW).unwrap_key(before, aad=ALICE)
    with pytest.raises(DecryptionError):
        during.rewrap(before, aad=BOB)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " , ",
        "not base64!",
        base64.b64encode(b"short").decode(),
        ",".join([base64.b64encode(OLD).decode()] * 2),
    ],
)
def test_bad_master_keys_are_refused_without_being_shown(value):
    with pytest.raises(KeyringError) as caught:
        Keyring.from_env_value(value)
    assert not value.strip(" ,") or value not in str(caught.value)


def test_spaces_and_line_ends_between_keys_are_harmless():
    value = f" {base64.b64encode(NEW).decode()} ,\n{base64.b64encode(OLD).decode()},\n"
    assert not Keyring.from_env_value(value).needs_rewrap(ring(NEW).wrap_key(OLD, aad=b""))


def test_no_key_material_in_the_repr():
    text = repr(ring(NEW, OLD))
    assert key_id(NEW).hex() in text
    assert NEW.hex() not in text
    assert base64.b64encode(NEW).decode() not in text


def test_only_whole_data_keys_are_wrapped():
    with pytest.raises(ValueError, match="32 bytes"):
        ring(NEW).wrap_key(b"short", aad=ALICE)


def test_blind_index():
    index = blind_index(OLD, "+213555123456")
    assert index == blind_index(OLD, "+213555123456")
    assert len(index) == 64
    assert index != blind_index(NEW, "+213555123456")
    assert index != blind_index(OLD, "+213555123457")
    # RFC 4231, test case 2
    assert blind_index(b"Jefe", "what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
