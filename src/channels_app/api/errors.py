"""The inbox's refusals as the API tells them."""

from __future__ import annotations

from django.http import HttpRequest

from channels_app.services.assigning import NotAMemberError
from channels_app.services.channels import ChannelConfigError
from channels_app.services.conversations import ClosedError, NoAddressError
from core.api.errors import TRANSLATORS, ApiError


def _of_config(exc: ChannelConfigError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message="The channel cannot be set up so.", fields=exc.fields)


def _of_assignee(exc: NotAMemberError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="invalid", message=str(exc), fields={"assignee_id": [str(exc)]})


def _of_address(exc: NoAddressError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=400, code="no_address", message=str(exc), fields={"contact_id": [str(exc)]})


def _of_closed(exc: ClosedError, request: HttpRequest | None) -> ApiError:
    return ApiError(status=409, code="conversation_closed", message=str(exc))


def join_api() -> None:
    """Teach the API these refusals; called when Django starts."""
    TRANSLATORS.update(
        {
            ChannelConfigError: _of_config,
            NotAMemberError: _of_assignee,
            NoAddressError: _of_address,
            ClosedError: _of_closed,
        }
    )
