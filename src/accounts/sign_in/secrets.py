"""The secrets of second factors at rest: each under a key of its own, which the installation's master key wraps."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from django.conf import settings

from core.crypto import Keyring, decrypt, encrypt, new_key
from tenants.services.rewrapping import on_rewrap

_PURPOSE = b"accounts.totp"
#: Where an authenticator keeps one: codes their secret, recovery codes their seed. Passkeys have none.
_SECRET_FIELDS = ("secret", "seed")


def seal(text: str) -> str:
    """``text`` encrypted: the wrapped key and the ciphertext, base64, with a dot between."""
    key = new_key()
    return _joined(_keyring().wrap_key(key, aad=_PURPOSE), encrypt(key, text.encode(), _PURPOSE))


def unseal(sealed: str) -> str:
    """The text. Raises ``DecryptionError``."""
    key, ciphertext = _parts(sealed)
    return decrypt(_keyring().unwrap_key(key, aad=_PURPOSE), ciphertext, _PURPOSE).decode()


@on_rewrap("second factors")
def rewrap_second_factors(keyring: Keyring) -> int:
    """Wrap the keys of all of them anew."""
    changed = 0
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).iterator():
        fresh = {
            **row.data,
            **{name: _rewrapped(row.data[name], keyring) for name in _SECRET_FIELDS if name in row.data},
        }
        if fresh != row.data:
            # Only if nobody changed it meanwhile.
            changed += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=fresh)
    return changed


def _rewrapped(sealed: str, keyring: Keyring) -> str:
    key, ciphertext = _parts(sealed)
    return _joined(keyring.rewrap(key, aad=_PURPOSE), ciphertext) if keyring.needs_rewrap(key) else sealed


def _joined(*parts: bytes) -> str:
    return ".".join(base64.b64encode(part).decode() for part in parts)


def _parts(sealed: str) -> tuple[bytes, bytes]:
    key, ciphertext = (base64.b64decode(part) for part in sealed.split("."))
    return key, ciphertext


def _keyring() -> Keyring:
    return Keyring.from_env_value(settings.WASL_MASTER_KEY)
