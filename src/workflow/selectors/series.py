"""Executions over time: how many began, ended and converted in each hour, day or week of the tenant's calendar."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from babel import Locale, UnknownLocaleError
from django.db import connection

from core.calendar.wall import first_showing, wall_clock
from core.calendar.zones import zone
from core.errors import PermanentError
from core.ids import uuid7_bound
from workflow.models import Version
from workflow.tenant_view import tenant_view

MAX_BUCKETS = 2_000
#: Monday, where the tenant's country is not known to begin its weeks on another day.
_MONDAY = 0

# Any of an execution's times may fall into the series, so there is no lower bound on its id.
_SERIES = """
SELECT width_bucket(x.at, %(bounds)s::timestamptz[]) AS bucket, x.what, count(*)
FROM workflow_workflowexecution e
CROSS JOIN LATERAL (VALUES ('started', e.started_at), (e.state, e.ended_at), ('converted', e.converted_at)) AS x(what, at)
WHERE e.parent_id IS NULL AND e.id < %(until)s AND greatest(e.started_at, e.ended_at, e.converted_at) >= %(first)s
  AND x.at >= %(first)s AND x.at < %(last)s {only}
GROUP BY 1, 2
"""


class Step(StrEnum):
    """How long a bucket is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


_LENGTHS = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1), Step.WEEK: timedelta(days=7)}


class TooManyBucketsError(PermanentError):
    """That would be more than 2,000 buckets; choose a longer step or a shorter time."""


class EmptySpanError(PermanentError):
    """The end must be after the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """What happened from ``start`` until the next bucket's; an execution that began in one may end in another."""

    start: datetime
    started: int
    completed: int
    failed: int
    exited: int
    cancelled: int
    converted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """``since`` and ``until`` are those that were asked for, widened to whole buckets. Every bucket is there."""

    step: Step
    timezone: str
    since: datetime
    until: datetime
    buckets: Sequence[Bucket]


def series(
    *,
    since: datetime,
    until: datetime,
    step: Step,
    workflow_id: uuid.UUID | None = None,
    version: Version | None = None,
) -> Series:
    """The executions of a workflow, or of one ``version`` of it, or of the whole tenant. What retention has deleted is not
    counted. Raises ``EmptySpanError`` and ``TooManyBucketsError``."""
    view = tenant_view()
    tz = zone(view["timezone"])
    bounds = buckets_between(since, until, step=step, tz=tz, first_weekday=first_weekday(view))
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    values: dict[str, Any] = {
        "bounds": bounds,
        "first": bounds[0],
        "last": bounds[-1],
        # A machine's clock may be a little ahead of the one that made the id.
        "until": uuid7_bound(bounds[-1] + timedelta(minutes=5)),
        "workflow": workflow_id,
        "version": version.id if version else None,
    }
    only = "AND e.workflow_id = %(workflow)s" if workflow_id else ""
    only += " AND e.version_id = %(version)s" if version else ""
    with connection.cursor() as cursor:
        cursor.execute(_SERIES.format(only=only), values)
        for number, what, count in cursor.fetchall():
            counts[number][what] += count
    return Series(
        step=step,
        timezone=view["timezone"],
        since=bounds[0].astimezone(tz),
        until=bounds[-1].astimezone(tz),
        buckets=[
            Bucket(
                start=start.astimezone(tz),
                started=counts[number]["started"],
                completed=counts[number]["completed"],
                failed=counts[number]["failed"],
                exited=counts[number]["exited"],
                cancelled=counts[number]["cancelled"],
                converted=counts[number]["converted"],
            )
            for number, start in enumerate(bounds[:-1], 1)
        ],
    )


def buckets_between(
    since: datetime, until: datetime, *, step: Step, tz: tzinfo, first_weekday: int = _MONDAY
) -> list[datetime]:
    """The bounds of the buckets in UTC, from the one that holds ``since`` to the end of the one before ``until``: one more
    than there are buckets.

    Days and weeks are those of ``tz``, so a day is 23 or 25 hours long when its clock is changed; hours begin at the full
    hour of its clock and are always 60 minutes. Raises ``EmptySpanError`` and ``TooManyBucketsError``.
    """
    if until <= since:
        raise EmptySpanError
    if (until - since) / _LENGTHS[step] > MAX_BUCKETS:
        raise TooManyBucketsError
    if step is Step.HOUR:
        wall = wall_clock(since, tz)
        start = since.astimezone(UTC) - timedelta(
            minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
        )
        bounds = [start]
        while bounds[-1] < until:
            bounds.append(bounds[-1] + timedelta(hours=1))
        return bounds
    day = wall_clock(since, tz).date()
    if step is Step.WEEK:
        day -= timedelta(days=(day.weekday() - first_weekday) % 7)
    bounds = [first_showing(datetime.combine(day, time()), tz)]
    while bounds[-1] < until:
        day += _LENGTHS[step]
        bounds.append(first_showing(datetime.combine(day, time()), tz))
    return bounds


def first_weekday(tenant: Mapping[str, Any]) -> int:
    """The weekday (Monday is 0) on which the tenant's country begins a week."""
    try:
        return int(Locale.parse(f"{tenant['language']}_{tenant['region']}").first_week_day)
    except (UnknownLocaleError, ValueError):
        return _MONDAY
