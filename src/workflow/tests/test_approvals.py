"""Approvals: who is asked, what their votes come to, and that it takes the execution on once."""

from __future__ import annotations

import hashlib
import itertools
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from accounts.models import Membership, User
from accounts.notifications.models import Notification
from accounts.principal import Principal
from accounts.services.members import add_member
from accounts.services.users import create_user
from events.models import Event
from events.queue.drain import Drain
from events.queue.enqueue import withdraw
from tenants.scope import TenantRef, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.engine import steps
from workflow.engine.run import Run
from workflow.graph import DocumentError
from workflow.handlers.giving_up import give_up
from workflow.models import ActionExecution, ActionState, Approval, ApprovalState, Vote, Workflow, WorkflowExecution
from workflow.nodes.approval import ApprovalConfig, ApprovalNode
from workflow.services.approvals import (
    ASK,
    DECIDED,
    AlreadyAskedError,
    AlreadyVotedError,
    ApprovalEndedError,
    NotAskedError,
    Say,
    UnknownTokenError,
    outcome,
    reassign,
    vote_as,
    vote_with_token,
)
from workflow.services.cancelling import AlreadyEndedError, cancel_execution
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.publishing import activate, publish_draft
from workflow.services.requeueing import requeue_step
from workflow.services.retrying import retry_execution
from workflow.tests.conftest import as_text, states
from workflow.tests.test_nodes import edge, tag

YES, NO = Say(approved=True), Say(approved=False)
PORTS = ("approved", "rejected", "expired", "error")


def graph(**config) -> dict:
    """An approval ``ask`` whose every port leads to a tag of the port's name."""
    ports = [port for port in PORTS if port != "expired" or "deadline" in config]
    config = {"title": "استرداد ۲۰۰۰ دینار", **config}
    return {
        "nodes": [{"id": "ask", "type": "approval", "config": config}, *(tag(port) for port in ports)],
        "edges": [edge("ask", port, port) for port in ports],
    }


@pytest.fixture
def team(demo) -> list[User]:
    """Four managers of demo."""
    return [member(f"m{n}@demo.example", name) for n, name in enumerate(("سارة", "رضا", "Nadia", "کامران"))]


def member(email: str, name: str, role: str = "manager", tenant: str = "demo") -> User:
    user = create_user(email=email, name=name, password="a-long-Passw0rd")
    add_member(user=user, tenant=tenant_by_slug(tenant), role=role)
    return user


def principal(user: User, *scopes: str) -> Principal:
    ref = TenantRef.of(tenant_by_slug("demo"))
    return Principal(kind="member", id=user.id, tenant=ref, scopes=frozenset(scopes), user=user)


def link_of(user: User) -> str:
    """The path in the newest notification of a member."""
    return Notification.objects.filter(recipient_id=user.id).order_by("id").last().link["url"]


def token_of(user: User) -> str:
    return link_of(user).strip("/").split("/")[1]


def vote(user: User, say: Say) -> Approval:
    with transaction.atomic():
        return vote_with_token(token_of(user), say)


def queued() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind FROM public.queue_item WHERE state = 0 ORDER BY kind")
        return [kind for (kind,) in cursor.fetchall()]


def after(engine, contact: uuid.UUID) -> list[str]:
    """The tags once all is worked off."""
    engine.work()
    return engine.user(contact)["tags"]


def facts() -> list:
    """Everything that a refused vote must leave as it was."""
    votes = Vote.objects.order_by("id").values_list("user_id", "approved", "token_hash", "reassigned_from")
    return [
        [(user, approved, bytes(token or b""), old) for user, approved, token, old in votes],
        list(Approval.objects.values_list("state", "decided_at")),
        queued(),
        Notification.objects.count(),
    ]


# -- what votes come to ------------------------------------------------------------------------------------------------

Y, N, O = True, False, None
OUTCOMES = [
    (1, [O], "pending"),
    (1, [Y], "approved"),
    (1, [N], "rejected"),
    (1, [N, O], "pending"),
    (1, [N, Y], "approved"),
    (1, [N, N], "rejected"),
    (1, [Y, O, O], "approved"),
    (2, [Y, O], "pending"),
    (2, [N, O], "rejected"),
    (2, [Y, N], "rejected"),
    (2, [Y, Y], "approved"),
    (2, [N, O, O], "pending"),
    (2, [N, Y, O], "pending"),
    (2, [N, N, O], "rejected"),
    (2, [Y, N, Y], "approved"),
    (3, [Y, Y, O], "pending"),
    (3, [Y, N, O], "rejected"),
    (3, [Y, Y, Y], "approved"),
    (3, [N, Y, Y, O], "pending"),
    (3, [N, Y, Y, Y], "approved"),
    (3, [N, N, O, O], "rejected"),
]


