"""The preview of schedules: when one would be due, right across clock changes, with nothing stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

PREVIEW = "/api/v1/workflow/schedule_preview/"


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may read workflows."""
    return api("demo.localhost", key=demo_key("workflow:read"))


def test_preview_shows_the_next_ticks(scope, client):
    body = {"config": {"cron": "30 2 * * *", "zone": "Europe/Berlin"}, "after": "2037-03-27T12:00:00Z"}

    shown = client.post(PREVIEW, body).json()

    assert shown["zone"] == "Europe/Berlin"
    assert [tick["local"] for tick in shown["ticks"]] == [
        "2037-03-28T02:30:00+01:00",
        "2037-03-29T03:00:00+02:00",
        "2037-03-30T02:30:00+02:00",
        "2037-03-31T02:30:00+02:00",
        "2037-04-01T02:30:00+02:00",
    ]
    assert shown["ticks"][1]["at"] == "2037-03-29T01:00:00Z"


def test_preview_from_now_on_in_the_zone_of_the_business(scope, client):
    shown = client.post(PREVIEW, {"config": {"interval": {"every": 15, "unit": "minutes"}}}).json()

    ticks = [datetime.fromisoformat(tick["at"]) for tick in shown["ticks"]]
    assert shown["zone"] == "Africa/Algiers"
    assert timedelta() < ticks[0] - datetime.now(UTC) <= timedelta(minutes=15)
    assert {later - tick for tick, later in pairwise(ticks)} == {timedelta(minutes=15)}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "config"),
        ({"config": []}, "config"),
        ({"config": {"cron": "every day"}}, "config.cron"),
        ({"config": {"cron": "0 9 * * *", "zone": "Mars/Olympus"}}, "config.zone"),
        ({"config": {"cron": "0 9 * * *"}, "after": "soon"}, "after"),
    ],
)
def test_preview_names_what_is_wrong(scope, client, body, field):
    answer = client.post(PREVIEW, body)

    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])


def test_preview_is_for_those_who_may_read(scope, api, demo_key):
    assert api("demo.localhost").post(PREVIEW, {}).status_code == 401
    assert api("demo.localhost", key=demo_key("crm:read")).post(PREVIEW, {}).status_code == 403
