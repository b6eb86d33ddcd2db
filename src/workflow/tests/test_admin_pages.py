"""The engine's own pages in the admin: buttons, statistics, explaining, settings, dead letters, and who may."""

from __future__ import annotations

import json

import pytest

from accounts.models import Membership, Role
from events.queue.enqueue import NewItem, enqueue
from events.queue.models import Item, ItemState
from tenants.scope import tenant_scope
from workflow.models import (
    ArmedTrigger,
    EngineSettings,
    Entry,
    HookCapture,
    Job,
    TriggerEventLog,
    Workflow,
    WorkflowExecution,
)
from workflow.services.settings import change_settings
from workflow.tests.test_admin_timeline import body, branching, url
from workflow.tests.test_nodes import tag
from workflow.tests.test_statistics import REST

SECRET = "s3cr3t-Passw0rd"


@pytest.fixture
def page(scope, web, alice):
    """Alice's browser on demo's admin."""
    return web("demo.localhost", user=alice)


@pytest.fixture
def reader(scope, web, alice):
    """Alice's browser, as one who changes other things and only sees workflows."""
    role = Role.objects.create(slug="desk", label="Desk", scopes=["workflow:read", "inbox:write"])
    Membership.objects.filter(user=alice).update(role=role)
    return web("demo.localhost", user=alice)


def said(answer) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


class TestButtons:
    def test_an_execution_is_cancelled(self, engine, page):
        engine.workflow(REST)
        execution = engine.run(engine.contact())
        steer = url("workflow_workflowexecution_steer", execution.pk, "cancel")
        shown = body(page.get(url("workflow_workflowexecution_change", execution.pk)))
        assert steer in shown
        assert "/steer/retry/" not in shown

        assert page.get(steer).status_code == 405
        assert "Cancelled." in said(page.post(steer, follow=True))

        execution.refresh_from_db()
        assert execution.state == "cancelled"
        assert "cancelled already" in said(page.post(steer, follow=True))

    def test_a_failed_one_is_retried(self, engine, page):
        engine.workflow(tag("x", "{{ event.data.nothing }}"))
        execution = engine.run(engine.contact())

        answer = page.post(url("workflow_workflowexecution_steer", execution.pk, "retry"), follow=True)

        assert "Retried." in said(answer)

    def test_a_workflow_is_published_switched_on_and_off(self, page):
        draft = {"triggers": [{"event_type": "TAG_ADDED"}], "nodes": [tag("x")]}
        workflow = Workflow.objects.create(name="w", draft=draft)
        for verb, status in (("publish", "draft"), ("activate", "active"), ("pause", "paused")):
            page.post(url("workflow_workflow_steer", workflow.pk, verb))
            workflow.refresh_from_db()
            assert workflow.status == status
        assert workflow.active_version.number == 1

    def test_a_refusal_is_told(self, page):
        workflow = Workflow.objects.create(name="w", draft={})

        answer = page.post(url("workflow_workflow_steer", workflow.pk, "activate"), follow=True)

        assert "at least one node" in said(answer)
        workflow.refresh_from_db()
        assert workflow.status == "draft"

    def test_readers_have_none(self, engine, reader):
        engine.workflow(REST)
        execution = engine.run(engine.contact())

        assert "/steer/" not in body(reader.get(url("workflow_workflowexecution_change", execution.pk)))
        for name, pk, verb in (
            ("workflow_workflowexecution", execution.pk, "cancel"),
            ("workflow_workflow", execution.workflow_id, "pause"),
        ):
            assert reader.post(url(f"{name}_steer", pk, verb)).status_code == 403
        execution.refresh_from_db()
        assert execution.state == "waiting"
        assert Workflow.objects.get().status == "active"

    def test_unknown_ones(self, engine, page):
        workflow = engine.workflow(REST)

        assert page.post(url("workflow_workflow_steer", workflow.pk, "explode")).status_code == 404


class TestStatistics:
    def test_the_box_leads_to_the_executions(self, engine, page):
        execution = branching(engine)
        workflow = execution.workflow
        Workflow.objects.filter(pk=workflow.pk).update(paused_reason="بسیار خطا داد")

        shown = body(page.get(url("workflow_workflow_change", workflow.pk)))

        assert f"workflow={workflow.pk}&amp;state__exact=failed" in shown
        assert url("workflow_workflow_statistics", workflow.pk) in shown
        assert "بسیار خطا داد" in shown

    def test_the_page(self, engine, page, django_assert_max_num_queries):
        workflow = branching(engine).workflow

        with django_assert_max_num_queries(20):
            shown = body(page.get(url("workflow_workflow_statistics", workflow.pk)))

        for text in ("طلب كبير؟", "شاخهٔ دوم", "Africa/Algiers", "<bdi>true</bdi>: <bdi>1</bdi>"):
            assert text in shown

    def test_who_may(self, engine, web, charlie):
        workflow = engine.workflow(tag("x"))

        assert web("demo.localhost", user=charlie).get(
            url("workflow_workflow_statistics", workflow.pk)
        ).status_code in (302, 403)