@pytest.mark.parametrize(("quorum", "votes", "state"), OUTCOMES)
def test_what_votes_come_to(quorum, votes, state):
    for order in itertools.permutations(votes):
        assert outcome(quorum, order) == state


@pytest.mark.parametrize(
    ("quorum", "asked", "says", "port"),
    [
        (1, 1, [YES], "approved"),
        (1, 1, [NO], "rejected"),
        (1, 3, [NO, YES], "approved"),
        (1, 3, [NO, NO], None),
        (1, 3, [NO, NO, NO], "rejected"),
        (2, 3, [YES], None),
        (2, 3, [YES, NO], None),
        (2, 3, [YES, NO, YES], "approved"),
        (2, 3, [NO, NO], "rejected"),
        (4, 4, [NO], "rejected"),
        (4, 4, [YES, YES, YES], None),
        (4, 4, [YES, YES, YES, YES], "approved"),
    ],
)
def test_the_execution_goes_on_by_the_port_of_the_outcome(engine, team, quorum, asked, says, port):
    asked_members = team[:asked]
    engine.workflow(**graph(approvers=[user.email for user in asked_members], quorum=quorum))
    amina = engine.contact()
    execution = engine.run(amina)
    assert (execution.state, states(execution)) == ("waiting", [("ask", "waiting")])

    for user, say in zip(asked_members, says, strict=False):
        vote(user, say)

    assert after(engine, amina) == ([port] if port else [])
    execution.refresh_from_db()
    assert execution.state == ("completed" if port else "waiting")
    assert Approval.objects.get().state == (port or "pending")


def test_the_output_says_who_said_what(engine, team):
    sara, reza, nadia, _ = team
    engine.workflow(
        **{
            **graph(approvers=[user.email for user in team[:3]], quorum=2),
            "nodes": [
                *graph(role="manager")["nodes"][:2],
                {
                    "id": "note",
                    "action": "add_note",
                    "config": {"text": "{{ steps.ask.approved_by[0].name }}: {{ steps.ask.comments[0].text }}"},
                },
            ],
            "edges": [edge("ask", "approved", "approved"), edge("approved", "note")],
        }
    )
    execution = engine.run(engine.contact())
    vote(nadia, Say(approved=False, comment="لا أرى سببًا"))
    vote(reza, Say(approved=True, comment="موافقم"))
    engine.work()

    output = execution.steps.get(node="ask").output
    assert output == {
        "state": "approved",
        "approved_by": [{"id": str(reza.id), "name": "رضا"}],
        "rejected_by": [{"id": str(nadia.id), "name": "Nadia"}],
        "comments": [
            {"by": "Nadia", "approved": False, "text": "لا أرى سببًا"},
            {"by": "رضا", "approved": True, "text": "موافقم"},
        ],
    }
    assert engine.notes() == ["رضا: لا أرى سببًا"]


# -- asking ------------------------------------------------------------------------------------------------------------


def test_each_approver_is_told_once_with_a_link_of_their_own(engine, team, alice):
    sara, reza, nadia, kamran = team
    engine.workflow(
        **graph(
            title="خصم لـ {{ user.name }}",
            message="سطر أول\n{{ event.data.why }}",
            approvers=[reza.email.upper(), str(alice.id), "{{ event.data.nobody }}", reza.email],
            role="manager",
            quorum=2,
        )
    )
    execution = engine.run(engine.contact(), why="عميل قديم", nobody=" ")

    approval = Approval.objects.get()
    assert (approval.title, approval.message, approval.quorum) == (
        "خصم لـ أمينة بن علي",
        "سطر أول\nعميل قديم",
        2,
    )
    assert list(approval.votes.values_list("user_id", flat=True)) == [
        user.id for user in (reza, alice, sara, nadia, kamran)
    ]
    told = Notification.objects.order_by("id")
    assert [row.recipient_id for row in told] == [u.id for u in (reza, alice, sara, nadia, kamran)]
    assert {row.title for row in told} == {"مطلوب موافقتك: خصم لـ أمينة بن علي"}
    assert {row.kind for row in told} == {"approval"}
    assert len({row.link["url"] for row in told}) == 5
    assert execution.steps.get().output == {"approval": str(approval.id)}
    assert queued() == []

    asked = Event.objects.get(type="APPROVAL_REQUESTED")
    assert asked.data["approvers"] == [str(user.id) for user in (reza, alice, sara, nadia, kamran)]
    assert (asked.depth, asked.causation_id) == (1, execution.event_id)


