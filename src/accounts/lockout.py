"""What a caller hears after too many wrong passwords or codes, and under which name the attempts are counted."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import normal_email
from core.api.errors import ApiError, error_response

_LOCKED = ApiError(
    status=429,
    code="locked_out",
    message="Too many wrong tries. Wait a quarter of an hour, then try again.",
    retry_after=900,
)

#: Before the id of a user whose second factor was wrong: counted under another name than their passwords.
SECOND_FACTOR = "second-factor:"


def username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """axes' ``AXES_USERNAME_CALLABLE``: the e-mail in its normal form, so that letters' case does not buy attempts."""
    return _name(credentials or request.POST)


def counted_by(request: Any, credentials: dict[str, Any] | None = None) -> list[list[str]]:
    """axes' ``AXES_LOCKOUT_PARAMETERS``: wrong passwords of one address on the network are counted by account and
    address, so that nobody can lock another out; wrong second factors by account alone, for whoever gets that far has
    the password already and may have many addresses."""
    return [["username"]] if _name(credentials).startswith(SECOND_FACTOR) else [["username", "ip_address"]]


def response(
    request: HttpRequest, original: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """axes' ``AXES_LOCKOUT_CALLABLE``: the API's error shape."""
    return error_response(request, _LOCKED)


def _name(given: Any) -> str:
    return normal_email(str((given or {}).get(settings.AXES_USERNAME_FORM_FIELD, "")))
