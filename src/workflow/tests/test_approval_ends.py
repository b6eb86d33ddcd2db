"""Approvals: their deadline, their links, and the ends that an execution comes to meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from accounts.models import Membership, User
from accounts.notifications.models import Notification
from events.models import Event
from events.queue.enqueue import withdraw
from workflow.engine import steps
from workflow.handlers.giving_up import give_up
from workflow.models import ActionExecution, ActionState, Approval, ApprovalState, WorkflowExecution
from workflow.services.approvals import (
    ASK,
    DECIDED,
    AlreadyAskedError,
    AlreadyVotedError,
    ApprovalEndedError,
    NotAskedError,
    Say,
    UnknownTokenError,
    reassign,
    vote_as,
    vote_with_token,
)
from workflow.services.cancelling import cancel_execution
from workflow.services.requeueing import requeue_step
from workflow.services.retrying import retry_execution
from workflow.tests.asking import (
    NO,
    YES,
    after,
    facts,
    graph,
    managers,
    principal,
    queued,
    token_of,
    vote,
)
from workflow.tests.test_nodes import edge, tag


@pytest.fixture
def team(demo) -> list[User]:
    """Four managers of demo."""
    return managers()


# -- the deadline ------------------------------------------------------------------------------------------------------


def test_after_the_deadline_it_expires(engine, team):
    engine.workflow(**graph(approvers=[user.email for user in team[:2]], quorum=2, deadline={"hours": 2}))
    amina = engine.contact()
    execution = engine.run(amina)
    assert engine.next_run_in() == pytest.approx(7_200, abs=5)
    approval = Approval.objects.get()
    assert execution.steps.get().output["until"] == approval.deadline.isoformat()
    vote(team[0], Say(approved=True, comment="من طرفي نعم"))

    engine.let_time_pass()
    assert after(engine, amina) == ["expired"]

    approval.refresh_from_db()
    assert (approval.state, approval.decided_at is not None) == ("expired", True)
    output = execution.steps.get(node="ask").output
    assert (output["state"], [who["name"] for who in output["approved_by"]]) == ("expired", ["سارة"])
    with pytest.raises(ApprovalEndedError):
        vote(team[1], YES)
    assert Event.objects.get(type="APPROVAL_DECIDED").data["state"] == "expired"


def test_a_decision_takes_the_timer_out_of_the_queue(engine, team):
    engine.workflow(**graph(approvers=[team[0].email], deadline="3 days"))
    execution = engine.run(engine.contact())
    assert queued() == [steps.STEP]

    vote(team[0], YES)
    assert queued() == [DECIDED]
    engine.work()

    assert queued() == []
    assert execution.steps.get(node="ask").port == "approved"


def test_past_the_deadline_nobody_votes_even_before_its_timer_rings(engine, team):
    engine.workflow(**graph(approvers=[team[0].email], deadline="1h"))
    engine.run(engine.contact())
    Approval.objects.update(deadline=datetime.now(UTC) - timedelta(seconds=1))
    before = facts()

    with pytest.raises(ApprovalEndedError) as refused:
        vote(team[0], YES)

    assert refused.value.state == ApprovalState.EXPIRED
    assert facts() == before


def test_a_deadline_that_rings_after_the_decision_goes_by_the_decision(engine, team):
    """The timer had been taken from the queue already when the vote came."""
    engine.workflow(**graph(approvers=[team[0].email], deadline="1h"))
    amina = engine.contact()
    execution = engine.run(amina)
    vote(team[0], NO)
    withdraw(f"{DECIDED}:{execution.steps.get().id}")
    Approval.objects.update(state="pending")
    with transaction.atomic():
        requeue_step(execution.steps.get().id)
    Approval.objects.update(state="rejected")
    engine.let_time_pass()

    assert after(engine, amina) == ["rejected"]
    assert Event.objects.filter(type="APPROVAL_DECIDED").count() == 1


# -- tokens and people -------------------------------------------------------------------------------------------------


def test_a_token_decides_once(engine, team):
    engine.workflow(**graph(approvers=[user.email for user in team[:3]], quorum=2))
    engine.run(engine.contact())
    vote(team[0], YES)
    before = facts()

    with pytest.raises(AlreadyVotedError):
        vote(team[0], NO)
    with pytest.raises(UnknownTokenError):
        vote_with_token("AAAA", YES)

    assert facts() == before


def test_who_left_the_tenant_has_no_vote(engine, team):
    engine.workflow(**graph(approvers=[team[0].email]))
    engine.run(engine.contact())
    Membership.objects.filter(user=team[0]).delete()
    before = facts()

    with pytest.raises(NotAskedError):
        vote(team[0], YES)

    assert facts() == before


def test_a_member_who_is_not_asked_is_refused(engine, team, bob):
    engine.workflow(**graph(approvers=[team[0].email]))
    engine.run(engine.contact())
    approval, before = Approval.objects.get(), facts()

    with pytest.raises(NotAskedError), transaction.atomic():
        vote_as(principal(bob, "workflow:write"), approval.id, YES)

    assert facts() == before


def test_an_administrator_takes_the_place_of_one_who_has_not_voted(engine, team, alice):
    engine.workflow(**graph(approvers=[user.email for user in team[:3]], quorum=2))
    amina = engine.contact()
    engine.run(amina)
    approval = Approval.objects.get()
    vote(team[0], YES)
    stolen = token_of(team[1])

    with transaction.atomic():
        vote_as(principal(alice, "admin:all"), approval.id, NO)
    assert after(engine, amina) == []  # the quorum can still be reached
    with pytest.raises(UnknownTokenError), transaction.atomic():
        vote_with_token(stolen, YES)
    with pytest.raises(AlreadyVotedError), transaction.atomic():
        vote_as(principal(alice, "admin:all"), approval.id, YES)

    mine = approval.votes.get(user_id=alice.id)
    assert (mine.reassigned_from, mine.approved) == (team[1].id, False)
    assert approval.votes.count() == 3
    vote(team[2], YES)
    assert after(engine, amina) == ["approved"]


def test_passing_a_vote_on(engine, team):
    sara, reza, nadia, _ = team
    engine.workflow(**graph(approvers=[sara.email, nadia.email], quorum=2))
    amina = engine.contact()
    engine.run(amina)
    approval, old = Approval.objects.get(), token_of(sara)

    with transaction.atomic():
        reassign(principal(sara), approval.id, giver="", taker=reza.email)

    passed = approval.votes.get(user_id=reza.id)
    assert passed.reassigned_from == sara.id
    assert not approval.votes.filter(user_id=sara.id).exists()
    with pytest.raises(UnknownTokenError), transaction.atomic():
        vote_with_token(old, YES)
    assert Notification.objects.filter(recipient_id=reza.id).count() == 1
    vote(reza, YES)
    vote(nadia, YES)
    assert after(engine, amina) == ["approved"]


@pytest.mark.parametrize(
    ("who", "right", "giver", "taker", "error"),
    [
        ("m3", "workflow:write", "m0@demo.example", "m3@demo.example", NotAskedError),
        ("m3", "workflow:write", "", "m3@demo.example", NotAskedError),
        ("m1", "workflow:write", "m0@demo.example", "m3@demo.example", NotAskedError),
        ("m1", "workflow:write", "m9@demo.example", "m3@demo.example", NotAskedError),
        ("m1", "workflow:write", "", "m0@demo.example", AlreadyAskedError),
        ("m1", "workflow:write", "", "m1@demo.example", AlreadyAskedError),
        ("m2", "workflow:write", "", "m3@demo.example", AlreadyVotedError),
        ("m3", "admin:all", "m2@demo.example", "m3@demo.example", AlreadyVotedError),
        ("m3", "admin:all", "", "m3@demo.example", NotAskedError),
        ("m3", "admin:all", "m0@demo.example", "m3@demo.example", None),
        ("m3", "admin:all", "M0@Demo.example ", "m3@demo.example", None),
    ],
)
def test_who_may_pass_which_vote_to_whom(engine, team, who, right, giver, taker, error):
    engine.workflow(**graph(approvers=[user.email for user in team[:3]], quorum=3))
    engine.run(engine.contact())
    vote(team[2], YES)
    approval, before = Approval.objects.get(), facts()
    by = principal(team[int(who[1])], right)

    if error is None:
        with transaction.atomic():
            reassign(by, approval.id, giver=giver, taker=taker)
        assert approval.votes.get(user_id=team[3].id).reassigned_from == team[0].id
    else:
        with pytest.raises(error), transaction.atomic():
            reassign(by, approval.id, giver=giver, taker=taker)
        assert facts() == before


# -- the execution's own ends ------------------------------------------------------------------------------------------


def test_a_cancelled_execution_cancels_its_approval(engine, team):
    engine.workflow(**graph(approvers=[team[0].email], deadline="1h"))
    amina = engine.contact()
    execution = engine.run(amina)

    cancel_execution(execution.id, by="member:1")

    assert Approval.objects.get().state == "cancelled"
    with pytest.raises(ApprovalEndedError), transaction.atomic():
        vote_with_token(token_of(team[0]), YES)
    engine.let_time_pass()
    assert after(engine, amina) == []
    assert Approval.objects.get().state == "cancelled"


def test_cancelled_between_the_decision_and_going_on(engine, team):
    engine.workflow(**graph(approvers=[team[0].email]))
    amina = engine.contact()
    execution = engine.run(amina)
    vote(team[0], YES)

    cancel_execution(execution.id, by="member:1")

    assert after(engine, amina) == []
    execution.refresh_from_db()
    assert (execution.state, Approval.objects.get().state) == ("cancelled", "approved")


def test_who_does_not_belong_any_more_leaves_after_the_decision(engine, team):
    engine.workflow(
        **graph(approvers=[team[0].email]),
        policy={"exits": {"unless": {"field": "user.tags", "op": "contains", "value": "vip"}}},
    )
    amina = engine.contact("vip")
    execution = engine.run(amina)
    engine.untag(amina, "vip")
    vote(team[0], YES)

    assert after(engine, amina) == []
    execution.refresh_from_db()
    assert (execution.state, execution.exit_reason) == ("exited", "no_longer_matches")


def test_a_step_that_was_given_up_asks_anew_when_it_is_retried(engine, team):
    flow = graph(approvers=[team[0].email])
    flow["edges"] = flow["edges"][:2]
    flow["nodes"] = flow["nodes"][:3]
    engine.workflow(**flow)
    amina = engine.contact()
    execution = engine.run(amina)
    old = token_of(team[0])
    with transaction.atomic():
        give_up(str(execution.steps.get().id), "killed", frozenset({ActionState.WAITING}))
    with pytest.raises(ApprovalEndedError), transaction.atomic():
        vote_with_token(old, YES)

    retry_execution(execution.id)
    engine.work()

    with pytest.raises(UnknownTokenError), transaction.atomic():
        vote_with_token(old, YES)
    vote(team[0], YES)
    assert after(engine, amina) == ["approved"]
    assert Approval.objects.count() == 1


# -- items that got lost -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deadline", [None, "2h"])
def test_lost_items_are_put_back(engine, team, deadline):
    engine.workflow(**graph(approvers=[team[0].email], **({"deadline": deadline} if deadline else {})))
    amina = engine.contact()
    engine.happen(amina)
    engine.drain()
    execution = WorkflowExecution.objects.get()
    step = execution.steps.get()

    def lose_all() -> None:
        with transaction.atomic():
            withdraw(*(f"{kind}:{step.id}" for kind in (ASK, DECIDED, steps.STEP)))
        assert queued() == []
        with transaction.atomic():
            requeue_step(step.id)

    lose_all()
    assert queued() == sorted([ASK, *([steps.STEP] if deadline else [])])
    if deadline:
        engine.work()
        assert engine.next_run_in() == pytest.approx(7_200, abs=5)
    engine.work()
    assert Notification.objects.count() == 1  # told once, however often it is queued
    assert Event.objects.filter(type="APPROVAL_REQUESTED").count() == 1

    vote(team[0], YES)
    lose_all()
    assert queued() == [DECIDED]
    assert after(engine, amina) == ["approved"]


def test_a_step_that_waits_for_its_branches_has_nothing_to_put_back(engine, team):
    engine.workflow(
        nodes=[
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "ask", "type": "approval", "config": {"title": "؟", "approvers": [team[0].email]}},
            tag("b"),
            tag("done"),
        ],
        edges=[edge("fork", "ask", "a"), edge("fork", "b", "b"), edge("ask", "done", "approved")],
    )
    engine.happen(engine.contact())
    engine.work()
    with transaction.atomic():
        requeue_step(ActionExecution.objects.get(node="fork").id)
    assert queued() == []
