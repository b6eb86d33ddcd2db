"""Executions over time: buckets of the tenant's calendar through changes of the clock, empty ones filled."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from core.ids import uuid7, uuid7_bound
from tenants.models import Tenant
from workflow import tenant_view
from workflow.models import WorkflowExecution
from workflow.selectors import Step, buckets_between, series
from workflow.selectors.series import EmptySpanError, TooManyBucketsError
from workflow.tests.test_nodes import tag

URL = "/api/v1/workflow/workflows/"
PARIS, TEHRAN, CAIRO = ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Tehran"), ZoneInfo("Africa/Cairo")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# -- buckets: pure -----------------------------------------------------------------------------------------------------

# since, until, step, zone, the hours between the bounds, the first bound
BUCKETS = [
    ("2026-03-28T12:00", "2026-03-30T12:00", Step.DAY, PARIS, [24, 23, 24], "2026-03-27T23:00"),
    ("2026-10-24T12:00", "2026-10-26T12:00", Step.DAY, PARIS, [24, 25, 24], "2026-10-23T22:00"),
    # Egypt sets the clock at midnight: its day begins at one o'clock.
    ("2026-04-23T12:00", "2026-04-25T12:00", Step.DAY, CAIRO, [24, 23, 24], "2026-04-22T22:00"),
    ("2026-10-25T00:30", "2026-10-25T03:00", Step.HOUR, PARIS, [1, 1, 1], "2026-10-25T00:00"),
    ("2026-11-01T10:10", "2026-11-01T11:40", Step.HOUR, TEHRAN, [1, 1, 1], "2026-11-01T09:30"),
    ("2026-11-04T12:00", "2026-11-12T12:00", Step.WEEK, PARIS, [168, 168], "2026-11-01T23:00"),
    # An end on a bound begins no further bucket.
    ("2026-11-01T23:00", "2026-11-02T23:00", Step.DAY, PARIS, [24], "2026-11-01T23:00"),
]


@pytest.mark.parametrize(("since", "until", "step", "tz", "hours", "first"), BUCKETS)
def test_buckets(since, until, step, tz, hours, first):
    bounds = buckets_between(at(since), at(until), step=step, tz=tz)

    assert bounds[0] == at(first)
    assert [(b - a) / timedelta(hours=1) for a, b in pairwise(bounds)] == hours


def test_weeks_begin_on_the_countrys_day():
    saturday = buckets_between(
        at("2026-11-04T12:00"), at("2026-11-05T12:00"), step=Step.WEEK, tz=TEHRAN, first_weekday=5
    )

    assert saturday[0].astimezone(TEHRAN).isoformat() == "2026-10-31T00:00:00+03:30"


def test_nonsense_is_refused():
    with pytest.raises(EmptySpanError):
        buckets_between(at("2026-11-01T00:00"), at("2026-11-01T00:00"), step=Step.DAY, tz=UTC)
    with pytest.raises(TooManyBucketsError):
        buckets_between(at("2026-01-01T00:00"), at("2026-12-01T00:00"), step=Step.HOUR, tz=UTC)


# -- counts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def in_paris(scope):
    """Demo, on a clock that is changed."""
    Tenant.objects.filter(slug="demo").update(timezone="Europe/Paris", language="fr", region="FR")
    tenant_view._tenants.clear()
    yield
    tenant_view._tenants.clear()


def execution(
    workflow, started: str, ended: str = "", state: str = "completed", **fields
) -> WorkflowExecution:
    """One that began then, by its id too."""
    return WorkflowExecution.objects.create(
        id=uuid.UUID(int=uuid7_bound(at(started)).int + secrets.randbits(60)),
        workflow=workflow,
        version=workflow.active_version,
        event_id=uuid7(),
        state=state,
        started_at=at(started),
        ended_at=at(ended) if ended else None,
        **fields,
    )


def days(found) -> dict[str, tuple[int, ...]]:
    return {
        bucket.start.strftime("%m-%d"): (
            bucket.started, bucket.completed, bucket.failed, bucket.exited, bucket.converted,
        )
        for bucket in found.buckets
    }  # fmt: skip


def test_each_thing_stands_in_the_day_in_which_it_happened(engine, in_paris):
    workflow = engine.workflow(tag("x"))
    # 22:30 UTC is the next day in Paris in summer, and the same day in winter.
    execution(workflow, "2026-10-23T22:30", "2026-10-25T22:30", state="completed")
    execution(workflow, "2026-10-25T22:30", "2026-10-25T23:30", state="failed")
    execution(
        workflow,
        "2026-10-20T10:00",
        "2026-10-27T10:00",
        state="exited",
        converted_at=at("2026-10-24T10:00"),
    )
    execution(workflow, "2026-10-27T10:00", state="waiting")

    found = series(
        since=at("2026-10-24T00:00"),
        until=at("2026-10-27T12:00"),
        step=Step.DAY,
        workflow_id=workflow.id,
    )

    assert days(found) == {
        "10-24": (1, 0, 0, 0, 1),
        "10-25": (1, 1, 0, 0, 0),
        "10-26": (0, 0, 1, 0, 0),
        "10-27": (1, 0, 0, 1, 0),
    }
    assert found.timezone == "Europe/Paris"
    assert [bucket.start.isoformat()[-6:] for bucket in found.buckets] == [
        "+02:00",
        "+02:00",
        "+01:00",
        "+01:00",
    ]


def test_the_hour_that_comes_twice_is_two_buckets(engine, in_paris):
    workflow = engine.workflow(tag("x"))
    execution(workflow, "2026-10-25T00:30", state="waiting")
    execution(workflow, "2026-10-25T01:30", state="waiting")
    execution(workflow, "2026-10-25T01:40", state="waiting")

    found = series(
        since=at("2026-10-25T00:00"), until=at("2026-10-25T02:00"), step=Step.HOUR, workflow_id=workflow.id
    )

    assert [(bucket.start.isoformat(), bucket.started) for bucket in found.buckets] == [
        ("2026-10-25T02:00:00+02:00", 1),
        ("2026-10-25T02:00:00+01:00", 2),
    ]


def test_branches_are_no_executions_and_versions_are_told_apart(engine, in_paris):
    workflow = engine.workflow(tag("x"))
    whole = execution(workflow, "2026-11-02T10:00", "2026-11-02T11:00")
    execution(workflow, "2026-11-02T10:00", "2026-11-02T11:00", parent=whole, branch="fork:a")
    span = {"since": at("2026-11-02T00:00"), "until": at("2026-11-02T12:00"), "step": Step.DAY}

    assert [b.started for b in series(**span).buckets] == [1]
    version = workflow.active_version
    assert [b.started for b in series(**span, workflow_id=workflow.id, version=version).buckets] == [1]
    unused = type(version).objects.create(workflow=workflow, number=2, document=version.document)
    assert [b.started for b in series(**span, workflow_id=workflow.id, version=unused).buckets] == [0]


# -- by the API --------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(api, demo_key):
    return api("demo.localhost", key=demo_key("workflow:read"))


def test_days_are_included_and_empty_ones_filled(engine, client):
    workflow = engine.workflow(tag("x"))
    execution(workflow, "2026-11-03T10:00", "2026-11-03T11:00")

    shown = client.get(
        f"{URL}{workflow.id}/statistics/series/", {"from": "2026-11-01", "to": "2026-11-03"}
    ).json()

    assert (shown["step"], shown["timezone"]) == ("day", "Africa/Algiers")
    assert (shown["from"], shown["to"]) == ("2026-11-01T00:00:00+01:00", "2026-11-04T00:00:00+01:00")
    assert [(b["start"][:10], b["started"], b["completed"]) for b in shown["buckets"]] == [
        ("2026-11-01", 0, 0),
        ("2026-11-02", 0, 0),
        ("2026-11-03", 1, 1),
    ]


def test_all_workflows_together_in_weeks_of_the_country(engine, client):
    for name in ("ألف", "باء"):
        engine.workflow(tag("x"), name=name)
    engine.happen(engine.contact())
    engine.work()

    shown = client.get(f"{URL}statistics/series/", {"step": "week"}).json()

    assert sum(bucket["started"] for bucket in shown["buckets"]) == 2
    # Algeria's weeks begin on Saturday.
    assert {datetime.fromisoformat(bucket["start"]).weekday() for bucket in shown["buckets"]} == {5}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"step": "year"}, "step"),
        ({"from": "gestern"}, "from"),
        ({"from": "0001-01-01"}, "from"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2026-11-03", "to": "2026-11-01"}, "to"),
        ({"from": "2020-01-01", "to": "2026-01-01", "step": "hour"}, "to"),
        ({"version": "7"}, "version"),
    ],
)
def test_what_cannot_be_shown_is_told(engine, client, query, field):
    workflow = engine.workflow(tag("x"))

    answer = client.get(f"{URL}{workflow.id}/statistics/series/", query)

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