def test_people_are_told_in_their_language(engine, team):
    reza = team[1]
    User.objects.filter(id=reza.id).update(language="fa")
    engine.workflow(**graph(title="تخفیف", approvers=[reza.email]))
    engine.run(engine.contact())

    assert Notification.objects.get().title == "نیاز به تأیید شما: تخفیف"


def test_only_the_hash_of_a_token_is_kept(engine, team):
    engine.workflow(**graph(approvers=[team[0].email]))
    execution = engine.run(engine.contact())
    token = token_of(team[0])

    assert len(token) >= 43  # 256 bits in base64
    assert bytes(Vote.objects.get().token_hash) == hashlib.sha256(token.encode()).digest()
    kept = [
        *Event.objects.values_list("data", flat=True),
        *execution.steps.values_list("output", flat=True),
        *execution.steps.values_list("input", flat=True),
    ]
    assert token not in as_text(kept)


def test_a_branch_that_is_not_needed_any_more_asks_nobody(engine, team):
    engine.workflow(
        nodes=[
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "ask", "type": "approval", "config": {"title": "؟", "approvers": [team[0].email]}},
            tag("b"),
            {"id": "meet", "type": "join", "config": {"mode": "any"}},
        ],
        edges=[
            edge("fork", "ask", "a"),
            edge("fork", "b", "b"),
            edge("ask", "meet", "approved"),
            edge("b", "meet"),
        ],
    )
    engine.happen(engine.contact())
    engine.work()

    assert Approval.objects.get().state == "cancelled"
    assert not Notification.objects.exists()
    assert not Event.objects.filter(type="APPROVAL_REQUESTED").exists()


def test_the_losing_branch_of_a_later_wave_leaves_the_approval_after_the_join_alone(engine, team):
    """The news that a branch was cancelled comes when the parent waits for people."""
    engine.workflow(
        nodes=[
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "a", "type": "wait", "config": {"hours": 1}},
            {"id": "b", "type": "approval", "config": {"title": "؟", "approvers": [team[1].email]}},
            {"id": "meet", "type": "join", "config": {"mode": "any"}},
            {"id": "ask", "type": "approval", "config": {"title": "؟", "approvers": [team[0].email]}},
            tag("done"),
        ],
        edges=[
            edge("fork", "a", "a"),
            edge("fork", "b", "b"),
            edge("a", "meet"),
            edge("b", "meet", "approved"),
            edge("meet", "ask"),
            edge("ask", "done", "approved"),
        ],
    )
    amina = engine.contact()
    engine.happen(amina)
    engine.work()
    engine.let_time_pass()
    engine.work()
    engine.let_time_pass()
    engine.work()

    assert dict(Approval.objects.values_list("step__node", "state")) == {"b": "cancelled", "ask": "pending"}
    assert WorkflowExecution.objects.get(parent__isnull=True).state == "waiting"
    assert queued() == []
    vote(team[0], YES)
    assert after(engine, amina) == ["done"]


@pytest.mark.parametrize(
    ("config", "quorum", "error"),
    [
        ({"approvers": ["{{ '%00' | url_decode }}x@y.example"]}, 1, "0 members can be asked (x@y.example"),
        ({"approvers": ["m0@demo.example", "{{ event.data.name }}"]}, 2, "1 members can be asked"),
        ({"approvers": ["m0@demo.example", "{{ event.data.name }}"]}, 1, ""),
        ({"approvers": ["{{ event.data.name }}"], "role": "{{ event.data.role }}"}, 1, "There is no role"),
    ],
)
def test_nobody_to_ask_is_an_error_that_names_the_fix(engine, team, charlie, config, quorum, error):
    engine.workflow(**graph(**config, quorum=quorum))
    amina = engine.contact()
    execution = engine.run(amina, name=charlie.email, role="king", nobody="")

    if error:
        assert error in execution.steps.get(node="ask").error
        assert engine.user(amina)["tags"] == ["error"]
        assert not Approval.objects.exists()
    else:
        assert execution.state == "waiting"
        assert Vote.objects.get().user_id == team[0].id


