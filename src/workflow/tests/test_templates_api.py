"""The API of templates: looked through, previewed, made into workflows; workflows out and in; closed to everybody else."""

from __future__ import annotations

import pytest
from drf_spectacular.generators import SchemaGenerator

from workflow.models import EngineSettings, EventType, Workflow
from workflow.templates.catalogue import catalogue

URL = "/api/v1/workflow/templates/"
WORKFLOWS = "/api/v1/workflow/workflows/"
SIMPLE = {
    "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
    "nodes": [{"id": "tag", "action": "add_tag", "config": {"tag": "زبون"}}],
}


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


@pytest.fixture
def reader(api, demo_key):
    """One that may only read them."""
    return api("demo.localhost", key=demo_key("workflow:read"))


def _error(answer) -> dict:
    return answer.json()["error"]


# -- looking -----------------------------------------------------------------------------------------------------------


def test_the_list(scope, reader):
    answer = reader.get(URL)

    assert answer.status_code == 200
    found = answer.json()
    assert found["count"] == len(catalogue()) == 10
    coupon = next(item for item in found["results"] if item["slug"] == "coupon")
    assert coupon["name"] == "كوبون تخفيض عند الطلب"
    assert coupon["category"] == {"slug": "sales", "label": "المبيعات"}
    assert coupon["channels"] == ["any"]
    assert coupon["actions"] == ["add_tag", "send_message", "wait"]
    assert "parameters" not in coupon


def test_a_page_costs_the_same_however_many_there_are(scope, reader, django_assert_max_num_queries):
    reader.get(URL)
    with django_assert_max_num_queries(10):
        assert len(reader.get(URL).json()["results"]) == 10


@pytest.mark.parametrize(
    ("query", "headers", "name"),
    [
        ("?language=fr", {}, "Bienvenue"),
        ("", {"Accept-Language": "de;q=0.9, fa-IR;q=0.8, en;q=0.1"}, "خوش‌آمدگویی"),
        ("?language=fr", {"Accept-Language": "fa"}, "Bienvenue"),
        ("?language=xx", {}, "رسالة ترحيب"),
        ("", {"Accept-Language": "*"}, "رسالة ترحيب"),
        ("", {"Accept-Language": "f" * 2_000}, "رسالة ترحيب"),
    ],
)
def test_it_is_told_in_the_language_that_was_asked_for(scope, reader, query, headers, name):
    assert reader.get(f"{URL}welcome/{query}", headers=headers).json()["name"] == name


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("category=greeting", ["welcome"]),
        ("category=team&channel=whatsapp", ["sla_escalation"]),
        ("search=%D9%83%D9%88%D8%A8%D9%88%D9%86", ["coupon"]),
        ("in_language=de", []),
    ],
)
def test_filters_and_search(scope, reader, query, slugs):
    found = reader.get(f"{URL}?{query}").json()["results"]

    assert [item["slug"] for item in found] == slugs


def test_one_with_its_form_and_its_document(scope, reader):
    shown = reader.get(f"{URL}lead_qualification/?language=fr").json()

    form = shown["parameters"]
    assert form["required"] == []
    assert form["properties"]["keyword"]["default"] == "prix"
    assert form["properties"]["keyword"]["title"] == "Mot qui montre l’intérêt"
    assert {"value": "agent", "label": "Agent"} in form["properties"]["assign_role"]["x-choices"]
    assert shown["document"] == catalogue()["lead_qualification"].dump()


def test_prices_are_the_tenants_own(scope, reader):
    EngineSettings.objects.create(action_costs={"send_message": 0.1, "add_tag": 0})

    cost = reader.get(f"{URL}coupon/").json()["estimated_cost"]

    assert cost == {
        "currency": "DZD",
        "total": 0.17,
        "complete": True,
        "lines": [
            {"action": "send_message", "uses": 1.7, "each": 0.1},
            {"action": "add_tag", "uses": 1.3, "each": 0.0},
        ],
    }
    assert reader.get(f"{URL}order_status/").json()["estimated_cost"]["complete"] is False


