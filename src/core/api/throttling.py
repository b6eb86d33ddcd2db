"""Limits for endpoints that anybody may call."""

from __future__ import annotations

import time
from typing import ClassVar

import structlog
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

log = structlog.get_logger(__name__)


class FixedWindow(BaseThrottle):
    """``limit`` requests a minute from one address, counted in the cache under the tenant.

    The address is the connection's; a forwarded one is believed only where ``NUM_PROXIES`` says how many proxies of
    ours stand in front. While the cache is away nothing is counted: what the endpoint is for matters more.
    """

    name: ClassVar[str]
    limit: ClassVar[int]
    window_s: ClassVar[int] = 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count it, and say whether it is within the limit."""
        window = int(time.time()) // self.window_s
        key = f"throttle:{self.name}:{self.counted(request, view)}:{window}"
        try:
            cache.add(key, 0, timeout=self.window_s)
            return cache.incr(key) <= self.limit
        except ValueError:
            # The window ended between the two calls.
            return True
        except Exception as exc:  # each cache backend fails in its own words
            log.warning("requests are not counted", error=str(exc))
            return True

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.window_s - time.time() % self.window_s

    def counted(self, request: Request, view: APIView) -> str:
        """Whose requests are counted together: those of one address."""
        if api_settings.NUM_PROXIES is None:
            return str(request.META.get("REMOTE_ADDR"))
        return str(self.get_ident(request))
