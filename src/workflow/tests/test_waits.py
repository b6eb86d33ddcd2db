"""Waits: an execution rests as one timer and goes on when it rings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from workflow.actions.wait import WaitConfig
from workflow.models import ActionExecution
from workflow.services.cancelling import AlreadyEndedError, cancel_execution
from workflow.tests.conftest import states

TAG = {"id": "after", "action": "add_tag", "config": {"tag": "after"}}


@pytest.mark.parametrize(
    ("config", "seconds"),
    [
        ({"days": 1}, 86_400),
        ({"hours": 2}, 7_200),
        ({"minutes": 10}, 600),
        ({"seconds": 30}, 30),
        ({"days": 1, "hours": 1, "minutes": 1, "seconds": 1}, 90_061),
        ({"hours": 0.5}, 1_800),
        ({"minutes": "{{ event.data.minutes }}"}, 240),
    ],
)
def test_every_part_counts(engine, config, seconds):
    engine.workflow({"id": "pause", "action": "wait", "config": config}, TAG)

    execution = engine.run(engine.contact(), minutes=4)

    assert (execution.state, execution.node) == ("waiting", "pause")
    assert engine.next_run_in() == pytest.approx(seconds, abs=5)
    engine.let_time_pass()
    engine.work()
    execution.refresh_from_db()
    assert execution.state == "completed"
    assert states(execution) == [("pause", "completed"), ("after", "completed")]


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"minutes": 0},
        {"days": 367},
        {"hours": -1},
        {"hours": 1e300},
        {"days": float("inf")},
        {"seconds": float("nan")},
    ],
)
def test_a_wait_is_some_time_and_at_most_a_year(config):
    with pytest.raises(ValidationError):
        WaitConfig.model_validate(config)


def test_the_longest_wait():
    assert WaitConfig(days=366).duration == timedelta(days=366)


def test_nothing_happens_before_the_time(engine):
    engine.workflow({"action": "wait", "config": {"hours": 1}}, TAG)

    amina = engine.contact()
    execution = engine.run(amina)
    engine.work()

    assert execution.steps.count() == 1
    assert engine.user(amina)["tags"] == []


def test_the_contact_is_read_anew_after_the_wait(engine):
    engine.workflow(
        {"action": "wait", "config": {"hours": 1}},
        {"action": "add_tag", "config": {"tag": "{{ user.name }}"}},
    )
    amina = engine.contact()
    engine.run(amina)

    engine.rename(amina, "نام تازه")
    engine.let_time_pass()
    engine.work()

    assert engine.user(amina)["tags"] == ["نام تازه"]


def test_a_cycle_with_a_wait_goes_round(engine):
    nodes = [TAG, {"id": "pause", "action": "wait", "config": {"hours": 1}}]
    engine.workflow(
        nodes=nodes, edges=[{"source": "after", "target": "pause"}, {"source": "pause", "target": "after"}]
    )

    execution = engine.run(engine.contact())
    for _ in range(2):
        engine.let_time_pass()
        engine.work()

    assert [node for node, _ in states(execution)] == ["after", "pause"] * 3


def test_a_cancelled_execution_is_not_woken(engine):
    engine.workflow({"action": "wait", "config": {"hours": 1}}, TAG)
    amina = engine.contact()
    execution = engine.run(amina)

    cancelled = cancel_execution(execution.id, by="member:1")
    engine.let_time_pass()
    engine.work()

    execution.refresh_from_db()
    assert (execution.state, execution.error) == ("cancelled", "cancelled by member:1")
    assert cancelled.ended_at == execution.ended_at
    assert ActionExecution.objects.get().state == "cancelled"
    assert engine.user(amina)["tags"] == []
    with pytest.raises(AlreadyEndedError):
        cancel_execution(execution.id, by="member:1")