def test_there_is_no_other(scope, reader):
    answer = reader.get(f"{URL}no_such/")

    assert (answer.status_code, _error(answer)["code"]) == (404, "unknown_template")
    assert "coupon" in _error(answer)["message"]


def test_the_format_is_published(scope, reader):
    assert reader.get(f"{URL}format/").json()["title"] == "Template"


# -- previewing and making ---------------------------------------------------------------------------------------------


def test_a_preview_keeps_nothing(scope, reader):
    answer = reader.post(f"{URL}abandoned_cart/preview/", {"parameters": {"wait_minutes": 45}})

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["workflow"]["nodes"][0]["config"] == {"minutes": 45}
    assert (shown["parameters"]["wait_minutes"], shown["parameters"]["offer_from"]) == (45, 5000)
    assert shown["problems"] == []
    assert shown["lacks"] == {"channels": ["any"], "connections": [], "settings": []}
    assert shown["estimated_cost"]["lines"][0]["action"] == "send_message"
    assert not Workflow.objects.exists()
    assert not EventType.objects.filter(is_builtin=False).exists()


def test_what_is_lacking_goes_when_it_is_there(scope, reader, chat, engine):
    from channels_app.services.business_hours import set_business_hours
    from core.calendar import BusinessHours

    url = f"{URL}after_hours_reply/preview/"
    assert reader.post(url, {}).json()["lacks"]["settings"] == ["business_hours"]

    chat(engine.contact())
    set_business_hours(BusinessHours(timezone="Africa/Algiers", week={"sun": [("09:00", "17:00")]}))

    assert reader.post(url, {}).json()["lacks"] == {"channels": [], "connections": [], "settings": []}


def test_a_draft_is_made(scope, client):
    answer = client.post(
        f"{URL}coupon/instantiate/",
        {"name": "كوبون رمضان", "parameters": {"prefix": "RAMADAN"}, "language": "ar"},
    )

    assert answer.status_code == 201
    made = answer.json()
    assert made["workflow"]["name"] == "كوبون رمضان"
    assert made["workflow"]["status"] == "draft"
    assert made["problems"] == []
    assert made["notes"] == ["The event type ORDER_PLACED was added; your own programs send it."]
    stored = Workflow.objects.get(id=made["workflow"]["id"])
    assert stored.draft["nodes"][0]["config"]["values"]["code"].startswith("RAMADAN-")
    assert client.post(f"{WORKFLOWS}{stored.id}/activate/").json()["status"] == "active"


def test_it_is_switched_on_when_asked_and_its_names_are_numbered(scope, client):
    first, second = (
        client.post(f"{URL}welcome/instantiate/", {"activate": True, "language": "fr"}).json()["workflow"]
        for _ in range(2)
    )

    assert (first["name"], second["name"]) == ("Bienvenue", "Bienvenue 2")
    assert (first["status"], first["active_version"]["number"]) == ("active", 1)


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"parameters": {"days_between": 0}}, "parameters.days_between", "must be at least 1"),
        ({"parameters": {"prefix": "كوبون"}}, "parameters.prefix", "pattern"),
        ({"parameters": {"offer": "{{ user.name"}}, "parameters.offer", ""),
        ({"parameters": {"colour": "red"}}, "parameters.colour", "there is no such parameter"),
        ({"parameters": []}, "parameters", "Write a JSON object."),
        ({"language": "Arabic!"}, "language", ""),
        ({"name": "x" * 121}, "name", ""),
        ({"name": "taken"}, "name", "There is a workflow of that name already"),
    ],
)
def test_what_is_wrong_is_told_by_field(scope, client, body, field, message):
    Workflow.objects.create(name="taken")

    answer = client.post(f"{URL}coupon/instantiate/", body)

    assert answer.status_code == 400
    ((name, (told,)),) = _error(answer)["fields"].items()
    assert name == field
    assert message in told
    assert Workflow.objects.count() == 1
    assert not EventType.objects.filter(code="ORDER_PLACED").exists()


