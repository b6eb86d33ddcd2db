"""Takes secrets out of what is stored, shown or logged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping
from functools import lru_cache
from typing import Any

MASK = "•••"
CUT = "…"
MAX_DEPTH = 32
MAX_ITEMS = 10_000
#: Shorter values would also be found, and masked, in innocent text.
MIN_SECRET_CHARS = 6

#: Keys (without case and separators) whose value is a secret.
SECRET_KEYS = frozenset(
    {
        "authorization",
        "proxyauthorization",
        "cookie",
        "setcookie",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
    }
    | {
        "token",
        "apikey",
        "xapikey",
        "accesskey",
        "privatekey",
        "signingkey",
        "credentials",
        "sessionid",
        "csrftoken",
    }
    | {"xhubsignature", "xhubsignature256", "otp", "cvv"}
)
# A secret is often one word of a longer key: ``whatsapp_access_token``, ``clientSecret``.
_SECRET_ENDINGS = ("token", "secret", "password", "apikey", "privatekey", "passphrase", "credentials")
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def redact(value: Any, *, secret_keys: Collection[str] = SECRET_KEYS, secrets: Collection[str] = ()) -> Any:
    """A copy of the JSON-like ``value`` with secrets replaced by ``•••``.

    Secret is what stands under one of ``secret_keys`` (case and separators do not count) or under a key that ends in a
    word such as ``token``, and every occurrence of one of ``secrets``, known values of at least six characters, in any
    text. What lies deeper than 32 levels or beyond 10,000 members becomes ``…``.
    """
    # The usual keys are written in their normal form already.
    keys = SECRET_KEYS if secret_keys is SECRET_KEYS else frozenset(_normal(key) for key in secret_keys)
    known = sorted({secret for secret in secrets if len(secret) >= MIN_SECRET_CHARS}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, known))) if known else None
    return _Redactor(keys, pattern).copy(value, depth=0)


def redact_processor(
    logger: Any, method_name: str, event_dict: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """A structlog processor that redacts the whole event."""
    redacted: dict[str, Any] = redact(dict(event_dict))
    return redacted


class _Redactor:
    def __init__(self, keys: frozenset[str], known: re.Pattern[str] | None) -> None:
        self._keys = keys
        self._known = known
        self._room = MAX_ITEMS

    def copy(self, value: Any, *, depth: int) -> Any:
        if isinstance(value, str):
            return self._known.sub(MASK, value) if self._known else value
        if not isinstance(value, (dict, list, tuple)) and not isinstance(value, Mapping):
            return value
        if depth >= MAX_DEPTH:
            return CUT
        if not isinstance(value, (list, tuple)):
            return self._mapping(value, depth=depth)
        result: list[Any] = []
        for member in value:
            if not self._take():
                result.append(CUT)
                break
            result.append(self.copy(member, depth=depth + 1))
        return result

    def _mapping(self, value: Mapping[Any, Any], *, depth: int) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, member in value.items():
            if not self._take():
                result[CUT] = CUT
                break
            shown = self.copy(key, depth=depth) if isinstance(key, str) else key
            # An empty secret is no secret, and that it is empty is often what one looks for.
            hidden = self._is_secret(key) and member not in (None, "", False)
            result[shown] = MASK if hidden else self.copy(member, depth=depth + 1)
        return result

    def _is_secret(self, key: Any) -> bool:
        name = _normal(key) if isinstance(key, str) else ""
        return name in self._keys or name.endswith(_SECRET_ENDINGS)

    def _take(self) -> bool:
        self._room -= 1
        return self._room >= 0


@lru_cache(maxsize=4_096)
def _normal(key: str) -> str:
    return _SEPARATORS.sub("", key.lower())
