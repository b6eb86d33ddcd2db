"""The refusals of connections as the API tells them."""

from __future__ import annotations

from django.http import HttpRequest

from core.api.errors import TRANSLATORS, ApiError
from workflow.connections.services.connections import ConnectionConfigError, ConnectionInUseError


def _of_config(exc: ConnectionConfigError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=400, code="invalid", message="The connection cannot be set up so.", fields=exc.fields
    )


def _of_use(exc: ConnectionInUseError, request: HttpRequest | None) -> ApiError:
    return ApiError(
        status=409, code="connection_in_use", message=str(exc), fields={"workflows": exc.workflows}
    )


def join_api() -> None:
    """Teach the API these refusals; called when Django starts."""
    TRANSLATORS.update({ConnectionConfigError: _of_config, ConnectionInUseError: _of_use})
