"""The ways to wait: durations, moments, slots, dates, events with correlation, look-back and time-out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from events.queue.models import Item
from tenants.scope import public_scope
from workflow.graph import DocumentError
from workflow.models import ActionExecution, EventWait, WorkflowExecution
from workflow.services.cleanup import drain_versions
from workflow.tests.test_nodes import edge, line, tag

PORTS = ("next", "timeout", "error")


def waiting(engine, *, ports=PORTS, **config):
    return engine.workflow(
        nodes=[{"id": "rest", "type": "wait", "config": config}, *(tag(f"on_{p}") for p in ports)],
        edges=[edge("rest", f"on_{p}", p) for p in ports],
    )


def until() -> datetime:
    return datetime.fromisoformat(ActionExecution.objects.get(node="rest").output["until"])


class TestTime:
    def test_a_moment(self, engine):
        waiting(engine, until="{{ event.data.at }}")
        engine.run(engine.contact(), at="2099-03-21T10:00:00+03:30")

        assert until() == datetime(2099, 3, 21, 6, 30, tzinfo=UTC)

    def test_a_moment_without_an_offset_is_in_the_contacts_zone(self, engine):
        waiting(engine, until="2099-03-21 10:00")
        amina = engine.contact()
        engine.change(amina, timezone="Asia/Tehran")
        engine.run(amina)

        assert until() == datetime(2099, 3, 21, 6, 30, tzinfo=UTC)

    @pytest.mark.parametrize(("zone", "hour"), [("Africa/Algiers", 9), ("Asia/Tehran", 6.5), ("", None)])
    def test_a_slot_is_in_the_contacts_zone_else_the_tenants(self, engine, zone, hour):
        waiting(engine, slot={"at": "10:00", "weekdays": ["sun", "mon", "tue", "wed", "thu"]})
        amina = engine.contact()
        if zone:
            engine.change(amina, timezone=zone)
        engine.run(amina)

        moment = until()
        assert moment > datetime.now(UTC)
        assert moment.weekday() not in ((4, 5) if zone else (7,))
        if hour is not None:
            assert moment.hour + moment.minute / 60 == hour

    @pytest.mark.parametrize(
        ("offset", "expected"),
        [
            ({}, datetime(2099, 5, 9, 23, tzinfo=UTC)),
            ({"days": 2, "direction": "before", "at": "09:00"}, datetime(2099, 5, 8, 8, tzinfo=UTC)),
            ({"hours": 3}, datetime(2099, 5, 10, 2, tzinfo=UTC)),
        ],
    )
    def test_a_date_field_and_an_offset(self, engine, offset, expected):
        waiting(engine, date={"field": "event.data.appointment", "offset": offset})
        amina = engine.contact()
        engine.change(amina, timezone="Africa/Algiers")
        engine.run(amina, appointment="2099-05-10")

        assert until() == expected

    @pytest.mark.parametrize(("value", "words"), [(None, "no date in"), ("soon", "soon")])
    def test_no_date_is_an_error(self, engine, value, words):
        waiting(engine, date={"field": "event.data.appointment"})
        amina = engine.contact()
        engine.run(amina, appointment=value)

        assert engine.user(amina)["tags"] == ["on_error"]
        assert words in ActionExecution.objects.get(node="rest").error

    def test_a_moment_that_has_passed_is_over_at_once(self, engine):
        waiting(engine, until="2020-01-01")
        amina = engine.contact()
        engine.run(amina)

        assert engine.user(amina)["tags"] == ["on_next"]

    @pytest.mark.parametrize(
        "config",
        [
            {},
            {"minutes": 1, "until": "2099-01-01"},
            {"slot": {"at": "10:00"}, "hours": 1},
            {"minutes": 1, "matching": line("event.type", "X")},
            {"slot": {"at": "25:00"}},
            {"event": {"event_type": "X"}},
            {"days": 400},
        ],
    )
    def test_what_is_wrong_is_told(self, engine, config):
        with pytest.raises(DocumentError):
            waiting(engine, **config)


ORDER = {"event_type": "TAG_ADDED", "timeout": "2h"}


class TestEvent:
    def outcome(self, engine, contact) -> list[str]:
        return [t for t in engine.user(contact)["tags"] if t.startswith("on_")]

    # matching, what is tagged while waiting, whether it wakes
    @pytest.mark.parametrize(
        ("matching", "happens", "wakes"),
        [
            ({}, ["x"], True),
            (line("event.data.tag", "طلب"), ["طلب"], True),
            (line("event.data.tag", "طلب"), ["x"], False),
            (line("event.data.tag", "طلب"), ["x", "y", "طلب"], True),
            (line("event.data.tag", 3, "greater"), ["x"], False),  # what cannot be decided is not it
            ({}, [], False),
        ],
    )
    def test_it_wakes_or_times_out(self, engine, matching, happens, wakes):
        waiting(engine, event=ORDER, **({"matching": matching} if matching else {}))
        amina = engine.contact()
        execution = engine.run(amina)
        for name in happens:
            engine.tag(amina, name)
            engine.work()

        assert self.outcome(engine, amina) == (["on_next"] if wakes else [])
        assert EventWait.objects.exists() is not wakes
        engine.let_time_pass()
        engine.work()
        assert self.outcome(engine, amina) == ["on_next" if wakes else "on_timeout"]
        execution.refresh_from_db()
        assert execution.outputs["rest"]["outcome"] == ("event" if wakes else "timeout")
        assert not EventWait.objects.exists()

    def test_the_event_is_its_output(self, engine):
        waiting(engine, event=ORDER)
        amina = engine.contact()
        execution = engine.run(amina)
        engine.tag(amina, "طلب")
        engine.work()

        execution.refresh_from_db()
        assert execution.outputs["rest"]["event"]["data"]["tag"] == "طلب"

    def test_its_timer_is_withdrawn(self, engine):
        waiting(engine, event=ORDER, ports=())
        amina = engine.contact()
        engine.run(amina)
        engine.tag(amina, "x")
        engine.work()

        with public_scope():
            assert not Item.objects.filter(kind="workflow.step").exists()

    def test_another_contacts_event_does_not_wake(self, engine):
        waiting(engine, event=ORDER)
        amina, badr = engine.contact(), engine.contact()
        engine.run(amina)
        engine.tag(badr, "x")
        engine.work()

        assert WorkflowExecution.objects.filter(state="waiting").count() == 1

    def test_a_key_ties_events_of_anyone(self, engine):
        by = {"field": "event.data.order_id", "value": "{{ event.data.order_id }}"}
        waiting(engine, event={"event_type": "NOTE_ADDED", "timeout": "2h", "by": by})
        amina = engine.contact()
        engine.run(amina, order_id="A-7")

        engine.happen(None, "NOTE_ADDED", order_id="A-8")
        engine.work()
        assert self.outcome(engine, amina) == []
        engine.happen(None, "NOTE_ADDED", order_id="A-7")
        engine.work()
        assert self.outcome(engine, amina) == ["on_next"]

    @pytest.mark.parametrize(("look_back", "wakes"), [(None, False), ("1h", True), ("10 minutes", False)])
    def test_look_back(self, engine, look_back, wakes):
        from events.models import Event

        amina = engine.contact("x")
        Event.objects.filter(type="TAG_ADDED").update(recorded_at=datetime.now(UTC) - timedelta(minutes=30))
        waiting(engine, event={**ORDER, **({"look_back": look_back} if look_back else {})})
        engine.run(amina)

        assert self.outcome(engine, amina) == (["on_next"] if wakes else [])

    def test_what_came_before_the_wait_was_written_down_is_found(self, engine):
        """The event is recorded while nobody waits for it yet, after the step began: the look back finds it."""
        workflow = waiting(engine, event=ORDER)
        amina = engine.contact()
        event = engine.happen(amina)
        engine._drain.run_once()
        wait = EventWait.objects.get()
        engine.tag(amina, "x")
        EventWait.objects.filter(pk=wait.pk).delete()
        engine._drain.run_once()  # the tag's dispatch, or the look back, sees no row
        WorkflowExecution.objects.get(event_id=event.id, workflow=workflow)
        wait.save(force_insert=True)
        from django.db import transaction

        from events.queue.enqueue import NewItem, enqueue
        from workflow.engine.steps import LOOK_BACK, signal_lane

        with transaction.atomic():
            enqueue(NewItem(lane=signal_lane(wait.execution_id), kind=LOOK_BACK, ref=str(wait.step_id)))
        engine.work()

        assert self.outcome(engine, amina) == ["on_next"]

    def test_a_version_of_before_still_wakes(self, engine):
        from workflow.services.publishing import publish_draft

        workflow = waiting(engine, event=ORDER)
        amina = engine.contact()
        engine.run(amina)
        workflow.draft = {**workflow.draft, "nodes": [tag("a")], "edges": []}
        workflow.save()
        publish_draft(workflow, by="test")
        drain_versions()
        engine.tag(amina, "x")
        engine.work()

        assert self.outcome(engine, amina) == ["on_next"]
        assert drain_versions() == 1

    def test_without_a_contact_it_needs_a_key(self, engine):
        waiting(engine, event=ORDER)
        engine.run(None)

        step = ActionExecution.objects.get(node="rest")
        assert (step.state, "no contact, and no value" in step.error) == ("failed", True)