def test_a_trial_asks_nobody(engine, team):
    workflow = engine.workflow(**graph(approvers=[team[0].email], deadline="1h"))
    asked: list[tuple[str, dict]] = []

    class Trial:
        def __getattr__(self, name):
            return lambda *args, **kwargs: None

    from workflow.engine.plan import plan_of

    plan = plan_of(workflow.active_version, workflow.name)
    event = engine.happen(engine.contact())
    execution = WorkflowExecution(
        workflow=workflow, version=workflow.active_version, node="ask", event_id=event.id, state="running"
    )
    run = Run(plan, execution, event, is_new=True, trial=Trial())
    ApprovalNode().run([run])
    asked.append((execution.node, execution.outputs["ask"]))

    assert asked == [
        ("approved", {"state": "approved", "approved_by": [], "rejected_by": [], "comments": []})
    ]
    assert not Approval.objects.exists()
    assert steps.STEP not in queued()


# -- publishing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "place", "message"),
    [
        ({}, "ask", "nobody would be asked"),
        ({"approvers": []}, "ask", "nobody would be asked"),
        ({"approvers": ["m0@demo.example", "nobody@x.example"]}, "ask/approvers/1", "no active member here"),
        ({"approvers": ["charlie@other.example"]}, "ask/approvers/0", "no active member here"),
        ({"role": "king"}, "ask/role", "There is no role 'king'"),
        ({"role": "analyst"}, "ask/quorum", "0 members would be asked and 1 must approve"),
        ({"approvers": ["m0@demo.example"], "quorum": 2}, "ask/quorum", "1 members would be asked and 2"),
        ({"role": "manager", "quorum": 5}, "ask/quorum", "4 members would be asked and 5"),
        ({"role": "manager", "quorum": 0}, "ask/quorum", "greater than or equal to 1"),
        ({"role": "manager", "title": ""}, "ask/title", "at least 1 character"),
        ({"role": "manager", "deadline": {"hours": -1}}, "ask/deadline/hours", "greater than or equal to 0"),
        ({"role": "manager", "remind": True}, "ask/remind", "not permitted"),
    ],
)
def test_publishing_names_the_place_and_the_fix(engine, team, charlie, config, place, message):
    with pytest.raises(DocumentError) as refused:
        engine.workflow(**graph(**config))
    assert any(
        problem.place.startswith(place) and message in problem.message for problem in refused.value.problems
    ), refused.value.problems


def test_without_a_deadline_nothing_expires(engine, team):
    without = graph(role="manager")
    without["nodes"].append(tag("expired"))
    without["edges"].append(edge("ask", "expired", "expired"))
    with pytest.raises(DocumentError, match="has no port 'expired'"):
        engine.workflow(**without)


def test_an_approval_interrupts_a_cycle(engine, team):
    engine.workflow(
        nodes=[tag("again"), {"id": "ask", "type": "approval", "config": {"title": "؟", "role": "manager"}}],
        edges=[edge("again", "ask"), edge("ask", "again", "rejected")],
        start="again",
    )
    execution = engine.run(engine.contact())
    for user in team:
        vote(user, NO)
    engine.work()

    assert [node for node, _ in states(execution)] == ["again", "ask", "again", "ask"]
    assert list(Approval.objects.order_by("id").values_list("state", flat=True)) == ["rejected", "pending"]


def test_the_catalogue_shows_it():
    shown = ApprovalNode().describe()
    assert shown["ports"] == list(PORTS)
    assert ApprovalConfig.model_validate(shown["example"]).quorum == 1


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


# -- several at once, on real connections ------------------------------------------------------------------------------


def at_once(*jobs) -> list:
    """What each of ``jobs`` returned or raised, begun together, each on its own connection inside demo."""
    demo, ready, results = tenant_by_slug("demo"), threading.Barrier(len(jobs), timeout=10), [None] * len(jobs)

    def run(number: int) -> None:
        try:
            with tenant_scope(demo):
                ready.wait()
                results[number] = jobs[number]()
        except Exception as exc:
            results[number] = exc
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


