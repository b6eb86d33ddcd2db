"""Re-entry, exits, goals and limits: tables of who may start and who must leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from events.models import Event
from workflow.graph import DocumentError
from workflow.models import (
    ActionExecution,
    EngineSettings,
    Entry,
    ExecutionState,
    TriggerEventLog,
    Workflow,
    WorkflowExecution,
)
from workflow.services.cleanup import drain_versions
from workflow.services.publishing import activate, publish_draft
from workflow.services.touching import touch
from workflow.tests.test_nodes import line, tag

REST = {"action": "wait", "config": {"hours": 1}}
NOTE = {"action": "add_note", "config": {"text": "{{ event.data.n }}"}}


def reentry(**rule) -> dict:
    return {"reentry": rule}


def results(workflow: Workflow | None = None) -> list[str]:
    logs = TriggerEventLog.objects.order_by("id")
    return [log.result for log in (logs.filter(workflow=workflow) if workflow else logs)]


def long_ago(days: float) -> None:
    Entry.objects.update(entered_at=F("entered_at") - timedelta(days=days))


class TestReentry:
    # rule, then the events as (days since the one before, key), and which of them start
    TABLE = [
        ({}, [(0, "a"), (0, "a"), (0, "a")], "111"),
        ({"rule": "once"}, [(0, "a"), (0, "b"), (400, "a")], "100"),
        ({"rule": "after_days", "days": 7}, [(0, "a"), (0, "a"), (6.9, "a"), (0.2, "a"), (0, "a")], "10010"),
        ({"rule": "after_days", "days": 0.5}, [(0, "a"), (0.6, "a"), (0.4, "a")], "110"),
        (
            {"rule": "once_per_key", "key": "event.data.order"},
            [(0, "a"), (0, "b"), (0, "a"), (99, "b")],
            "1100",
        ),
        ({"rule": "once_per_key", "key": "event.data.order"}, [(0, "كتاب"), (0, 7), (0, "7")], "110"),
        ({"rule": "once_per_key", "key": "event.data.order"}, [(0, None), (0, ""), (0, ["a"])], "000"),
        ({"rule": "once_per_key", "key": "user.name"}, [(0, "a"), (0, "b")], "10"),
    ]

    @pytest.mark.parametrize(("rule", "events", "starts"), TABLE)
    @pytest.mark.parametrize("together", [False, True])
    def test_table(self, engine, rule, events, starts, together):
        engine.workflow(NOTE, policy=reentry(**rule))
        amina = engine.contact()
        for number, (days, key) in enumerate(events):
            long_ago(days)
            engine.happen(amina, order=key, n=number)
            if not together or any(d for d, _ in events):
                engine.work()
        engine.work()

        started = WorkflowExecution.objects.values_list("event_id", flat=True)
        order = list(
            Event.objects.filter(type="MESSAGE_RECEIVED").order_by("id").values_list("id", flat=True)
        )
        assert "".join("1" if event in started else "0" for event in order) == starts
        assert results().count("started") == starts.count("1")
        assert results().count("reentry") == starts.count("0")

    def test_it_is_asked_for_each_contact(self, engine):
        engine.workflow(NOTE, policy=reentry(rule="once"))

        for contact in (engine.contact(), engine.contact()):
            engine.run(contact)

        assert results() == ["started", "started"]

    def test_it_outlives_the_clean_up(self, engine):
        engine.workflow(NOTE, policy=reentry(rule="once"))
        amina = engine.contact()
        engine.run(amina)
        ActionExecution.objects.all().delete()
        WorkflowExecution.objects.all().delete()

        engine.happen(amina)
        engine.work()

        assert not WorkflowExecution.objects.exists()

    def test_the_log_says_what_blocked(self, engine):
        engine.workflow(NOTE, policy=reentry(rule="after_days", days=7))
        amina = engine.contact()
        engine.run(amina)
        engine.happen(amina)
        engine.work()

        detail = TriggerEventLog.objects.get(result="reentry").detail
        assert (detail["rule"], detail["days"]) == ("after_days", 7)
        assert detail["last_entered_at"]

    @pytest.mark.parametrize(
        ("when_inside", "states"),
        [
            ("start", ["waiting", "waiting"]),
            ("skip", ["waiting"]),
            ("interrupt", ["exited", "waiting"]),
        ],
    )
    @pytest.mark.parametrize("together", [False, True])
    def test_while_inside(self, engine, when_inside, states, together):
        engine.workflow(REST, NOTE, policy=reentry(when_inside=when_inside))
        amina = engine.contact()
        engine.happen(amina, n=1)
        if not together:
            engine.work()
        engine.happen(amina, n=2)
        engine.run(engine.contact(), n=3)

        rows = WorkflowExecution.objects.filter(contact_id=amina).order_by("id")
        assert [row.state for row in rows] == states
        if when_inside == "interrupt":
            assert rows[0].exit_reason == "interrupted"
        if when_inside == "skip":
            assert TriggerEventLog.objects.get(result="inside").detail == {"execution": str(rows[0].id)}
        engine.let_time_pass()
        engine.work()
        assert engine.notes().count("1") == (0 if when_inside == "interrupt" else 1)

    @pytest.mark.parametrize("when_inside", ["skip", "interrupt"])
    def test_who_has_left_may_enter(self, engine, when_inside):
        engine.workflow(NOTE, policy=reentry(when_inside=when_inside))
        amina = engine.contact()
        engine.happen(amina, n=1)
        engine.happen(amina, n=2)
        engine.work()

        assert sorted(engine.notes()) == ["1", "2"]

    @pytest.mark.parametrize(
        ("rule", "words"),
        [
            ({"rule": "after_days"}, "'days' goes with"),
            ({"days": 3}, "'days' goes with"),
            ({"rule": "once_per_key"}, "'key' goes with"),
            ({"rule": "once_per_key", "key": "event..x"}, "empty step"),
            ({"rule": "twice"}, "Input should be"),
        ],
    )
    def test_what_is_wrong_is_told(self, engine, rule, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(NOTE, policy=reentry(**rule))


class TestExits:
    PAID = {"event_type": "TAG_ADDED", "predicate": line("event.data.tag", "paid")}

    # exits, what happens, (state, exit_reason, converted)
    TABLE = [
        ({"goal": PAID}, "paid", ("exited", "goal", True)),
        ({"goal": {**PAID, "exit": False}}, "paid", ("waiting", "", True)),
        ({"goal": PAID}, "other", ("waiting", "", False)),
        ({"events": [PAID]}, "paid", ("exited", "event", False)),
        ({"events": [PAID], "goal": {**PAID, "exit": False}}, "paid", ("exited", "event", True)),
        ({}, "paid", ("waiting", "", False)),
    ]

    @pytest.mark.parametrize(("exits", "happens", "after"), TABLE)
    def test_table(self, engine, exits, happens, after):
        engine.workflow(REST, NOTE, policy={"exits": exits})
        amina, badr = engine.contact(), engine.contact()
        mine, other = engine.run(amina), engine.run(badr)

        engine.tag(amina, happens)
        engine.work()

        mine.refresh_from_db()
        other.refresh_from_db()
        assert (mine.state, mine.exit_reason, mine.converted_at is not None) == after
        assert (other.state, other.converted_at) == ("waiting", None)

    def test_a_goal_that_is_reached_while_a_call_is_in_the_air_stays_reached(self, engine, httpserver):
        httpserver.expect_request("/slow").respond_with_json({})
        call = {"action": "webhook", "config": {"url": httpserver.url_for("/slow")}}
        engine.workflow(call, REST, policy={"exits": {"goal": {**self.PAID, "exit": False}}})
        amina = engine.contact()
        event = engine.happen(amina)
        engine.drain()
        engine._pump.run_once(wait_s=0)  # read and called, its answer not yet recorded
        engine.tag(amina, "paid")
        engine.drain()
        engine.work()

        assert WorkflowExecution.objects.get(event_id=event.id).converted_at is not None

    @pytest.mark.parametrize(
        ("goal", "days_later", "converts"),
        [({}, 29, True), ({}, 31, False), ({"within_days": 2}, 1, True), ({"within_days": 2}, 3, False)],
    )
    def test_a_goal_counts_for_some_days_when_the_execution_has_ended(
        self, engine, goal, days_later, converts
    ):
        arms = [{"port": "a", "share": 1e-6}, {"port": "rest", "share": 1_000_000, "hold_out": True}]
        engine.workflow(
            nodes=[{"id": "deal", "type": "split", "config": {"arms": arms}}, tag("a")],
            edges=[{"source": "deal", "target": "a", "port": "a"}],
            policy={"exits": {"goal": {**self.PAID, **goal}, "events": [self.PAID]}},
        )
        amina, badr = engine.contact(), engine.contact()
        held_out, other = engine.run(amina), engine.run(badr)
        WorkflowExecution.objects.update(started_at=F("started_at") - timedelta(days=days_later))

        engine.tag(amina, "other")
        engine.tag(amina, "paid")
        engine.work()

        held_out.refresh_from_db()
        other.refresh_from_db()
        assert (held_out.converted_at is not None) is converts
        assert (held_out.state, held_out.exit_reason, other.converted_at) == ("exited", "hold_out", None)

    def test_the_event_that_starts_it_does_not_end_it(self, engine):
        engine.workflow(REST, policy={"exits": {"events": [{"event_type": "MESSAGE_RECEIVED"}]}})
        amina = engine.contact()

        first = engine.run(amina)
        second = engine.run(amina)

        first.refresh_from_db()
        assert (first.state, second.state) == ("exited", "waiting")

    def test_versions_of_before_keep_their_exits(self, engine):
        workflow = engine.workflow(REST, policy={"exits": {"events": [self.PAID]}})
        amina = engine.contact()
        execution = engine.run(amina)
        workflow.draft = {**workflow.draft, "policy": {}}
        workflow.save()

        publish_draft(workflow, by="test")
        engine.tag(amina, "paid")
        engine.work()

        execution.refresh_from_db()
        assert execution.state == "exited"

    @pytest.mark.parametrize(("still", "state"), [(True, "completed"), (False, "exited")])
    def test_who_no_longer_matches_leaves_after_the_wait(self, engine, still, state):
        unless = line("user.tags", "interested", "contains")
        engine.workflow(REST, NOTE, policy={"exits": {"unless": unless}})
        amina = engine.contact("interested")
        execution = engine.run(amina, n=1)
        if not still:
            engine.untag(amina, "interested")
        engine.let_time_pass()
        engine.work()

        execution.refresh_from_db()
        assert (execution.state, execution.exit_reason) == (state, "" if still else "no_longer_matches")

    def test_leaving_takes_branches_and_their_timers_along(self, engine):
        engine.workflow(
            nodes=[
                {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
                {"id": "a", **REST},
                {"id": "b", **REST},
                tag("late"),
            ],
            edges=[
                {"source": "fork", "target": "a", "port": "a"},
                {"source": "fork", "target": "b", "port": "b"},
                {"source": "a", "target": "late"},
            ],
            policy={"exits": {"events": [self.PAID]}},
        )
        amina = engine.contact()
        engine.happen(amina)
        engine.work()
        engine.tag(amina, "paid")
        engine.work()
        engine.let_time_pass()
        engine.work()

        assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"exited"}
        assert engine.user(amina)["tags"] == ["paid"]

    @pytest.mark.parametrize(
        ("exits", "words"),
        [
            ({"goal": {"event_type": "NOTHING"}}, "no event type 'NOTHING'"),
            ({"signals": ["bored"]}, "no exit signal 'bored'"),
            ({"unless": {"field": "user.nmae", "op": "is_null"}}, "user.nmae"),
        ],
    )
    def test_what_is_wrong_is_told(self, engine, exits, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(NOTE, policy={"exits": exits})


class TestLimits:
    @pytest.mark.parametrize(
        ("limits", "tenant", "starts"),
        [
            ({}, {}, "1111"),
            ({"per_hour": 2}, {}, "1100"),
            ({"per_contact_per_hour": 1}, {}, "1100"),  # two contacts in turn
            ({}, {"executions_per_hour": 3}, "1110"),
            ({}, {"contact_executions_per_hour": 1}, "1100"),
        ],
    )
    @pytest.mark.parametrize("together", [False, True])
    def test_table(self, engine, limits, tenant, starts, together):
        EngineSettings.objects.create(**tenant)
        touch()
        engine.workflow(NOTE, policy={"limits": limits})
        amina, badr = engine.contact(), engine.contact()
        for contact in (amina, badr, amina, badr):
            engine.happen(contact)
            if not together:
                engine.work()
        engine.work()

        assert sorted(results()) == sorted(["started"] * starts.count("1") + ["limit"] * starts.count("0"))
        if "0" in starts:
            assert TriggerEventLog.objects.filter(result="limit").first().detail["at_most"] in (1, 2, 3)

    def test_an_hour_later_it_starts_again(self, engine):
        engine.workflow(NOTE, policy={"limits": {"per_hour": 1}})
        engine.run(engine.contact())
        with connection.cursor() as cursor:  # ids tell the time: this one began long ago
            cursor.execute("DELETE FROM workflow_actionexecution")
            cursor.execute(
                "UPDATE workflow_workflowexecution SET id = '01900000-0000-7000-8000-000000000000'"
            )
        engine.run(engine.contact())

        assert results() == ["started", "started"]


class TestConflicts:
    def test_priority_then_specificity_and_who_stops_others(self, engine):
        def made(name, **trigger):
            spec = {"event_type": "MESSAGE_RECEIVED", **trigger}
            return engine.workflow(
                {"action": "add_note", "config": {"text": name}}, triggers=[spec], name=name
            )

        last = made("last", priority=-1)
        general = made("general")
        special = made("special", predicate=line("event.data.content", "سلام", "contains"), stop_others=True)
        urgent = made("urgent", priority=5)
        engine.happen(engine.contact(), content="سلام عليكم")
        engine.work()

        assert engine.notes() == ["urgent", "special"]
        assert results(urgent) == results(special) == ["started"]
        for stopped in (general, last):
            log = TriggerEventLog.objects.get(workflow=stopped)
            assert (log.result, log.detail["name"]) == ("stopped", "special")

    def test_who_does_not_match_stops_nobody(self, engine):
        no = line("event.data.content", "x")
        engine.workflow(
            NOTE, triggers=[{"event_type": "MESSAGE_RECEIVED", "predicate": no, "stop_others": True}]
        )
        engine.workflow(NOTE)
        engine.run(engine.contact())

        assert results() == ["started"]


class TestFailing:
    BAD = {"action": "add_tag", "config": {"tag": "{{ event.data.nothing }}"}}

    def paused(self, engine, failing: int, well: int, *, policy: dict | None = None) -> Workflow:
        limits = policy or {"pause_when_failing": {"share": 0.5, "at_least": 4}}
        workflow = engine.workflow(self.BAD, policy={"limits": limits})
        for number in range(failing + well):
            engine.happen(engine.contact(), nothing="x" if number < well else "")
        engine.work()
        engine.let_time_pass()
        engine.work()
        workflow.refresh_from_db()
        return workflow

    @pytest.mark.parametrize(
        ("failing", "well", "status"),
        [(4, 0, "paused"), (2, 2, "paused"), (2, 3, "active"), (3, 0, "active")],
    )
    def test_too_many_failed_contacts_pause_it(self, engine, failing, well, status):
        workflow = self.paused(engine, failing, well)

        assert workflow.status == status
        assert (f"failed for {failing} of {failing + well} contacts" in workflow.paused_reason) is (
            status == "paused"
        )
        assert Event.objects.filter(type="WORKFLOW_PAUSED").exists() is (status == "paused")

    def test_one_contact_that_fails_again_and_again_is_one(self, engine):
        workflow = engine.workflow(
            self.BAD, policy={"limits": {"pause_when_failing": {"share": 0.5, "at_least": 2}}}
        )
        amina = engine.contact()
        for _ in range(5):
            engine.happen(amina)
        engine.work()
        engine.let_time_pass()
        engine.work()

        workflow.refresh_from_db()
        assert workflow.status == "active"

    def test_it_can_be_told_not_to(self, engine):
        assert self.paused(engine, 60, 0, policy={"pause_when_failing": None}).status == "active"

    def test_switching_it_on_again_forgets_the_failures(self, engine):
        workflow = self.paused(engine, 4, 0)
        activate(workflow)
        engine.happen(engine.contact())
        engine.work()
        engine.let_time_pass()
        engine.work()

        workflow.refresh_from_db()
        assert (workflow.status, workflow.paused_reason) == ("active", "")

    def test_a_node_that_fails_is_named_though_its_error_port_catches_it(self, engine):
        workflow = engine.workflow(
            nodes=[{"id": "bad", **self.BAD}, tag("sorry")],
            edges=[{"source": "bad", "target": "sorry", "port": "error"}],
            policy={"limits": {"pause_when_failing": {"share": 1, "at_least": 2}}},
        )
        for _ in range(3):
            engine.run(engine.contact())
        engine.let_time_pass()
        engine.work()

        workflow.refresh_from_db()
        assert workflow.status == "paused"
        assert "Node 'bad' failed for 3 of 3 contacts" in workflow.paused_reason

    def test_failures_are_told_to_the_error_workflow(self, engine):
        engine.workflow(
            {"action": "add_note", "config": {"text": "{{ event.data.name }}: {{ event.data.node }}"}},
            on="WORKFLOW_EXECUTION_FAILED",
        )
        engine.workflow(self.BAD, name="كوبون")
        engine.run(engine.contact())

        assert engine.notes() == ["كوبون: step_1"]
        assert WorkflowExecution.objects.filter(state=ExecutionState.FAILED).count() == 1

    def test_an_error_workflow_that_fails_does_not_go_on_for_ever(self, engine):
        engine.workflow(self.BAD, on="WORKFLOW_EXECUTION_FAILED")
        engine.workflow(self.BAD)
        engine.run(engine.contact())

        assert WorkflowExecution.objects.count() <= 12
        assert "too_deep" in results()


def test_a_version_whose_goal_can_be_reached_is_not_drained(engine):
    goal = {"event_type": "TAG_ADDED", "within_days": 3}
    workflow = engine.workflow(NOTE, policy={"exits": {"goal": goal}})
    engine.run(engine.contact(), n=1)
    workflow.draft = {**workflow.draft, "policy": {}}
    workflow.save()
    publish_draft(workflow, by="test")

    assert drain_versions() == 0
    WorkflowExecution.objects.update(converted_at=F("started_at"))
    assert drain_versions() == 1
