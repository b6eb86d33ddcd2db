"""The name by which a request can be found in the logs: the caller's ``X-Request-Id``, or one of ours."""

from __future__ import annotations

import re

from django.http import HttpRequest

from core.ids import uuid7

# What a caller sends ends in logs and answers, so it is taken only when it is plainly a name.
_SANE = re.compile(r"^[A-Za-z0-9._:-]{1,128}$")


def request_id(request: HttpRequest) -> str:
    """The id of ``request``, the same at every call."""
    known = getattr(request, "_wasl_request_id", None)
    if known is None:
        sent = request.headers.get("X-Request-Id", "")
        known = sent if _SANE.match(sent) else str(uuid7())
        request._wasl_request_id = known  # type: ignore[attr-defined]
    return known
