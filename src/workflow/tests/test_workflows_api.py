"""The API of workflows: written as drafts, published, switched, run by hand, measured; and closed to everybody else."""

from __future__ import annotations

import pytest

from events.models import Event
from tenants.scope import tenant_scope
from workflow.models import ActionExecution, Version, Workflow, WorkflowExecution

URL = "/api/v1/workflow/workflows/"
TAG = {"id": "tag", "action": "add_tag", "config": {"tag": "مهم"}}
DRAFT = {"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "actions": [TAG]}


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


@pytest.fixture
def made(scope, client) -> str:
    """The address of a workflow with a good draft."""
    return f"{URL}{client.post(URL, {'name': 'خوش‌آمد', 'draft': DRAFT}).json()['id']}/"


def _error(answer) -> dict:
    return answer.json()["error"]


# -- writing -----------------------------------------------------------------------------------------------------------


def test_create_show_change_delete(scope, client):
    answer = client.post(
        URL, {"name": "w", "description": "شرح", "draft": DRAFT, "revision": 9, "status": "active"}
    )
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["status"], shown["revision"], shown["active_version"]) == ("draft", 1, None)
    assert shown["draft"] == DRAFT
    address = f"{URL}{shown['id']}/"
    assert client.get(address).json() == shown

    changed = client.patch(address, {"name": "v"}).json()
    assert (changed["name"], changed["description"], changed["revision"]) == ("v", "شرح", 2)
    assert client.patch(address, {"name": "v"}).json()["revision"] == 2

    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("draft", [{}, {"triggers": []}, {"nodes": [{"id": "a", "action": "no_such"}]}])
def test_a_draft_may_be_incomplete(scope, client, draft):
    assert client.post(URL, {"name": "w", "draft": draft}).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "w", "draft": []}, "draft"),
        ({"name": "w", "draft": {"nodes": [{"id": "Bad Id"}]}}, "draft.nodes.0.id"),
        ({"name": "w", "draft": {"extra": 1}}, "draft.extra"),
        ({"name": "w", "draft": {"nodes": [{"id": "a", "config": {"x": "\x00"}}]}}, "draft"),
    ],
)
def test_but_not_misshapen(scope, client, body, field):
    answer = client.post(URL, body)

    assert (answer.status_code, list(_error(answer)["fields"])) == (400, [field])
    assert not Workflow.objects.exists()


def test_names_are_unique(made, client):
    assert "name" in _error(client.post(URL, {"name": "خوش‌آمد"}))["fields"]


@pytest.mark.parametrize("how", ["field", "header", "weak header"])
def test_a_change_that_someone_else_overtook_is_refused(made, client, how):
    client.patch(made, {"name": "theirs"})
    headers = {"header": {"If-Match": '"1"'}, "weak header": {"If-Match": 'W/"1"'}}.get(how, {})
    body = {"name": "mine", **({"revision": 1} if how == "field" else {})}

    answer = client.patch(made, body, headers=headers)

    assert (answer.status_code, _error(answer)["code"]) == (409, "draft_changed")
    assert client.get(made).json()["name"] == "theirs"
    assert client.patch(made, {"name": "mine", "revision": 2}).status_code == 200


def test_a_header_that_is_no_revision_is_told(made, client):
    assert client.patch(made, {"name": "x"}, headers={"If-Match": "abc"}).status_code == 400
    assert client.patch(made, {"name": "x"}, headers={"If-Match": "*"}).status_code == 200


# -- publishing and switching ------------------------------------------------------------------------------------------


def test_publish_and_versions(made, client):
    first = client.post(f"{made}publish/").json()
    assert (first["number"], first["document"]["nodes"][0]["config"]) == (1, {"tag": "مهم"})
    assert first["published_by"].startswith("key:")
    assert client.get(made).json()["has_unpublished_changes"] is False

    client.patch(made, {"description": "changed"})
    assert client.get(made).json()["has_unpublished_changes"] is True
    client.post(f"{made}publish/")

    versions = client.get(f"{made}versions/").json()
    assert [version["number"] for version in versions["results"]] == [2, 1]
    assert "document" not in versions["results"][0]
    assert client.get(f"{made}versions/1/").json()["document"] == first["document"]
    assert client.get(f"{made}versions/3/").status_code == 404
    assert client.get(made).json()["active_version"]["number"] == 2


