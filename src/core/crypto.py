"""Encryption of secrets at rest: master keys wrap each tenant's data key, data keys encrypt fields.

Every ciphertext is self-describing, in bytes:

* wrapped key: ``0x11``, 4-byte id of the master key, 12-byte nonce, AES-256-GCM ciphertext of the 32-byte key, 16-byte tag
* field: ``0x21``, 12-byte nonce, AES-256-GCM ciphertext, 16-byte tag

The first byte is a version, and goes into the authenticated data together with what the caller binds (tenant, table,
column, row): a value that is copied to another place does not decrypt there. Nonces are random, so a data key should
be replaced before it has encrypted 2³² fields.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import PermanentError

KEY_BYTES = 32
_WRAPPED = b"\x11"
_FIELD = b"\x21"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16


class DecryptionError(PermanentError):
    """The value was not encrypted for this place by a key that we hold."""


class KeyringError(ValueError):
    """The master keys are not configured as they must be."""


class Keyring:
    """The installation's master keys: the first wraps, all of them unwrap.

    To rotate, put the new key first, wrap every data key again (:meth:`needs_rewrap`, :meth:`rewrap`), drop the old.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise KeyringError("there is no master key")
        if any(len(key) != KEY_BYTES for key in keys):
            raise KeyringError(f"a master key has {KEY_BYTES} bytes")
        self._keys = {key_id(key): key for key in keys}
        if len(self._keys) != len(keys):
            raise KeyringError("a master key is listed twice")
        self._current = key_id(keys[0])

    @classmethod
    def from_env_value(cls, value: str) -> Keyring:
        """Read base64 keys separated by commas, the current one first. Raises ``KeyringError``, without the value."""
        try:
            keys = [
                base64.b64decode(part.strip(), validate=True) for part in value.split(",") if part.strip()
            ]
        except binascii.Error:
            raise KeyringError("a master key is not base64") from None
        return cls(keys)

    def wrap_key(self, data_key: bytes, *, aad: bytes) -> bytes:
        """``data_key`` encrypted by the current master key and bound to ``aad`` (the tenant)."""
        if len(data_key) != KEY_BYTES:
            raise ValueError(f"a data key has {KEY_BYTES} bytes")
        header = _WRAPPED + self._current
        return header + _seal(self._keys[self._current], data_key, header + aad)

    def unwrap_key(self, wrapped: bytes, *, aad: bytes) -> bytes:
        """The data key inside ``wrapped``. Raises ``DecryptionError``."""
        header, master = self._master_of(wrapped)
        return _open(master, wrapped[len(header) :], header + aad)

    def needs_rewrap(self, wrapped: bytes) -> bool:
        """Whether an older master key than the current one wrapped it."""
        return wrapped[1 : 1 + _KEY_ID_BYTES] != self._current

    def rewrap(self, wrapped: bytes, *, aad: bytes) -> bytes:
        """The same data key under the current master key. Raises ``DecryptionError``."""
        return self.wrap_key(self.unwrap_key(wrapped, aad=aad), aad=aad)

    def __repr__(self) -> str:
        return f"Keyring(current={self._current.hex()}, keys={len(self._keys)})"

    def _master_of(self, wrapped: bytes) -> tuple[bytes, bytes]:
        header = wrapped[: 1 + _KEY_ID_BYTES]
        if header[:1] != _WRAPPED:
            raise DecryptionError("the wrapped key has an unknown format")
        master = self._keys.get(header[1:])
        if master is None:
            raise DecryptionError(f"the master key {header[1:].hex()} is not in the keyring")
        return header, master


def key_id(key: bytes) -> bytes:
    """What names a master key inside ciphertexts: the first four bytes of its SHA-256."""
    return hashlib.sha256(key).digest()[:_KEY_ID_BYTES]


def new_key() -> bytes:
    """A random key of 32 bytes, for use as master key, data key or index key."""
    return secrets.token_bytes(KEY_BYTES)


def encrypt(dek: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """``plaintext`` encrypted by the data key ``dek`` and bound to ``aad``; a different result each time."""
    return _FIELD + _seal(dek, plaintext, _FIELD + aad)


def decrypt(dek: bytes, ciphertext: bytes, aad: bytes) -> bytes:
    """The plaintext of :func:`encrypt`. Raises ``DecryptionError`` on another key, another ``aad`` or any change."""
    if ciphertext[:1] != _FIELD:
        raise DecryptionError("the encrypted value has an unknown format")
    return _open(dek, ciphertext[1:], _FIELD + aad)


def blind_index(key: bytes, text: str) -> str:
    """HMAC-SHA256 in hex, by which an encrypted value can be found by equality.

    Normalise ``text`` first (E.164, lower case), and use a key of its own per tenant and column: equal values have
    equal indexes, which is all that it gives away.
    """
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def _open(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise DecryptionError("the encrypted value is cut short")
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
    except InvalidTag:
        raise DecryptionError from None