@pytest.fixture
def rivals(committed_db):
    """``rivals(quorum=…)``: two managers, and an execution that waits for them."""
    demo = tenant_by_slug("demo")
    people = [member(f"m{n}@demo.example", f"عضو {n}") for n in range(2)]
    numbers = itertools.count()

    def make(**config) -> tuple[list[User], WorkflowExecution]:
        with tenant_scope(demo):
            with transaction.atomic():
                Workflow.objects.update(status="paused")
                workflow = Workflow.objects.create(
                    name=f"w{next(numbers)}",
                    draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}], **graph(role="manager", **config)},
                )
                publish_draft(workflow, by="t")
                activate(workflow)
            take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id=f"c{next(numbers)}"))
            Drain().run_until_empty()
            Drain().run_until_empty()
            return people, WorkflowExecution.objects.get(workflow=workflow)

    return make


def ended_once(execution: WorkflowExecution) -> list[str]:
    """The states after ``ask``; there is one step after it, and one fact."""
    with tenant_scope(tenant_by_slug("demo")):
        for _ in range(5):
            Drain().run_until_empty()
        execution.refresh_from_db()
        return [node for node, _ in states(execution)]


def facts_of(execution: WorkflowExecution) -> list[str]:
    return [
        event.data["state"]
        for event in Event.objects.filter(type="APPROVAL_DECIDED")
        if event.data["execution"] == str(execution.id)
    ]


@pytest.mark.parametrize("quorum", [1, 2])
def test_two_decide_at_the_same_instant(rivals, quorum):
    for _ in range(5):
        (first, second), execution = rivals(quorum=quorum)
        with tenant_scope(tenant_by_slug("demo")):
            tokens = [token_of(first), token_of(second)]

        def cast(token: str):
            def job():
                with transaction.atomic():
                    return vote_with_token(token, YES).state

            return job

        results = at_once(*map(cast, tokens))

        assert ended_once(execution) == ["ask", "approved"], results
        with tenant_scope(tenant_by_slug("demo")):
            assert facts_of(execution) == ["approved"]
        refused = [result for result in results if isinstance(result, ApprovalEndedError)]
        assert len(refused) == (1 if quorum == 1 else 0), results


def test_one_token_twice_at_the_same_instant(rivals):
    (first, _), execution = rivals(quorum=2)
    with tenant_scope(tenant_by_slug("demo")):
        token = token_of(first)

    def job():
        with transaction.atomic():
            return vote_with_token(token, YES).state

    results = at_once(job, job, job, job)

    assert sorted(type(result).__name__ for result in results) == [
        "AlreadyVotedError",
        "AlreadyVotedError",
        "AlreadyVotedError",
        "str",
    ]
    assert ended_once(execution) == ["ask"]


def test_a_vote_while_the_deadline_rings(rivals):
    seen = set()
    for _ in range(8):
        (first, _), execution = rivals(quorum=1, deadline="1h")
        with tenant_scope(tenant_by_slug("demo")):
            token = token_of(first)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE public.queue_item SET run_at = now() - interval '1 second'")
                cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at IS NOT NULL")

        def job(token=token):
            with transaction.atomic():
                return vote_with_token(token, YES).state

        results = at_once(job, lambda: Drain().run_until_empty())

        (*_, port) = path = ended_once(execution)
        assert path == ["ask", port]
        with tenant_scope(tenant_by_slug("demo")):
            approval = Approval.objects.get(execution=execution)
            assert facts_of(execution) == [approval.state] == [port]
        assert port == ("expired" if isinstance(results[0], ApprovalEndedError) else "approved"), results
        seen.add(port)
    assert seen <= {"approved", "expired"}


def test_a_vote_while_the_execution_is_cancelled(rivals):
    for _ in range(8):
        (first, _), execution = rivals(quorum=1)
        with tenant_scope(tenant_by_slug("demo")):
            token = token_of(first)

        def decide(token=token):
            with transaction.atomic():
                return vote_with_token(token, YES).state

        def cancel(execution=execution):
            return cancel_execution(execution.id, by="t").state

        voted, cancelled = at_once(decide, cancel)

        path = ended_once(execution)
        assert not isinstance(cancelled, Exception) or isinstance(cancelled, AlreadyEndedError), cancelled
        assert not isinstance(voted, Exception) or isinstance(voted, ApprovalEndedError), voted
        with tenant_scope(tenant_by_slug("demo")):
            state = Approval.objects.get(execution=execution).state
        assert (path, execution.state) == (["ask"], "cancelled")
        assert state == ("cancelled" if isinstance(voted, ApprovalEndedError) else "approved")