def test_a_draft_with_problems_is_not_published(scope, client):
    made = (
        f"{URL}{client.post(URL, {'name': 'w', 'draft': {'actions': [{'action': 'no_such'}]}}).json()['id']}/"
    )

    answer = client.post(f"{made}publish/")

    assert (answer.status_code, _error(answer)["code"]) == (400, "workflow_not_valid")
    assert set(_error(answer)["fields"]) == {"draft.triggers", "draft.step_1"}
    problems = client.get(f"{made}problems/").json()["problems"]
    assert {problem["place"] for problem in problems} == {"/triggers", "step_1"}
    assert not Version.objects.exists()
    assert client.post(f"{made}activate/").status_code == 400
    assert client.get(made).json()["status"] == "draft"


def test_a_good_draft_has_no_problems(made, client):
    assert client.get(f"{made}problems/").json() == {"problems": []}


def test_activate_publishes_what_was_never_published(made, client):
    shown = client.post(f"{made}activate/").json()
    assert (shown["status"], shown["active_version"]["number"]) == ("active", 1)

    client.patch(made, {"draft": {}})
    again = client.post(f"{made}activate/").json()
    assert (again["active_version"]["number"], again["has_unpublished_changes"]) == (1, True)
    assert client.post(f"{made}pause/").json()["status"] == "paused"


def test_an_active_workflow_is_not_deleted(made, client, engine):
    client.post(f"{made}activate/")
    engine.run(engine.contact())

    assert (client.delete(made).status_code, Workflow.objects.count()) == (409, 1)

    client.post(f"{made}pause/")
    assert client.delete(made).status_code == 204
    assert not Version.objects.exists()
    assert not WorkflowExecution.objects.exists()
    assert not ActionExecution.objects.exists()


# -- by hand ------------------------------------------------------------------------------------------------------------


def test_execute_runs_for_one_contact(made, client, engine):
    client.post(f"{made}activate/")
    client.post(f"{made}pause/")
    amina = engine.contact()

    answer = client.post(f"{made}execute/", {"user_id": str(amina), "data": {"why": "تجربة"}})

    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert (shown["state"], shown["contact_id"], shown["workflow_name"]) == (
        "completed",
        str(amina),
        "خوش‌آمد",
    )
    assert engine.user(amina)["tags"] == ["مهم"]
    event = Event.objects.get(id=shown["event_id"])
    assert (event.type, event.data["why"]) == ("WORKFLOW_STARTED_MANUALLY", "تجربة")
    assert event.data["workflow"] == shown["workflow"]


