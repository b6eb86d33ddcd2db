"""Access tokens: fetched once, kept in the process until shortly before they run out."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
import time
import weakref
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import SecretStr

from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.http import HttpClient
from core.http.retry_after import is_busy, retry_after
from workflow.connections.types.base import OpenConnection
from workflow.connections.types.hosts import check_https

#: A token is not used in its last seconds: it might run out on the way.
MARGIN_S = 60.0
#: How long a token is kept whose answer does not say (RFC 6749, 5.1 only recommends it).
UNSAID_S = 300.0
MAX_TOKENS = 1_000

_ERROR_CODE = re.compile(r"[\x20-\x7e]{1,80}\Z")


class TokenRefusedError(PermanentError):
    """No access token was given for these credentials."""


class TokenBusyError(RetryableError):
    """No access token can be had now."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and for how many seconds it holds."""

    value: str
    lasts_s: float


class TokenCache:
    """The tokens of one event loop. Calls that need the same one at once wait for one fetch."""

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[str, float]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, key: str, fetch: Callable[[], Awaitable[Token]]) -> str:
        """The token under ``key``, from ``fetch()`` when there is none that still holds."""
        async with self._locks[key]:
            value, until = self._tokens.get(key, ("", 0.0))
            if time.monotonic() < until:
                return value
            token = await fetch()
            if len(self._tokens) >= MAX_TOKENS:
                self._tokens.clear()
                self._locks.clear()
            # Of a token that lasts a minute only, half is better than none.
            lasts_s = max(token.lasts_s - MARGIN_S, token.lasts_s / 2)
            self._tokens[key] = (token.value, time.monotonic() + lasts_s)
            return token.value

    def forget(self, key: str) -> bool:
        """Drop the token under ``key``; whether there was one."""
        return self._tokens.pop(key, None) is not None


_caches: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, TokenCache] = weakref.WeakKeyDictionary()
_caches_lock = threading.Lock()


def tokens() -> TokenCache:
    """The cache of the running event loop."""
    with _caches_lock:
        return _caches.setdefault(asyncio.get_running_loop(), TokenCache())


def key_of(connection: OpenConnection[Any, Any]) -> str:
    """A connection as it stands now: a changed secret or setting makes another key."""
    values = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in connection.secret
    }
    whole = orjson.dumps([str(connection.id), connection.settings.model_dump(mode="json"), values])
    return hashlib.sha256(whole).hexdigest()


async def fetch_token(
    http: HttpClient, url: str, *, form: Mapping[str, str], headers: Mapping[str, str] | None = None
) -> Token:
    """Ask a token address (RFC 6749, 4.4.2) for a token. Asking twice does no harm, so no answer is a reason to ask again.

    Raises ``TokenBusyError``, ``TokenRefusedError``, ``PlainHttpError``, and the client's ``PermanentError``.
    """
    check_https(url)
    failure: RetryableError
    try:
        response = await http.request(
            "POST",
            url,
            form=form,
            headers={"Accept": "application/json", **(headers or {})},
            max_bytes=64_000,
        )
    except (RetryableError, OutcomeUnknownError) as error:
        failure = TokenBusyError(f"No access token can be had now: {error}")
    else:
        if is_busy(response.status):
            raise TokenBusyError(
                f"The token address answered {response.status}.", retry_after=retry_after(response.headers)
            )
        return _token(response.status, response.body)
    raise failure


def _token(status: int, body: bytes) -> Token:
    """The token in an answer. Its own words are quoted only where they are a code: the rest may hold what was sent."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    answer = answer if isinstance(answer, dict) else {}
    value, lasts = answer.get("access_token"), answer.get("expires_in")
    if status == 200 and isinstance(value, str) and value:
        return Token(value, _lasting(lasts))
    code = answer.get("error")
    code = code if isinstance(code, str) and _ERROR_CODE.match(code) else "no token in it"
    raise TokenRefusedError(f"The token address answered {status}: {code}.")


def _lasting(seconds: Any) -> float:
    known = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return float(seconds) if known and 0 < seconds < 10_000_000 else UNSAID_S
