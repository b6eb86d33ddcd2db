"""The secrets of a webhook: the token in its address, and what its sender signs with; sealed in the trigger's row."""

from __future__ import annotations

import hmac
import secrets
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from tenants.secrets import seal, unseal
from workflow.models import ArmedTrigger

_ID_BYTES = 16
_RANDOM_BYTES = 24
_TOKEN_CHARS = 54


@dataclass(frozen=True, slots=True)
class HookSecret:
    """``token`` stands in the address, ``signing`` is the secret of the signatures: empty while none was set."""

    token: str
    signing: str = ""


def new_token(hook_id: uuid.UUID) -> str:
    """A token for an address: the row's id, by which it is found, and 192 random bits, by which it is believed."""
    return urlsafe_b64encode(hook_id.bytes + secrets.token_bytes(_RANDOM_BYTES)).rstrip(b"=").decode()


def hook_id_in(token: str) -> uuid.UUID | None:
    """The id in a token, whoever made that; ``None`` for a text that is none."""
    if len(token) != _TOKEN_CHARS or not token.isascii():
        return None
    try:
        return uuid.UUID(bytes=urlsafe_b64decode(token + "==")[:_ID_BYTES])
    except ValueError:
        return None


def same_token(one: str, other: str) -> bool:
    """Whether two tokens are equal, by their hashes, in a time that says nothing about where they differ."""
    return hmac.compare_digest(sha256(one.encode()).digest(), sha256(other.encode()).digest())


def read_secret(hook: ArmedTrigger) -> HookSecret:
    """The secrets of a webhook's row. Raises ``DecryptionError``."""
    assert hook.secret is not None, "a webhook's row has its secret from the beginning"
    values = unseal(bytes(hook.secret), place=_place(hook))
    return HookSecret(token=str(values["token"]), signing=str(values["signing"]))


def write_secret(hook: ArmedTrigger, secret: HookSecret) -> None:
    """Seal them into the row; the caller saves it."""
    hook.secret = seal({"token": secret.token, "signing": secret.signing}, place=_place(hook))


def _place(hook: ArmedTrigger) -> str:
    return f"workflow_armedtrigger|secret|{hook.id}"
