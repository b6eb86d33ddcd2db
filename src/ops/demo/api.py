"""A small client of a tenant's REST API, standard library only."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ops.ports import LOOPBACK

T = TypeVar("T")
TIMEOUT_S = 15.0


def brief(body: str) -> str:
    """What fits on a line of an answer's body; a page for people says nothing to programs."""
    return "(a page)" if body.lstrip().startswith("<") else body[:300]


class ApiError(Exception):
    """The API refused; ``status`` is its HTTP status, ``body`` what it said."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        super().__init__(f"{method} {path}: HTTP {status} {brief(body)}")
        self.status = status
        self.body = body


def bearer(key: str) -> str:
    """The ``Authorization`` header of an API key."""
    return f"Bearer {key}"


class Api:
    """Calls ``base_url`` with an ``Authorization`` header, or without one. The host need not resolve: it is always this
    machine that is called."""

    def __init__(self, base_url: str, authorization: str = "") -> None:
        parts = urlsplit(base_url)
        self._root = f"http://{LOOPBACK}:{parts.port}"
        self._headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        if authorization:
            self._headers["Authorization"] = authorization
        # Loopback only: a proxy from the environment must not see the key.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str, **query: str | int) -> Any:
        """The answer's JSON. Raises ``ApiError``, and ``OSError`` when nothing answers."""
        return self.call("GET", path + ("?" + urllib.parse.urlencode(query) if query else ""))

    def post(self, path: str, body: Any) -> Any:
        """The same for a POST of JSON."""
        return self.call("POST", path, body)

    def results(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """The first page of a list."""
        rows: list[dict[str, Any]] = self.get(path, **query)["results"]
        return rows

    def count(self, path: str) -> int:
        """How many a list has in all."""
        return int(self.get(path, page_size=1)["count"])

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One request; the JSON of the answer, ``None`` when it is something else."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._send(method, path, data, self._headers)

    def upload(self, path: str, *, filename: str, content: bytes) -> Any:
        """POST a form whose field ``file`` is that file."""
        boundary = uuid.uuid4().hex
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        kind = "Content-Type: text/csv\r\n\r\n"
        data = head.encode() + kind.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        form = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send("POST", path, data, self._headers | form)

    def _send(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(self._root + path, data=data, method=method, headers=headers)
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as response:
                raw = response.read()
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode(errors="replace")
            raise ApiError(method, path, error.code, said) from None
        return json.loads(raw) if raw.startswith((b"{", b"[")) else None


def eventually(look: Callable[[], T | None], *, what: str, seconds: float = 15.0) -> T:
    """What ``look`` returns as soon as it is not ``None``. Raises ``TimeoutError`` naming ``what``."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.1)
    return found