class TestEvents:
    def test_why(self, engine, page):
        engine.workflow(tag("x"), name="جرى")
        engine.workflow(
            tag("y"), name="نشد", predicate={"field": "event.data.total", "op": "greater", "value": 99}
        )
        execution = engine.run(engine.contact(), total=1)
        explain = url("events_event_explain", execution.event_id)

        shown = body(page.get(explain))

        assert "جرى" in shown
        assert "نشد" in shown
        assert "event.data.total" in shown
        assert url("workflow_workflowexecution_change", execution.pk) in shown
        assert explain in body(page.get(url("workflow_triggereventlog_changelist")))
        assert explain in body(page.get(url("events_event_change", execution.event_id)))

    def test_secrets_are_hidden_and_strangers_kept_out(self, engine, page, web, charlie):
        event = engine.happen(engine.contact(), password=SECRET)

        assert SECRET not in body(page.get(url("events_event_change", event.pk)))
        stranger = web("demo.localhost", user=charlie)
        assert stranger.get(url("events_event_explain", event.pk)).status_code in (302, 403)

    def test_the_list_by_type_and_contact(self, engine, page):
        amina = engine.contact()
        engine.happen(amina, "TAG_REMOVED")
        listed = url("events_event_changelist")

        assert page.get(listed, {"type": "TAG_REMOVED"}).context["cl"].result_count == 1
        assert page.get(listed, {"q": str(amina)}).context["cl"].result_count >= 1
        assert page.get(listed, {"q": "amina"}).context["cl"].result_count == 0

    def test_of_other_tenants_there_is_nothing(self, engine, page, other):
        with tenant_scope(other):
            event = engine.happen()

        assert page.get(url("events_event_explain", event.pk)).status_code == 404


class TestWhatElse:
    def test_an_armed_triggers_secrets_are_not_shown(self, engine, page):
        workflow = engine.workflow(tag("x"))
        armed = ArmedTrigger.objects.create(
            workflow=workflow,
            key="hook",
            type="webhook",
            config={"secret": SECRET, "note": "وبهوک"},
            state={"token": SECRET},
            secret=SECRET.encode(),
        )
        HookCapture.objects.create(
            trigger=armed, is_test=True, request={"headers": {"Authorization": f"Bearer {SECRET}"}}
        )

        shown = body(page.get(url("workflow_armedtrigger_change", armed.pk)))

        assert "وبهوک" in shown
        assert SECRET not in shown
        assert page.get(url("workflow_armedtrigger_changelist")).status_code == 200

    def test_a_job_is_shown_and_stopped(self, page):
        job = Job.objects.create(kind="retry", total=2_000, done=1_234, params={"_own": 1}, created_by="x")
        shown = body(page.get(url("workflow_job_change", job.pk)))
        assert "1,234 / 2,000" in shown
        assert "_own" not in shown

        page.post(url("workflow_job_steer", job.pk, "cancel"))

        job.refresh_from_db()
        assert job.state == "cancelled"

    def test_an_entry_is_forgotten(self, engine, page):
        engine.workflow(tag("x"), policy={"reentry": {"rule": "once"}})
        amina = engine.contact()
        engine.run(amina)
        entry = Entry.objects.get()
        assert page.get(url("workflow_entry_changelist"), {"q": str(amina)}).context["cl"].result_count == 1

        page.post(url("workflow_entry_delete", entry.pk), {"post": "yes"})

        engine.run(amina)
        assert WorkflowExecution.objects.count() == 2

    def test_readers_do_not_forget_entries(self, engine, reader):
        engine.workflow(tag("x"), policy={"reentry": {"rule": "once"}})
        engine.run(engine.contact())

        entry = Entry.objects.get()
        assert reader.get(url("workflow_entry_changelist")).status_code == 200
        assert reader.post(url("workflow_entry_delete", entry.pk), {"post": "yes"}).status_code == 403
        assert Entry.objects.exists()


