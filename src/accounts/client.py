"""Who calls, as far as the network tells: the address that can be believed, and the browser's own words."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

USER_AGENT_LENGTH = 300
#: What stands for a caller on a socket of this machine, who has no address.
_NOWHERE = "0.0.0.0"  # noqa: S104


def address(request: HttpRequest) -> str:
    """The caller's IP address: the connection's, or what the proxies in front of us (``NUM_PROXIES``) said it was."""
    proxies: int = settings.REST_FRAMEWORK["NUM_PROXIES"] or 0
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    told = forwarded[-proxies] if 0 < proxies <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(told))
    except ValueError:
        return _NOWHERE


def user_agent(request: HttpRequest) -> str:
    """What the browser calls itself, cut to 300 characters."""
    return request.headers.get("User-Agent", "")[:USER_AGENT_LENGTH]
