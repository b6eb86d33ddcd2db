"""How workflows have been doing: sums, nodes, and executions over time."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.calendar.wall import first_showing
from core.calendar.zones import zone
from workflow.models import Version, Workflow
from workflow.selectors import Step, overview, series, statistics
from workflow.selectors.series import EmptySpanError, TooManyBucketsError
from workflow.tenant_view import tenant_view

if TYPE_CHECKING:
    from accounts.api.viewsets import ScopedModelViewSet

    _Base = ScopedModelViewSet
else:
    _Base = object

_MAX_DAYS = 366
_RATE = "From 0 to 1; null while nothing has begun."

_DAYS = OpenApiParameter("days", int, description="How far back to look, 1 to 366; default 30.")
_VERSION = OpenApiParameter("version", int, description="Only executions of the version with this number.")
_SPAN = [
    OpenApiParameter(
        "from",
        OpenApiTypes.STR,
        description="A day (2026-11-01, in the tenant's time zone) or a moment with its offset; default 30 days ago.",
    ),
    OpenApiParameter(
        "to", OpenApiTypes.STR, description="A day, which is included, or a moment; default: now."
    ),
    OpenApiParameter(
        "step", OpenApiTypes.STR, enum=[step.value for step in Step], description="Default: day."
    ),
]


class ArmSerializer(serializers.Serializer[Any]):
    """An arm of a split. ``entered`` and ``converted`` count executions, not their branches."""

    port = serializers.CharField()
    hold_out = serializers.BooleanField()
    entered = serializers.IntegerField()
    converted = serializers.IntegerField()
    conversion_rate = serializers.FloatField(allow_null=True, help_text=_RATE)


class NodeStatisticsSerializer(serializers.Serializer[Any]):
    """One node. ``counts`` are by state; for a node that only decides (``action`` empty) by port."""

    node = serializers.CharField()
    type = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    action = serializers.CharField(allow_blank=True)
    total = serializers.IntegerField(
        help_text="How often it was entered, in branches and turns of loops too."
    )
    counts = serializers.DictField(child=serializers.IntegerField())
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Standing there now.")
    left = serializers.IntegerField(help_text="Taken out while it stood there.")
    converted = serializers.IntegerField(
        allow_null=True,
        help_text="Entered by executions that reached the goal; null where only branches come by.",
    )
    attempts = serializers.FloatField(help_text="How often the step is tried, on average.")
    median_s = serializers.FloatField(allow_null=True)
    p95_s = serializers.FloatField(allow_null=True)
    ports = serializers.DictField(
        child=serializers.IntegerField(), help_text="How often it was left by each port."
    )
    arms = ArmSerializer(many=True, help_text="Of a split; empty for other nodes.")


class StatisticsSerializer(serializers.Serializer[Any]):
    """How a workflow has been doing. Durations are in seconds, waits included, of the newest 20,000 executions. Branches
    and calls by other workflows are counted by the nodes, not as executions; ``called`` says how many calls there were."""

    days = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(help_text="Executions that began.")
    by_state = serializers.DictField(child=serializers.IntegerField())
    waiting = serializers.IntegerField(help_text="Under way now.")
    exits = serializers.DictField(
        child=serializers.IntegerField(), help_text="Why executions were left before their end."
    )
    called = serializers.IntegerField()
    converted = serializers.IntegerField(help_text="Executions that reached the goal.")
    conversion_rate = serializers.FloatField(allow_null=True, help_text=_RATE)
    median_s = serializers.FloatField(allow_null=True)
    p95_s = serializers.FloatField(allow_null=True)
    median_conversion_s = serializers.FloatField(allow_null=True, help_text="From the start to the goal.")
    nodes = NodeStatisticsSerializer(many=True)


class WorkflowRowSerializer(serializers.Serializer[Any]):
    """One workflow's executions of the last ``days`` days; durations are of the newest 1,000 completed ones."""

    workflow = serializers.UUIDField()
    name = serializers.CharField()
    status = serializers.CharField()
    total = serializers.IntegerField()
    daily = serializers.ListField(
        child=serializers.IntegerField(), help_text="Executions that began on each day, today last."
    )
    by_state = serializers.DictField(child=serializers.IntegerField())
    converted = serializers.IntegerField()
    conversion_rate = serializers.FloatField(allow_null=True, help_text=_RATE)
    last_started_at = serializers.DateTimeField(allow_null=True)
    median_s = serializers.FloatField(allow_null=True)
    p95_s = serializers.FloatField(allow_null=True)


class LocalTimeField(serializers.DateTimeField):
    """A moment with the offset of the tenant's clock: it tells which hour or day it begins."""

    def to_representation(self, value: Any) -> str:
        """As it is."""
        return str(value.isoformat())


