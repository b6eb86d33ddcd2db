"""Admission: rules that meet, the order in which matches start, and what a crowd of them costs."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from workflow.models import Entry, TriggerEventLog, WorkflowExecution
from workflow.tests.test_parts import REST, noting


def results(contact) -> list[str]:
    """What became of the contact's events, in order."""
    from events.models import Event

    events = Event.objects.filter(contact_id=contact, type="MESSAGE_RECEIVED").values_list("id", flat=True)
    return list(
        TriggerEventLog.objects.filter(event_id__in=events)
        .order_by("event_id")
        .values_list("result", flat=True)
    )


def test_who_may_not_enter_again_takes_no_place_from_who_may(engine):
    workflow = engine.workflow(
        noting("n", "{{ event.data.n }}"), policy={"reentry": {"rule": "once"}, "limits": {"per_hour": 2}}
    )
    amina, badr, dalia = engine.contact(), engine.contact(), engine.contact()
    engine.run(amina, n=1)
    for contact in (amina, badr, dalia):
        engine.happen(contact, n=2)
    engine.work()

    assert (results(amina), results(badr), results(dalia)) == (["started", "reentry"], ["started"], ["limit"])
    assert Entry.objects.filter(workflow=workflow).count() == 2, (
        "who was over the limit may enter another time"
    )


def test_one_of_a_higher_priority_starts_first_whatever_its_rule(engine):
    for name, priority, rule in (("first", 9, "once"), ("second", 5, "every_time"), ("third", 1, "once")):
        trigger = {"event_type": "MESSAGE_RECEIVED", "priority": priority}
        engine.workflow(noting("n", name), triggers=[trigger], policy={"reentry": {"rule": rule}}, name=name)
    engine.happen(engine.contact())
    engine.work()

    assert engine.notes() == ["first", "second", "third"]


def test_once_and_interrupt_interrupt_nobody_for_one_that_does_not_enter(engine):
    engine.workflow({"id": "w", **REST}, policy={"reentry": {"rule": "once", "when_inside": "interrupt"}})
    amina = engine.contact()
    first = engine.run(amina)
    engine.happen(amina)
    engine.work()

    first.refresh_from_db()
    assert (first.state, results(amina)) == ("waiting", ["started", "reentry"])


def test_many_that_may_not_enter_again_are_asked_for_together(engine):
    engine.workflow(noting("n", "x"), policy={"reentry": {"rule": "once"}})
    people = [engine.contact() for _ in range(20)]
    for contact in people:
        engine.happen(contact)
    engine.work()
    for contact in people:
        engine.happen(contact)

    with CaptureQueriesContext(connection) as queries:
        engine._drain.run_once()

    assert WorkflowExecution.objects.count() == 20
    assert sum("workflow_entry" in query["sql"] for query in queries) == 2, (
        "to enter, and when they did so last"
    )


def test_children_count_for_no_limit(engine):
    engine.workflow(
        nodes=[
            {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
            noting("n", "{{ event.data.n }}"),
        ],
        edges=[{"source": "each", "target": "n", "port": "each"}],
        policy={"limits": {"per_contact_per_hour": 2, "per_hour": 2}},
    )
    amina = engine.contact()
    for number in range(3):
        engine.happen(amina, n=number, items=[1, 2, 3])
        engine.work()

    assert results(amina) == ["started", "started", "limit"]
    assert len(engine.notes()) == 6