def test_execute_twice_with_one_key_runs_once(made, client, engine):
    client.post(f"{made}activate/")
    amina = engine.contact()

    answers = [
        client.post(f"{made}execute/", {"user_id": str(amina)}, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert WorkflowExecution.objects.count() == 1


def test_what_was_never_published_cannot_be_executed(made, client):
    answer = client.post(f"{made}execute/", {"user_id": "customer1"})

    assert (answer.status_code, _error(answer)["code"]) == (409, "not_published")
    assert not Event.objects.filter(type="WORKFLOW_STARTED_MANUALLY").exists()
    assert "user_id" in _error(client.post(f"{made}execute/", {}))["fields"]


def test_statistics(engine, client):
    nodes = [
        {
            "id": "rich",
            "type": "condition",
            "predicate": {"field": "event.data.total", "op": "greater", "value": 9},
        },
        {"id": "tag", "action": "add_tag", "config": {"tag": "{{ event.data.tag }}"}},
        {"id": "rest", "action": "wait", "config": {"hours": 1}},
    ]
    edges = [{"source": "rich", "target": "tag", "port": "true"}, {"source": "tag", "target": "rest"}]
    workflow = engine.workflow(nodes=nodes, edges=edges)
    for total, tag in ((10, "a"), (1, "a"), (2, "a"), (10, ""), ("?", "a")):
        engine.run(engine.contact(), total=total, tag=tag)

    shown = client.get(f"{URL}{workflow.id}/statistics/").json()

    assert shown["by_state"] == {
        "running": 0,
        "waiting": 1,
        "completed": 2,
        "exited": 0,
        "failed": 2,
        "cancelled": 0,
    }
    assert (shown["total"], shown["days"]) == (5, 30)
    assert 0 <= shown["median_s"] <= shown["p95_s"] < 60
    nodes = {node["node"]: node for node in shown["nodes"]}
    assert nodes["rich"]["counts"] == {"true": 2, "false": 2}
    assert (nodes["tag"]["counts"], nodes["tag"]["action"]) == ({"completed": 1, "failed": 1}, "add_tag")
    assert (nodes["rest"]["counts"], nodes["rest"]["attempts"]) == ({"waiting": 1}, 1.0)


def test_statistics_of_nothing_and_of_nonsense(made, client):
    shown = client.get(f"{made}statistics/?days=1").json()

    assert (shown["total"], shown["median_s"], shown["p95_s"], shown["nodes"]) == (0, None, None, [])
    for days in ("0", "367", "x", "\x00"):
        assert client.get(f"{made}statistics/", {"days": days}).status_code == 400


# -- lists -------------------------------------------------------------------------------------------------------------


def test_lists_are_filtered_searched_ordered_and_cheap(scope, client, django_assert_max_num_queries):
    for number in range(8):
        made = client.post(
            URL, {"name": f"w{number}", "description": "کوپن" if number == 3 else "", "draft": DRAFT}
        )
        if number % 2:
            client.post(f"{URL}{made.json()['id']}/activate/")

    def names(query: str) -> list[str]:
        return [row["name"] for row in client.get(f"{URL}?{query}").json()["results"]]

    assert names("status=active") == ["w1", "w3", "w5", "w7"]
    assert names("search=کوپن") == ["w3"]
    assert names("ordering=-name&page_size=2") == ["w7", "w6"]
    assert names("page=2&page_size=5") == ["w5", "w6", "w7"]
    with django_assert_max_num_queries(6):
        rows = client.get(URL).json()
    assert rows["count"] == 8
    assert "draft" not in rows["results"][0]
    assert [trigger["event_type"] for trigger in rows["results"][0]["triggers"]] == [
        trigger["event_type"] for trigger in DRAFT["triggers"]
    ]


# -- who may -----------------------------------------------------------------------------------------------------------


def test_readers_read(scope, api, demo_key, client, made):
    reader = api("demo.localhost", key=demo_key("workflow:read"))

    assert reader.get(URL).json()["count"] == 1
    for refused in (
        reader.post(URL, {"name": "x"}),
        reader.patch(made, {"name": "x"}),
        reader.delete(made),
        *(reader.post(f"{made}{verb}/") for verb in ("publish", "activate", "pause", "execute")),
    ):
        assert refused.status_code == 403
    assert Workflow.objects.get().name == "خوش‌آمد"
    assert Workflow.objects.get().status == "draft"


def test_another_tenant_finds_nothing(scope, api, other, other_key, made, client):
    stranger = api("other.localhost", key=other_key())
    foreign = api("demo.localhost", key=other_key())

    with tenant_scope(other):
        assert stranger.get(URL).json()["count"] == 0
    assert stranger.get(made).status_code == 404
    assert stranger.post(f"{made}activate/").status_code == 404
    assert stranger.delete(made).status_code == 404
    assert foreign.get(made).status_code == 403
    assert api("demo.localhost").get(URL).status_code == 401
    assert Workflow.objects.get().status == "draft"


NOUNS = (
    "workflows",
    "triggers",
    "conditions",
    "actions",
    "event-types",
    "workflow-executions",
    "fields",
    "events",
)


@pytest.mark.parametrize("noun", [*NOUNS, "trigger-event-logs", "actions/action_types"])
def test_the_promised_paths_answer_the_same(scope, client, noun):
    promised, own = client.get(f"/api/v1/workflow/api/{noun}/"), client.get(f"/api/v1/workflow/{noun}/")

    assert promised.status_code == own.status_code == 200
    assert promised.json() == own.json()


def test_the_promised_paths_are_not_in_the_document_twice():
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator(urlconf="config.urls_tenant").get_schema(request=None, public=True)["paths"]

    assert "/api/v1/workflow/triggers/process_event/" in paths
    assert not [path for path in paths if path.startswith("/api/v1/workflow/api/")]
