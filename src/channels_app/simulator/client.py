"""A small synchronous client of the control API, for tests, the demo and benchmarks; standard library only."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class SimulatorError(Exception):
    """The simulator refused the request; ``status`` is its HTTP status, ``body`` its JSON."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body


class SimulatorClient:
    """Steers a running simulator at ``base_url``, for example ``http://127.0.0.1:8020``.

    Messages come as the dicts of ``Message.as_json``: id, account, customer, direction, type, text, buttons, media,
    location, reply_to, effect_key, state, repeat, seq, at, payload.
    """

    def __init__(self, base_url: str, *, timeout: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        # Loopback only: a proxy from the environment must not see these calls.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @property
    def graph_url(self) -> str:
        """What the product takes for ``https://graph.facebook.com``."""
        return f"{self.base_url}/graph"

    @property
    def telegram_url(self) -> str:
        """What the product takes for ``https://api.telegram.org``."""
        return f"{self.base_url}/telegram"

    def sink_url(self, name: str) -> str:
        """The address of a sink, for workflows that call out."""
        return f"{self.base_url}/sink/{urllib.parse.quote(name, safe='')}"

    def ready(self, *, timeout: float = 10.0) -> None:
        """Wait until the simulator answers. Raises ``TimeoutError``."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self._call("GET", "/control/health")
            except (OSError, SimulatorError) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no simulator at {self.base_url}") from error
                time.sleep(0.05)
            else:
                return

    def register_account(
        self, *, provider: str, account_id: str, token: str, **fields: Any
    ) -> dict[str, Any]:
        """Register or change an account; ``fields`` are those of ``AccountSpec``."""
        body = {"provider": provider, "account_id": account_id, "token": token, **fields}
        return self._call("POST", "/control/accounts", body)

    def accounts(self) -> list[dict[str, Any]]:
        return self._call("GET", "/control/accounts")["accounts"]

    def verify(self, account_id: str) -> dict[str, Any]:
        """Perform the provider's handshake: ``{"ok", "status", "detail"}``."""
        return self._call("POST", f"/control/accounts/{account_id}/verify")

    def inbound(self, account_id: str, *, from_: str, text: str = "", **fields: Any) -> dict[str, Any]:
        """A customer writes; ``fields`` are those of ``InboundSpec`` (type, media, location, button, raw, wait …).

        Returns ``{"customer", "message_id", "update_id", "status", "attempts", "delivered", "retrying"}``.
        """
        body = {"from": from_, "text": text, **fields}
        # Waiting for the last retry can take as long as the provider retries.
        timeout = 1_000.0 if fields.get("wait") == "final" else None
        return self._call("POST", f"/control/accounts/{account_id}/inbound", body, timeout=timeout)

    def outbox(self, account_id: str, *, customer: str = "", after: int = 0) -> list[dict[str, Any]]:
        """What the product sent, oldest first; ``after`` is a ``seq``."""
        query = {"customer": customer, "after": after}
        return self._call("GET", f"/control/accounts/{account_id}/outbox", query=query)["messages"]

    def messages(self, account_id: str, *, customer: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """The newest messages in both directions, oldest first."""
        query = {"customer": customer, "limit": limit}
        return self._call("GET", f"/control/accounts/{account_id}/messages", query=query)["messages"]

    def effects(self, account_id: str, *, repeated: bool = False) -> dict[str, int]:
        """How often each effect key was sent."""
        query = {"repeated": int(repeated)}
        return self._call("GET", f"/control/accounts/{account_id}/effects", query=query)["effects"]

    def wait_for(
        self,
        account_id: str,
        *,
        customer: str = "",
        contains: str = "",
        after: int = 0,
        state: str = "accepted",
        timeout: float = 10.0,
    ) -> dict[str, Any]:
        """The first outgoing message, past or to come, that matches. Raises ``TimeoutError``."""
        query = {
            "account": account_id,
            "customer": customer,
            "contains": contains,
            "after": after,
            "state": state,
            "timeout": timeout,
        }
        try:
            return self._call("GET", "/control/events/wait", query=query, timeout=timeout + 10)["message"]
        except SimulatorError as error:
            if error.status != 408:
                raise
            wish = f"to {customer or 'anyone'} containing {contains!r} in state {state}"
            raise TimeoutError(f"account {account_id} sent nothing {wish} within {timeout} s") from None

    def set_customer(self, account_id: str, customer: str, **fields: Any) -> dict[str, Any]:
        """Set ``name``, ``blocked``, ``reads`` or ``last_wrote_ago_s`` of a customer."""
        return self._call("PUT", f"/control/accounts/{account_id}/customers/{customer}", fields)

    def set_faults(self, *rules: dict[str, Any], seed: int = 0) -> dict[str, Any]:
        """Replace all fault rules (none: clear them); returns them with how often each fired."""
        return self._call("PUT", "/control/faults", {"seed": seed, "rules": list(rules)})

    def faults(self) -> dict[str, Any]:
        return self._call("GET", "/control/faults")

    def set_sink(self, name: str, **settings: Any) -> dict[str, Any]:
        """Set ``status``, ``delay_ms``, ``body`` or ``headers`` of a sink's answer."""
        return self._call("PUT", f"/control/sinks/{urllib.parse.quote(name, safe='')}", settings)

    def sink(
        self, name: str, *, key: str | None = None, after: int = 0, requests: bool = True
    ) -> dict[str, Any]:
        """What a sink received: ``{"total", "unique_keys", "repeated", "requests"}``."""
        query = {"after": after, "requests": int(requests)} | ({} if key is None else {"key": key})
        return self._call("GET", f"/control/sinks/{urllib.parse.quote(name, safe='')}", query=query)

    def stats(self) -> dict[str, Any]:
        """Totals: sends, unique_effect_keys, repeated_effect_keys, webhooks_posted, webhooks_retried …"""
        return self._call("GET", "/control/stats")

    def reset(self, *, accounts: bool = False) -> None:
        """Forget history, faults, sinks and pending webhooks, and with ``accounts`` the accounts too."""
        self._call("POST", "/control/reset", {"accounts": accounts})

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        url = self.base_url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310 - http only
        try:
            with self._opener.open(request, timeout=timeout or self._timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raw = error.read()
            try:
                answer = json.loads(raw)
            except ValueError:
                answer = raw.decode("utf-8", "replace")
            raise SimulatorError(error.code, answer) from None
