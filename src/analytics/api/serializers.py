"""The JSON of reports and of the rows behind their figures."""

from __future__ import annotations

import itertools
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from analytics.figures import KEYS, Unit
from analytics.selectors.links import RowsQuery
from analytics.selectors.reporting import FigureReport, Part, Report, Value
from workflow.api.statistics import LocalTimeField, MomentField
from workflow.selectors import Step

ROWS_PATH = "/api/v1/analytics/rows/"


def _without_empty(query: RowsQuery) -> dict[str, str]:
    given = asdict(query)
    renamed = {"from": given.pop("since"), "to": given.pop("until"), **given}
    return {name: value for name, value in renamed.items() if value}


class RowsParametersSerializer(serializers.Serializer[Any]):
    """The parameters of ``GET /api/v1/analytics/rows/`` that find exactly the rows of a figure."""

    figure = serializers.ChoiceField(choices=KEYS)
    to = serializers.CharField()
    channel = serializers.CharField(required=False)
    member = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word that Python keeps to itself."""
        return {"from": serializers.CharField(), **super().get_fields()}


class RowsLinkSerializer(serializers.Serializer[Any]):
    """Where the rows are to be had."""

    path = serializers.CharField()
    query = serializers.CharField(help_text="The parameters as they stand in the address.")
    params = RowsParametersSerializer()


class CellSerializer(serializers.Serializer[Any]):
    """``value`` is a count, or for durations the median in seconds (null: nothing to measure) with the ``p90`` within which
    nine in ten were done. ``count`` is how many rows there are."""

    value = serializers.FloatField(allow_null=True)
    p90 = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()


class ValueSerializer(CellSerializer):
    """A cell, and the query of its rows."""

    rows = RowsLinkSerializer()

    def to_representation(self, value: Value) -> dict[str, Any]:
        """The two together."""
        params = _without_empty(value.rows)
        return {
            **CellSerializer(value.cell).data,
            "rows": {"path": ROWS_PATH, "query": urlencode(params), "params": params},
        }


class FigureReportSerializer(serializers.Serializer[Any]):
    """One figure. The rows of a point of ``series`` are those of ``now`` with the bucket's ``start`` and ``end`` as ``from``
    and ``to``."""

    key = serializers.ChoiceField(choices=KEYS)
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    good = serializers.BooleanField(allow_null=True, help_text="Whether more is better; null: neither is.")
    now = ValueSerializer()
    previous = ValueSerializer(help_text="Of the time before, as long as the period.")
    series = CellSerializer(many=True, help_text="One a bucket.")
    sampled = serializers.BooleanField(help_text="Only the newest 100,000 were measured.")

    def to_representation(self, report: FigureReport) -> dict[str, Any]:
        """The figure's own facts beside what was found."""
        return {
            "key": report.figure.key,
            "unit": report.figure.unit.value,
            "good": report.figure.good,
            "now": ValueSerializer(report.now).data,
            "previous": ValueSerializer(report.previous).data,
            "series": CellSerializer(report.series, many=True).data,
            "sampled": report.sampled,
        }


class ShareSerializer(serializers.Serializer[Any]):
    """A figure's share."""

    figure = serializers.ChoiceField(choices=KEYS)
    value = ValueSerializer()


class PartSerializer(serializers.Serializer[Any]):
    """A channel, a member or a reason. ``name`` is empty for a reason, and where nobody knows it any more; ``provider`` is a
    channel's."""

    id = serializers.CharField()
    name = serializers.CharField()
    provider = serializers.CharField()
    figures = serializers.SerializerMethodField()

    @extend_schema_field(ShareSerializer(many=True))
    def get_figures(self, part: Part) -> list[dict[str, Any]]:
        """Those that it has a share in."""
        return [{"figure": key, "value": ValueSerializer(value).data} for key, value in part.figures.items()]


class SpanOfTimeSerializer(serializers.Serializer[Any]):
    """From ``start``, until before ``end``, by the tenant's clock."""

    start = LocalTimeField()
    end = LocalTimeField()


class ReportSerializer(serializers.Serializer[Any]):
    """A tenant's figures of a period. Buckets are hours, days or weeks of the tenant's calendar, the first and last cut to
    the period."""

    step = serializers.ChoiceField(choices=[step.value for step in Step])
    timezone = serializers.CharField()
    period = SpanOfTimeSerializer()
    previous = SpanOfTimeSerializer()
    buckets = SpanOfTimeSerializer(many=True)
    business_hours = serializers.BooleanField(help_text="Durations count opening hours alone.")
    figures = FigureReportSerializer(many=True)
    channels = PartSerializer(many=True)
    members = PartSerializer(many=True)
    reasons = PartSerializer(many=True, help_text="Why messages could not be sent, by the errors' codes.")

    def to_representation(self, report: Report) -> dict[str, Any]:
        """All moments on the tenant's clock."""
        period = report.period
        local = [bound.astimezone(period.tz) for bound in period.bounds]
        before = period.before.astimezone(period.tz)
        return {
            "step": period.step.value,
            "timezone": period.timezone,
            "period": SpanOfTimeSerializer({"start": local[0], "end": local[-1]}).data,
            "previous": SpanOfTimeSerializer({"start": before, "end": local[0]}).data,
            "buckets": [
                SpanOfTimeSerializer({"start": start, "end": end}).data
                for start, end in itertools.pairwise(local)
            ],
            "business_hours": report.business_hours,
            "figures": FigureReportSerializer(report.figures, many=True).data,
            "channels": PartSerializer(report.channels, many=True).data,
            "members": PartSerializer(report.members, many=True).data,
            "reasons": PartSerializer(report.reasons, many=True).data,
        }


class FigureRowSerializer(serializers.Serializer[Any]):
    """One thing that a figure counted. What it has none of is null, or empty."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    seconds = serializers.FloatField(allow_null=True, help_text="What was measured.")
    reason = serializers.CharField()
    member_id = serializers.CharField()
    member_name = serializers.CharField()
    channel_id = serializers.UUIDField(allow_null=True)
    channel_name = serializers.CharField()
    conversation_id = serializers.UUIDField(allow_null=True)
    contact_id = serializers.UUIDField(allow_null=True)
    contact_name = serializers.CharField()
    workflow_id = serializers.UUIDField(allow_null=True)
    workflow_name = serializers.CharField()
    execution_id = serializers.UUIDField(allow_null=True)


class FigureRowsSerializer(serializers.Serializer[Any]):
    """A page of them. ``count`` is the figure."""

    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FigureRowSerializer(many=True)


class NarrowingSerializer(serializers.Serializer[Any]):
    """What to look at alone."""

    channel = serializers.UUIDField(default=None)
    member = serializers.UUIDField(default=None)


class ReportQuery(NarrowingSerializer):
    """From when to when, in what steps."""

    to = MomentField(end=True, default=None)
    step = serializers.ChoiceField(choices=[step.value for step in Step], default=Step.DAY.value)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word that Python keeps to itself."""
        return {"from": MomentField(default=None), **super().get_fields()}


class RowsQuerySerializer(NarrowingSerializer):
    """Which rows."""

    figure = serializers.ChoiceField(choices=KEYS)
    to = MomentField(end=True)
    reason = serializers.CharField(default=None, max_length=40)

    def get_fields(self) -> dict[str, Any]:
        """See :class:`ReportQuery`."""
        return {"from": MomentField(), **super().get_fields()}
