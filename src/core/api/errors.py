"""One shape for every error of the API: ``{"error": {"code", "message", "fields", "request_id"}}``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pydantic
import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from core.api.request_id import request_id
from core.errors import PermanentError, RetryableError
from core.registry import UnknownKeyError

log = structlog.get_logger(__name__)

#: A key that carries what is wrong with the request as a whole rather than with one of its fields.
WHOLE = "non_field_errors"
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiError:
    """An error as the caller sees it. ``fields`` maps a field (dotted when nested) to what is wrong with it;
    ``retry_after`` is in seconds."""

    status: int
    code: str
    message: str
    fields: Mapping[str, list[str]] = field(default_factory=dict)
    retry_after: float | None = None

    def body(self, request: HttpRequest | None) -> dict[str, Any]:
        """The JSON body."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "fields": dict(self.fields),
                "request_id": request_id(request) if request is not None else "",
            }
        }

    def headers(self) -> dict[str, str]:
        """The headers that go with it."""
        return {} if self.retry_after is None else {"Retry-After": str(math.ceil(self.retry_after))}


def error_response(request: HttpRequest, error: ApiError) -> JsonResponse:
    """``error`` as a response, for code that runs outside the API's views (middleware, handlers)."""
    return JsonResponse(error.body(request), status=error.status, headers=error.headers())


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's ``EXCEPTION_HANDLER``. ``None``, which lets the error through as a 500, for what nobody foresaw."""
    request = context.get("request")
    plain_request = getattr(request, "_request", request)
    translate = next((TRANSLATORS[kind] for kind in type(exc).__mro__ if kind in TRANSLATORS), None)
    if translate is None:
        return None
    error = translate(exc, plain_request)
    if error.status >= 500:
        log.warning(
            "the API could not answer",
            code=error.code,
            error=f"{type(exc).__name__}: {exc}",
            **_where(plain_request),
        )
    response = Response(error.body(plain_request), status=error.status, headers=error.headers())
    challenge = getattr(exc, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    return response


def _where(request: HttpRequest | None) -> dict[str, str]:
    return {} if request is None else {"path": request.path, "request_id": request_id(request)}


# -- one translator an exception class, found along the class's bases --------------------------------------------------

Translator = Callable[[Any, HttpRequest | None], ApiError]


def _of_drf(exc: exceptions.APIException, request: HttpRequest | None) -> ApiError:
    wait = getattr(exc, "wait", None)
    code = exc.get_codes()
    return ApiError(
        status=exc.status_code,
        code=code if isinstance(code, str) else exc.default_code,
        message=str(exc.detail),
        retry_after=wait,
    )


def _of_drf_validation(exc: exceptions.ValidationError, request: HttpRequest | None) -> ApiError:
    return _invalid(dict(_flatten(exc.detail)))


def _of_django_validation(exc: DjangoValidationError, request: HttpRequest | None) -> ApiError:
    return _invalid(exc.message_dict if hasattr(exc, "error_dict") else {WHOLE: exc.messages})


def _of_pydantic(exc: pydantic.ValidationError, request: HttpRequest | None) -> ApiError:
    fields: dict[str, list[str]] = {}
    for problem in exc.errors(include_url=False, include_input=False):
        fields.setdefault(".".join(map(str, problem["loc"])) or WHOLE, []).append(problem["msg"])
    return _invalid(fields)


def _invalid(fields: Mapping[str, list[str]]) -> ApiError:
    whole = fields.get(WHOLE)
    return ApiError(
        status=400,
        code="invalid",
        message=whole[0] if whole else "Some fields are not valid.",
        fields=fields,
    )


def _flatten(detail: Any, path: str = "") -> list[tuple[str, list[str]]]:
    """DRF's nested details as (dotted field, messages)."""
    if isinstance(detail, Mapping):
        pairs = [
            pair
            for key, value in detail.items()
            for pair in _flatten(value, f"{path}.{key}" if path else str(key))
        ]
    elif isinstance(detail, list) and any(isinstance(value, Mapping | list) for value in detail):
        pairs = [
            pair
            for n, value in enumerate(detail)
            for pair in _flatten(value, f"{path}.{n}" if path else str(n))
        ]
    else:
        pairs = [
            (path or WHOLE, [str(message) for message in (detail if isinstance(detail, list) else [detail])])
        ]
    # A nested serializer's own complaint belongs to the field that holds it.
    return [(key.removesuffix(f".{WHOLE}"), messages) for key, messages in pairs]


def _of_unknown_key(exc: UnknownKeyError, request: HttpRequest | None) -> ApiError:
    """What a URL names is not there; what a body names is a mistake in the body."""
    in_url = request is not None and request.method in _BODILESS
    return ApiError(status=404 if in_url else 400, code="unknown_key", message=str(exc))


def _of_permanent(exc: PermanentError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code=code_of(exc), message=str(exc))


def _of_retryable(exc: RetryableError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=503, code=code_of(exc), message=str(exc), retry_after=exc.retry_after or 1)


def _of_database(exc: DatabaseError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=503, code="unavailable", message="The service is unavailable for a moment.", retry_after=1
    )


def code_of(exc: Exception) -> str:
    """A class's name as an error code: ``TenantExistsError`` is ``tenant_exists``."""
    name = type(exc).__name__.removesuffix("Error")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


TRANSLATORS: dict[type[BaseException], Translator] = {
    exceptions.APIException: _of_drf,
    exceptions.ValidationError: _of_drf_validation,
    DjangoValidationError: _of_django_validation,
    pydantic.ValidationError: _of_pydantic,
    Http404: lambda exc, request: ApiError(status=404, code="not_found", message="There is nothing here."),
    PermissionDenied: lambda exc, request: ApiError(
        status=403, code="permission_denied", message=str(exc) or "You may not do this."
    ),
    RequestDataTooBig: lambda exc, request: ApiError(
        status=413, code="too_large", message="The body is too large."
    ),
    UnknownKeyError: _of_unknown_key,
    PermanentError: _of_permanent,
    RetryableError: _of_retryable,
    OperationalError: _of_database,
}
