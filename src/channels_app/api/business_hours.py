"""The opening hours of the business."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels_app.selectors import business_hours, opening
from channels_app.services.business_hours import set_business_hours
from core.calendar import BusinessHours


class BusinessHoursBody(BaseModel):
    """The opening hours; null for always open."""

    model_config = ConfigDict(extra="forbid")

    hours: BusinessHours | None


class BusinessHoursShown(BusinessHoursBody):
    """The opening hours, and how things stand by them."""

    open_now: bool
    next_open: datetime | None = Field(
        description="The first open moment from now on; null when there is none in the years ahead."
    )


class BusinessHoursView(APIView):
    """When the business is open: for triggers that count opening hours, and the fields `business.…` of predicates."""

    required_scopes = {"read": "inbox:read", "write": "channels:admin"}

    @extend_schema(tags=["inbox"], summary="Show the opening hours", responses=BusinessHoursShown)
    def get(self, request: Request) -> Response:
        """As they are set, and whether it is open now."""
        return Response(_shown())

    @extend_schema(
        tags=["inbox"],
        summary="Set the opening hours",
        request=BusinessHoursBody,
        responses=BusinessHoursShown,
    )
    def put(self, request: Request) -> Response:
        """Replace them. Workflows that count opening hours count anew."""
        set_business_hours(BusinessHoursBody.model_validate(request.data).hours)
        return Response(_shown())


def _shown() -> dict[str, Any]:
    hours = business_hours()
    return {
        "hours": hours.model_dump(mode="json") if hours is not None else None,
        **opening(hours, datetime.now(UTC)),
    }
