"""Reports, and the rows behind their figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.principal import Principal
from analytics.api.serializers import (
    FigureRowSerializer,
    FigureRowsSerializer,
    ReportQuery,
    ReportSerializer,
    RowsQuerySerializer,
)
from analytics.figures import FAMILIES, FIGURES, KEYS
from analytics.period import period_between
from analytics.selectors.reading import Narrowing
from analytics.selectors.reporting import Report, report
from analytics.selectors.rows import rows_of
from core.api.pagination import PagePagination
from tenants.scope import require_tenant
from tenants.selectors import TimedCache
from workflow.selectors import Step
from workflow.selectors.series import EmptySpanError, TooManyBucketsError

SCOPE = "analytics:read"
_DAYS = 30
#: A report that several people look at is made once in so many seconds.
_reports: TimedCache[Report] = TimedCache(ttl_s=15.0, max_size=500)

_NARROWING = [
    OpenApiParameter("channel", OpenApiTypes.UUID, description="Only of this channel."),
    OpenApiParameter("member", OpenApiTypes.UUID, description="Only of the member with this user id."),
]


def _span(*, required: bool) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(
            "from",
            OpenApiTypes.STR,
            required=required,
            description="A day (2026-11-01, in the tenant's time zone) or a moment with its offset; default: 30 days ago.",
        ),
        OpenApiParameter(
            "to",
            OpenApiTypes.STR,
            required=required,
            description="A day, which is included, or a moment; default: now.",
        ),
    ]


class ReportView(APIView):
    """The dashboard's figures."""

    required_scopes = {"read": SCOPE}

    @extend_schema(
        tags=["analytics"],
        summary="Report",
        parameters=[
            *_span(required=False),
            OpenApiParameter("step", OpenApiTypes.STR, enum=[step.value for step in Step]),
            *_NARROWING,
        ],
        responses=ReportSerializer,
    )
    def get(self, request: Request) -> Response:
        """What happened in a period: figures, over time, by channel, by member, compared with the time before it.

        Figures that cannot be narrowed to a channel or a member are left out when one is given. Each figure comes with the
        query of its rows. An answer may be 15 seconds old.
        """
        query = ReportQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        given = query.validated_data
        key = (require_tenant().id, tuple(sorted(request.query_params.items())))
        return Response(ReportSerializer(_reports.get(key, lambda: _made(given))).data)


def _made(given: dict[str, Any]) -> Report:
    now = datetime.now(UTC)
    until = given["to"] or now
    since = given["from"] or min(until, now) - timedelta(days=_DAYS)
    try:
        period = period_between(since, until, step=Step(given["step"]), now=now)
    except (EmptySpanError, TooManyBucketsError) as exc:
        raise serializers.ValidationError({"to": [str(exc)]}) from exc
    return report(period, Narrowing(channel_id=given["channel"], member_id=given["member"]))


class RowsView(APIView):
    """The rows behind a figure."""

    required_scopes = {"read": SCOPE}

    @extend_schema(
        tags=["analytics"],
        summary="List the rows of a figure",
        parameters=[
            OpenApiParameter("figure", OpenApiTypes.STR, required=True, enum=KEYS),
            *_span(required=True),
            *_NARROWING,
            OpenApiParameter("reason", OpenApiTypes.STR, description="Only failures with this code."),
            OpenApiParameter("page", OpenApiTypes.INT),
            OpenApiParameter("page_size", OpenApiTypes.INT),
        ],
        responses=FigureRowsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Exactly what was counted, newest first: ``count`` is the figure. It needs the right to see such rows, besides
        that to see reports: ``inbox:read`` for messages and conversations, ``workflow:read`` for executions."""
        query = RowsQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        given = query.validated_data
        _check(request, given["figure"])
        narrowing = Narrowing(channel_id=given["channel"], member_id=given["member"], reason=given["reason"])
        if not narrowing.fits(FIGURES.get(given["figure"])):
            raise serializers.ValidationError({"figure": ["This figure cannot be narrowed so."]})
        paginator = PagePagination()
        rows = rows_of(given["figure"], narrowing, since=given["from"], until=given["to"])
        page: list[Any] | None = paginator.paginate_queryset(rows, request, view=self)  # type: ignore[arg-type]
        return paginator.get_paginated_response(FigureRowSerializer(page, many=True).data)


def _check(request: Request, figure: str) -> None:
    scope = FAMILIES[FIGURES.get(figure).family].scope
    principal = request.auth
    if not isinstance(principal, Principal) or not principal.allows(scope):
        raise PermissionDenied(f"This needs the scope {scope}.")