def test_sent_twice_it_is_made_once(scope, client):
    answers = [
        client.post(f"{URL}welcome/instantiate/", {}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert Workflow.objects.count() == 1


# -- out and in --------------------------------------------------------------------------------------------------------


def test_out_and_in_again(scope, client):
    made = client.post(WORKFLOWS, {"name": "ترحيب", "draft": SIMPLE}).json()

    answer = client.get(f"{WORKFLOWS}{made['id']}/export/")
    assert answer["Content-Disposition"].startswith('attachment; filename="workflow_')
    document = answer.json()
    assert (document["author"], document["name"]) == ("متجر الجزائر", {"ar": "ترحيب"})

    back = client.post(f"{WORKFLOWS}import/", {"document": document, "activate": True})
    assert back.status_code == 201
    assert back.json()["workflow"]["name"] == "ترحيب 2"
    assert back.json()["workflow"]["draft"]["nodes"] == SIMPLE["nodes"]
    assert client.get(f"{WORKFLOWS}{back.json()['workflow']['id']}/export/?version=1").status_code == 200


@pytest.mark.parametrize(("version", "status"), [("7", 404), ("x", 400), ("0", 400), ("99999999999", 400)])
def test_a_version_that_is_not_there(scope, client, version, status):
    made = client.post(WORKFLOWS, {"name": "w", "draft": SIMPLE}).json()

    assert client.get(f"{WORKFLOWS}{made['id']}/export/?version={version}").status_code == status


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "document"),
        ({"document": []}, "document"),
        ({"document": {"format": "other"}}, "document.format"),
        ({"document": {**SIMPLE, "extra": 1}}, "draft.extra"),
        ({"document": {"ui": {"x": "a" * 600_000}}}, "document"),
        ({"document": SIMPLE, "parameters": {"x": 1}}, "parameters.x"),
    ],
)
def test_what_cannot_be_imported(scope, client, body, field):
    answer = client.post(f"{WORKFLOWS}import/", body)

    assert (answer.status_code, list(_error(answer)["fields"])) == (400, [field])
    assert not Workflow.objects.exists()


def test_an_import_that_cannot_be_published(scope, client):
    answer = client.post(
        f"{WORKFLOWS}import/", {"document": {"actions": [{"action": "no_such"}]}, "activate": True}
    )

    assert (answer.status_code, _error(answer)["code"]) == (400, "workflow_not_valid")
    assert not Workflow.objects.exists()


# -- who may -----------------------------------------------------------------------------------------------------------


def test_reading_is_not_writing(scope, reader):
    assert reader.post(f"{URL}welcome/instantiate/", {}).status_code == 403
    assert reader.post(f"{WORKFLOWS}import/", {"document": SIMPLE}).status_code == 403
    assert not Workflow.objects.exists()


def test_strangers_see_nothing(scope, client, api, demo_key, other_key):
    made = client.post(WORKFLOWS, {"name": "w", "draft": SIMPLE}).json()
    elsewhere = api("other.localhost", key=other_key("workflow:write"))
    no_right = api("demo.localhost", key=demo_key("crm:write"))

    assert elsewhere.get(f"{WORKFLOWS}{made['id']}/export/").status_code == 404
    assert no_right.get(URL).status_code == 403
    assert api("demo.localhost").get(URL).status_code == 401
    assert no_right.get(f"{WORKFLOWS}{made['id']}/export/").status_code == 403


def test_the_promised_paths_work_too(scope, client):
    assert client.get("/api/v1/workflow/api/templates/welcome/").status_code == 200
    made = client.post("/api/v1/workflow/api/workflows/import/", {"document": SIMPLE})
    assert made.status_code == 201
    key = made.json()["workflow"]["id"]
    assert client.get(f"/api/v1/workflow/api/workflows/{key}/export/").status_code == 200


def test_it_is_documented():
    document = SchemaGenerator(urlconf="config.urls_tenant").get_schema(request=None, public=True)

    operations = {
        operation["operationId"]
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if isinstance(operation, dict) and "workflow templates" in operation.get("tags", ())
    }
    assert operations == {
        "workflow_templates_list",
        "workflow_templates_retrieve",
        "workflow_templates_preview",
        "workflow_templates_instantiate",
        "workflow_templates_format",
        "workflow_workflows_export",
        "workflow_workflows_import",
    }
