"""The opening hours: who may set them, what they say now, and what workflows make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels_app.models import BusinessHoursSetting
from channels_app.selectors import business_hours, business_views
from channels_app.services.business_hours import set_business_hours
from channels_app.tests.support import receive, text_body
from core.calendar import BusinessHours
from crm.models import Note
from events.models import Event
from tenants.scope import tenant_scope
from workflow.engine.run import base_context, load_roots
from workflow.exit_signals import EXIT_SIGNALS
from workflow.models import Workflow, WorkflowExecution
from workflow.roots import FIELDS
from workflow.services.publishing import activate, publish_draft

URL = "/api/v1/inbox/business-hours/"
WEEK = {day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in ("sun", "mon", "tue", "wed")}
HOURS: dict[str, Any] = {"timezone": "Africa/Algiers", "week": WEEK, "holidays": ["2026-07-05"]}
ADMIN = "/admin/channels_app/businesshourssetting/"


@pytest.fixture
def sunday():
    """Sunday, 1 March 2026, 10:00 in Algiers."""
    with time_machine.travel(datetime(2026, 3, 1, 9, 0, tzinfo=UTC), tick=False) as clock:
        yield clock


class TestApi:
    def test_none_are_always_open(self, operator, sunday):
        assert operator.get(URL).json() == {
            "hours": None,
            "open_now": True,
            "next_open": "2026-03-01T09:00:00+00:00",
        }

    @pytest.mark.parametrize(
        ("moment", "open_now", "next_open"),
        [
            ("2026-03-01T09:00", True, "2026-03-01T09:00:00+00:00"),
            ("2026-03-01T11:00", False, "2026-03-01T12:00:00+00:00"),
            ("2026-03-04T16:30", False, "2026-03-08T08:00:00+00:00"),
        ],
    )
    def test_set_and_shown(self, operator, agent, moment, open_now, next_open):
        put = operator.put(URL, {"hours": HOURS}, format="json")
        assert put.status_code == 200, put.content
        with time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False):
            shown = agent.get(URL).json()
        assert shown["hours"]["week"] == WEEK
        assert (shown["hours"]["timezone"], shown["hours"]["holidays"]) == ("Africa/Algiers", ["2026-07-05"])
        assert (shown["open_now"], shown["next_open"]) == (open_now, next_open)

    def test_replaced_and_emptied(self, operator, demo, other):
        operator.put(URL, {"hours": HOURS}, format="json")
        operator.put(URL, {"hours": {**HOURS, "timezone": "Asia/Tehran"}}, format="json")
        with tenant_scope(demo):
            assert business_hours().timezone == "Asia/Tehran"
            assert BusinessHoursSetting.objects.count() == 1
        with tenant_scope(other):
            assert business_hours() is None
        assert operator.put(URL, {"hours": None}, format="json").json()["hours"] is None
        with tenant_scope(demo):
            assert business_hours() is None

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "hours"),
            ({"hours": {}}, "hours.timezone"),
            ({"hours": {**HOURS, "timezone": "Atlantis"}}, "hours.timezone"),
            ({"hours": {**HOURS, "week": {}}}, "hours.week"),
            ({"hours": {**HOURS, "week": {"sun": [["9", "17:00"]]}}}, "hours.week"),
            ({"hours": {**HOURS, "week": {"الأحد": [["09:00", "17:00"]]}}}, "hours.week"),
            ({"hours": HOURS, "open": True}, "open"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_changes(self, operator, demo, body, field):
        answer = operator.put(URL, body, format="json")
        assert answer.status_code == 400
        assert any(name.startswith(field) for name in answer.json()["error"]["fields"]), answer.content
        with tenant_scope(demo):
            assert not BusinessHoursSetting.objects.exists()

    def test_who_may(self, agent, api, demo, demo_key):
        assert agent.put(URL, {"hours": HOURS}, format="json").status_code == 403
        assert api("demo.localhost", key=demo_key("crm:write")).get(URL).status_code == 403
        assert api("demo.localhost").get(URL).status_code == 401
        with tenant_scope(demo):
            assert not BusinessHoursSetting.objects.exists()


class TestAdmin:
    @pytest.fixture
    def admin(self, web, alice):
        return web("demo.localhost", user=alice)

    def test_set_checked_and_deleted(self, admin, demo):
        added = admin.post(f"{ADMIN}add/", {"hours": json.dumps(HOURS)})
        assert added.status_code == 302, added.context["adminform"].form.errors
        assert admin.get(ADMIN).status_code == admin.get(f"{ADMIN}1/change/").status_code == 200
        assert admin.get(f"{ADMIN}add/").status_code == 403
        wrong = admin.post(f"{ADMIN}1/change/", {"hours": json.dumps({**HOURS, "timezone": "Atlantis"})})
        assert "is not the name of a time zone" in str(wrong.context["adminform"].form.errors)
        with tenant_scope(demo):
            assert business_hours() == BusinessHours.model_validate(HOURS)
        empty = admin.post(f"{ADMIN}1/change/", {"hours": ""})
        assert "required" in str(empty.context["adminform"].form.errors)
        assert admin.post(f"{ADMIN}1/delete/", {"post": "yes"}).status_code == 302
        with tenant_scope(demo):
            assert business_hours() is None
            assert not BusinessHoursSetting.objects.exists()

    def test_an_agent_may_only_look(self, web, bob, demo):
        client = web("demo.localhost", user=bob)
        assert client.post(f"{ADMIN}add/", {"hours": json.dumps(HOURS)}).status_code in (302, 403)
        with tenant_scope(demo):
            assert not BusinessHoursSetting.objects.exists()


@pytest.mark.usefixtures("inside")
class TestWorkflows:
    def after_hours(self) -> Workflow:
        workflow = Workflow.objects.create(
            name="خارج الدوام",
            draft={
                "triggers": [
                    {
                        "event_type": "MESSAGE_RECEIVED",
                        "predicate": {"field": "business.open_now", "op": "equals", "value": False},
                    }
                ],
                "actions": [{"action": "add_note", "config": {"text": "نفتح {{ business.next_open }}"}}],
            },
        )
        publish_draft(workflow, by="test")
        activate(workflow)
        return workflow

    @pytest.mark.parametrize(("shift", "started"), [(0, 0), (2, 1)])
    def test_a_message_outside_the_hours(self, whatsapp, sunday, shift, started):
        set_business_hours(BusinessHours.model_validate(HOURS))
        self.after_hours()
        sunday.shift(timedelta(hours=shift))
        receive(whatsapp, text_body())
        assert WorkflowExecution.objects.count() == started
        if started:
            assert Note.objects.get().text == "نفتح 2026-03-01T12:00:00+00:00"

    def test_without_hours_it_is_never_outside(self, whatsapp, sunday):
        self.after_hours()
        sunday.shift(timedelta(hours=2))
        receive(whatsapp, text_body())
        assert not WorkflowExecution.objects.exists()

    def test_each_moment_for_itself(self):
        set_business_hours(BusinessHours.model_validate(HOURS))
        views = business_views(["2026-03-01T09:00:00+00:00", "2026-03-01T11:00:00+00:00"])
        assert [view["open_now"] for view in views.values()] == [True, False]

    def test_the_root_stands_at_the_contexts_own_time(self):
        """As in a trial, whose clock runs ahead."""
        set_business_hours(BusinessHours.model_validate(HOURS))
        open_, shut = {"now": "2026-03-01T09:00:00+00:00"}, {"now": "2026-03-01T11:00:00+00:00"}
        load_roots(["business"], [(open_, None), (shut, None)])
        assert (open_["business"]["open_now"], shut["business"]["open_now"]) == (True, False)

    def test_hours_that_never_come_again(self):
        days = [(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=n)).date() for n in range(1_000)]
        hours = {"timezone": "UTC", "week": {"sun": [["09:00", "10:00"]]}, "holidays": days}
        set_business_hours(BusinessHours.model_validate(hours))
        (view,) = business_views(["2026-03-01T09:00:00+00:00"]).values()
        assert view == {"open_now": False, "next_open": "2028-11-26T09:00:00+00:00"}

    def test_nothing_is_read_where_nothing_asks(self, whatsapp):
        set_business_hours(BusinessHours.model_validate(HOURS))
        with CaptureQueriesContext(connection) as captured:
            receive(whatsapp, text_body())
        assert not [q for q in captured.captured_queries if "businesshours" in q["sql"]]
        assert "business" not in base_context_of_any()

    def test_the_builder_knows_the_fields(self):
        assert FIELDS.find("business.open_now") is not None
        assert FIELDS.find("business") is None
        assert EXIT_SIGNALS.get("reply").event_type == "MESSAGE_RECEIVED"


def base_context_of_any() -> dict[str, Any]:
    return base_context(Event.objects.first())