class BucketSerializer(serializers.Serializer[Any]):
    """What happened from ``start`` until the next bucket's."""

    start = LocalTimeField()
    started = serializers.IntegerField()
    completed = serializers.IntegerField()
    failed = serializers.IntegerField()
    exited = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    converted = serializers.IntegerField()


class SeriesSerializer(serializers.Serializer[Any]):
    """Executions over time, each event in the bucket in which it happened. ``from`` and ``to`` are whole buckets."""

    step = serializers.ChoiceField(choices=[step.value for step in Step])
    timezone = serializers.CharField()
    buckets = BucketSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word that Python keeps to itself."""
        return {
            **super().get_fields(),
            "from": LocalTimeField(source="since"),
            "to": LocalTimeField(source="until"),
        }


class MomentField(serializers.DateTimeField):
    """A moment, or a day of the tenant's calendar: its beginning, or with ``end`` the beginning of the next one."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self._days = timedelta(days=1 if end else 0)
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        """The moment. Years that no series reaches are refused."""
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            day = None
        moment = super().to_internal_value(value) if day is None else datetime.combine(day, time())
        if not 2000 <= moment.year < 2200:
            raise serializers.ValidationError("Name a day between the years 2000 and 2200.")
        return moment if day is None else first_showing(moment + self._days, zone(tenant_view()["timezone"]))


class WindowSerializer(serializers.Serializer[Any]):
    """How far back."""

    days = serializers.IntegerField(min_value=1, max_value=_MAX_DAYS, default=30)
    version = serializers.IntegerField(min_value=1, max_value=1_000_000_000, default=None)


class SpanSerializer(serializers.Serializer[Any]):
    """From when to when, in what steps."""

    to = MomentField(end=True, default=None)
    step = serializers.ChoiceField(choices=[step.value for step in Step], default=Step.DAY.value)
    version = serializers.IntegerField(min_value=1, max_value=1_000_000_000, default=None)

    def get_fields(self) -> dict[str, Any]:
        """See :class:`SeriesSerializer`."""
        return {"from": MomentField(default=None), **super().get_fields()}


def _given(serializer: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    given = serializer(data=request.query_params)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _version(workflow: Workflow, number: int | None) -> Version | None:
    if number is None:
        return None
    found = Version.objects.filter(workflow=workflow, number=number).first()
    if found is None:
        raise serializers.ValidationError({"version": [f"There is no version {number} of this workflow."]})
    return found


def _series(request: Request, workflow: Workflow | None) -> Response:
    given = _given(SpanSerializer, request)
    until = given["to"] or datetime.now(UTC)
    try:
        found = series(
            since=given["from"] or until - timedelta(days=30),
            until=until,
            step=Step(given["step"]),
            workflow_id=workflow.id if workflow else None,
            version=_version(workflow, given["version"]) if workflow else None,
        )
    except (EmptySpanError, TooManyBucketsError) as exc:
        raise serializers.ValidationError({"to": [str(exc)]}) from exc
    return Response(SeriesSerializer(found).data)


class StatisticsMixin(_Base):
    """The statistics of a view set of workflows."""

    @extend_schema(parameters=[_DAYS, _VERSION], responses=StatisticsSerializer)
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How its executions went, in sums and node by node."""
        workflow: Workflow = self.get_object()
        given = _given(WindowSerializer, request)
        found = statistics(workflow, days=given["days"], version=_version(workflow, given["version"]))
        return Response(StatisticsSerializer(found).data)

    @extend_schema(parameters=[*_SPAN, _VERSION], responses=SeriesSerializer)
    @action(detail=True, methods=["get"], url_path="statistics/series")
    def statistics_series(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its executions over time."""
        return _series(request, self.get_object())

    @extend_schema(parameters=[_DAYS], responses=WorkflowRowSerializer(many=True))
    @action(detail=False, methods=["get"], url_path="statistics", url_name="statistics-overview")
    def statistics_overview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All workflows, one row each; the same filters, search and order as the list."""
        days = _given(WindowSerializer, request)["days"]
        found = self.filter_queryset(self.get_queryset()).defer("draft", "active_version__document")
        page: list[Workflow] = self.paginate_queryset(found)  # type: ignore[assignment, arg-type]
        rows = overview([workflow.id for workflow in page], days=days)
        shown = [
            {"workflow": each.id, "name": each.name, "status": each.status, **asdict(rows[each.id])}
            for each in page
        ]
        return self.get_paginated_response(WorkflowRowSerializer(shown, many=True).data)

    @extend_schema(
        operation_id="workflow_workflows_statistics_series_all",
        parameters=_SPAN,
        responses=SeriesSerializer,
        filters=False,
    )
    @action(
        detail=False,
        methods=["get"],
        url_path="statistics/series",
        url_name="statistics-tenant-series",
        filter_backends=[],
        pagination_class=None,
    )
    def statistics_tenant_series(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The executions of all workflows over time."""
        return _series(request, None)
