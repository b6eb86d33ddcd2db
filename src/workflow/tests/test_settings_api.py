"""The engine's settings: read with what holds, changed in part, in force at once, closed to strangers."""

from __future__ import annotations

import pytest

from tenants.scope import tenant_scope
from workflow.models import EngineSettings, EngineState, TriggerEventLog
from workflow.services.cleanup import retention_days
from workflow.services.settings import InvalidSettingError, change_settings
from workflow.tests.test_nodes import tag

URL = "/api/v1/workflow/settings/"


@pytest.fixture
def client(scope, api, demo_key):
    return api("demo.localhost", key=demo_key("workflow:write"))


def test_nothing_set_shows_what_holds(client, settings):
    settings.WORKFLOW_RETENTION_DAYS = 45

    assert client.get(URL).json() == {
        "retention_days": None,
        "executions_per_hour": None,
        "contact_executions_per_hour": None,
        "action_costs": {},
        "effective": {
            "retention_days": 45,
            "executions_per_hour": None,
            "contact_executions_per_hour": None,
            "action_costs": {},
        },
    }
    assert not EngineSettings.objects.exists()


def test_what_is_not_named_stays(client):
    client.patch(URL, {"retention_days": 7, "action_costs": {"add_tag": 0.25, "wait": 0}})
    shown = client.patch(URL, {"executions_per_hour": 100}).json()

    assert (shown["retention_days"], shown["executions_per_hour"]) == (7, 100)
    assert shown["action_costs"] == shown["effective"]["action_costs"] == {"add_tag": 0.25, "wait": 0}
    assert (retention_days(), EngineSettings.objects.get().executions_per_hour) == (7, 100)

    shown = client.patch(URL, {"retention_days": None}).json()
    assert (shown["retention_days"], shown["effective"]["retention_days"]) == (None, 90)


def test_it_holds_from_the_next_event_on(engine, client):
    engine.workflow(tag("x"))
    engine.run(engine.contact())

    client.patch(URL, {"executions_per_hour": 1})
    engine.happen(engine.contact())
    engine.work()
    assert TriggerEventLog.objects.first().result == "limit"

    client.patch(URL, {"executions_per_hour": None})
    engine.run(engine.contact())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"retention_days": 0}, "greater than or equal to 1"),
        ({"retention_days": 3651}, "less than or equal to 3650"),
        ({"executions_per_hour": -1}, "greater than or equal to 1"),
        ({"executions_per_hour": 10**12}, "less than or equal"),
        ({"contact_executions_per_hour": "كثير"}, "integer"),
        ({"action_costs": []}, "JSON object"),
        ({"action_costs": None}, "null"),
        ({"action_costs": {"no_such": 1}}, "There is no action 'no_such'"),
        ({"action_costs": {"add_tag": -0.1}}, "from 0 to"),
        ({"action_costs": {"add_tag": "1"}}, "from 0 to"),
        ({"action_costs": {"add_tag": True}}, "from 0 to"),
        ({"action_costs": {"add_tag": None}}, "from 0 to"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(client, change, words):
    revision = EngineState.objects.filter(id=1).values_list("revision", flat=True).first()

    answer = client.patch(URL, {"executions_per_hour": 5, **change})

    assert answer.status_code == 400
    fields = answer.json()["error"]["fields"]
    assert list(fields) == list(change)
    assert words in " ".join(next(iter(fields.values())))
    assert not EngineSettings.objects.exists()
    assert EngineState.objects.filter(id=1).values_list("revision", flat=True).first() == revision


@pytest.mark.parametrize("value", [True, 1.5, "7", 0, 3651])
def test_the_service_itself_refuses(scope, value):
    with pytest.raises(InvalidSettingError, match="retention_days: Write a whole number from 1 to 3,650"):
        change_settings({"retention_days": value})


def test_who_may(scope, api, demo_key, other, other_key):
    reader = api("demo.localhost", key=demo_key("workflow:read"))

    assert reader.get(URL).status_code == 200
    assert reader.patch(URL, {"retention_days": 1}).status_code == 403
    assert api("demo.localhost", key=demo_key("crm:write")).get(URL).status_code == 403
    assert api("demo.localhost").get(URL).status_code == 401
    api("other.localhost", key=other_key()).patch(URL, {"retention_days": 2})
    assert not EngineSettings.objects.exists()
    with tenant_scope(other):
        assert EngineSettings.objects.get().retention_days == 2


def test_the_promised_path_answers_too(client):
    assert client.get("/api/v1/workflow/api/settings/").json() == client.get(URL).json()
