"""Where a secret may be sent: to the hosts that its connection names, and over https."""

from __future__ import annotations

import re
from typing import Annotated

from django.conf import settings
from pydantic import AfterValidator, Field
from yarl import URL

from core.errors import PermanentError
from core.http.guard import describe
from workflow.connections.types.base import Form

_HOST = re.compile(r"(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z")


class HostNotNamedError(PermanentError):
    """The connection does not name this host, so its secret is not sent there."""


class PlainHttpError(PermanentError):
    """A secret is sent over https only."""


def _plain_host(text: str) -> str:
    """``Shop.Example.com`` as ``shop.example.com``; other alphabets in the form that DNS knows."""
    name = text.strip().lower().removesuffix(".")
    star, rest = ("*.", name[2:]) if name.startswith("*.") else ("", name)
    try:
        host = star + (URL.build(scheme="https", host=rest).raw_host or "")
    except ValueError:
        host = ""
    if not _HOST.match(host) or (star and "." not in rest):
        raise ValueError("write a host such as api.example.com or *.example.com, without https:// and path")
    return host


Host = Annotated[str, Field(max_length=253), AfterValidator(_plain_host)]


class HostsSettings(Form):
    """The hosts that the secret is for. A workflow's author chooses the address of a call, but not who gets the secret."""

    hosts: list[Host] = Field(
        min_length=1,
        max_length=20,
        title="Hosts",
        description="The secret is sent to these hosts only: api.example.com, or *.example.com for all below it.",
    )


def check_destination(url: str, hosts: list[str]) -> None:
    """Refuse to send a secret to ``url``. Raises ``HostNotNamedError`` and ``PlainHttpError``."""
    host = (_parsed(url).raw_host or "").removesuffix(".")
    if not any(_covers(pattern, host) for pattern in hosts):
        raise HostNotNamedError(
            f"The connection is for {', '.join(hosts)}; its secret is not sent to {host}."
        )
    check_https(url)


def check_https(url: str) -> None:
    """Refuse to send a secret in clear, but for the private addresses that the installation allows.

    Raises ``PlainHttpError``."""
    parsed = _parsed(url)
    allowed = {pair.lower() for pair in settings.OUTBOUND_ALLOWED_PRIVATE}
    if parsed.scheme != "https" and f"{parsed.raw_host}:{parsed.port}" not in allowed:
        raise PlainHttpError(f"A secret is sent over https only, not to {describe(parsed)}.")


def _covers(pattern: str, host: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _parsed(url: str) -> URL:
    # With the parser of the client that makes the call: two parsers may see two hosts.
    try:
        return URL(url)
    except ValueError:
        raise HostNotNamedError("The address is not a URL, so no secret is sent there.") from None