class TestSettings:
    FORM = {
        "retention_days": "30",
        "executions_per_hour": "",
        "contact_executions_per_hour": "1",
        "action_costs": '{"add_tag": 0.5}',
    }

    def test_one_page_even_before_anything_is_set(self, page):
        answer = page.get(url("workflow_enginesettings_changelist"), follow=True)

        assert answer.redirect_chain[-1][0] == url("workflow_enginesettings_change", 1)
        assert "90 days" in body(answer)
        assert not EngineSettings.objects.exists()
        assert page.get(url("workflow_enginesettings_change", 2)).status_code == 302

    def test_they_are_changed_and_hold(self, engine, page):
        engine.workflow(tag("x"))
        amina = engine.contact()
        engine.run(amina)

        answer = page.post(url("workflow_enginesettings_change", 1), self.FORM)
        assert answer.status_code == 302, answer.context["errors"]
        engine.happen(amina)
        engine.work()

        own = EngineSettings.objects.get()
        assert (own.retention_days, own.executions_per_hour, own.action_costs) == (30, None, {"add_tag": 0.5})
        assert TriggerEventLog.objects.first().result == "limit"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"retention_days": "0"}, "retention_days"),
            ({"retention_days": "3651"}, "retention_days"),
            ({"action_costs": '{"no_such": 1}'}, "action_costs"),
            ({"action_costs": "[1]"}, "action_costs"),
            ({"action_costs": "{"}, "action_costs"),
        ],
    )
    def test_nonsense_is_refused(self, page, change, field):
        answer = page.post(url("workflow_enginesettings_change", 1), {**self.FORM, **change})

        assert list(answer.context["adminform"].form.errors) == [field]
        assert not EngineSettings.objects.exists()

    def test_readers_look(self, reader):
        change_settings({"retention_days": 12})

        assert "12 days" in body(reader.get(url("workflow_enginesettings_change", 1)))
        assert reader.post(url("workflow_enginesettings_change", 1), self.FORM).status_code == 403
        assert EngineSettings.objects.get().retention_days == 12


class TestDeadLetters:
    @pytest.fixture
    def dead(self, scope, demo, other):
        """Two dead items of demo, one of a kind that nobody knows, and one of other's."""
        made = {}
        for name, tenant, kind in (
            ("first", demo, "workflow.cleanup"),
            ("second", demo, "workflow.cleanup"),
            ("unknown", demo, "gone.kind"),
            ("stranger", other, "workflow.cleanup"),
        ):
            with tenant_scope(tenant):
                enqueue(NewItem(lane=f"lane:{name}", kind="workflow.cleanup", ref=f"ref-{name}"))
            item = Item.objects.get(ref=f"ref-{name}")
            Item.objects.filter(pk=item.pk).update(
                state=ItemState.DEAD, kind=kind, attempts=10, error="Traceback\nValueError: شکست"
            )
            made[name] = item
        return made

    def test_the_list_is_the_tenants_own(self, page, dead, django_assert_max_num_queries):
        with django_assert_max_num_queries(15):
            shown = body(page.get(url("queue_item_changelist")))

        assert "ref-first" in shown
        assert "ValueError: شکست" in shown
        assert "ref-stranger" not in shown
        assert page.get(url("queue_item_change", dead["stranger"].pk)).status_code == 302

    def test_they_are_put_back(self, page, dead):
        chosen = [str(item.pk) for item in dead.values()]

        answer = page.post(
            url("queue_item_changelist"), {"action": "redrive", "_selected_action": chosen}, follow=True
        )

        assert "2 of 3 put back" in said(answer)
        assert "kinds that this release does not know" in said(answer)
        left = Item.objects.filter(state=ItemState.DEAD).values_list("ref", flat=True)
        assert set(left) == {"ref-unknown", "ref-stranger"}
        assert Item.objects.get(pk=dead["first"].pk).attempts == 0

    def test_one_by_its_button(self, page, dead):
        page.post(url("queue_item_steer", dead["first"].pk, "redrive"))
        assert page.post(url("queue_item_steer", dead["stranger"].pk, "redrive")).status_code == 404

        states = dict(Item.objects.values_list("ref", "state"))
        assert (states["ref-first"], states["ref-stranger"]) == (ItemState.PENDING, ItemState.DEAD)

    def test_readers_look(self, reader, dead):
        assert reader.get(url("queue_item_changelist")).status_code == 200
        assert reader.post(url("queue_item_steer", dead["first"].pk, "redrive")).status_code == 403
        reader.post(
            url("queue_item_changelist"), {"action": "redrive", "_selected_action": [str(dead["first"].pk)]}
        )
        assert Item.objects.get(pk=dead["first"].pk).state == ItemState.DEAD


def test_a_draft_is_written_as_people_write(page):
    workflow = Workflow.objects.create(name="w", draft={"nodes": [{**tag("x"), "name": "وسم"}]})

    shown = body(page.get(url("workflow_workflow_change", workflow.pk)))

    assert json.dumps("وسم", ensure_ascii=False).replace('"', "&quot;") in shown
