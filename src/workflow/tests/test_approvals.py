"""Approvals: who is asked, and what their votes come to."""

from __future__ import annotations

import hashlib
import itertools
from datetime import UTC, datetime

import pytest

from accounts.models import User
from accounts.notifications.models import Notification
from events.models import Event
from workflow.engine import steps
from workflow.engine.plan import plan_of
from workflow.engine.run import Run
from workflow.engine.trial import Trial
from workflow.graph import DocumentError
from workflow.models import Approval, Vote, WorkflowExecution
from workflow.nodes.approval import ApprovalConfig, ApprovalNode
from workflow.services.approvals import Say, outcome
from workflow.tests.asking import NO, PORTS, YES, after, graph, managers, queued, token_of, vote
from workflow.tests.conftest import as_text, states
from workflow.tests.test_nodes import edge, tag


@pytest.fixture
def team(demo) -> list[User]:
    """Four managers of demo."""
    return managers()


# -- what votes come to ------------------------------------------------------------------------------------------------

Y, N, W = True, False, None  # yes, no, waited for
OUTCOMES = [
    (1, [W], "pending"),
    (1, [Y], "approved"),
    (1, [N], "rejected"),
    (1, [N, W], "pending"),
    (1, [N, Y], "approved"),
    (1, [N, N], "rejected"),
    (1, [Y, W, W], "approved"),
    (2, [Y, W], "pending"),
    (2, [N, W], "rejected"),
    (2, [Y, N], "rejected"),
    (2, [Y, Y], "approved"),
    (2, [N, W, W], "pending"),
    (2, [N, Y, W], "pending"),
    (2, [N, N, W], "rejected"),
    (2, [Y, N, Y], "approved"),
    (3, [Y, Y, W], "pending"),
    (3, [Y, N, W], "rejected"),
    (3, [Y, Y, Y], "approved"),
    (3, [N, Y, Y, W], "pending"),
    (3, [N, Y, Y, Y], "approved"),
    (3, [N, N, W, W], "rejected"),
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
    _, reza, nadia, _ = team
    engine.workflow(
        **{
            **graph(approvers=[user.email for user in team[:3]], quorum=2),
            "nodes": [
                *graph(role="manager")["nodes"][:2],
                {
                    "id": "note",
                    "action": "add_note",
                    "config": {
                        "text": "{{ steps.ask.approved_by[0].name }}: {{ steps.ask.comments[0].text }}"
                    },
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
    event = engine.happen(engine.contact())
    execution = WorkflowExecution(
        workflow=workflow, version=workflow.active_version, node="ask", event_id=event.id, state="running"
    )
    plan = plan_of(workflow.active_version, workflow.name)
    run = Run(plan, execution, event, is_new=True, trial=Trial(), clock=datetime.now(UTC))

    ApprovalNode().run([run])

    assert (execution.node, execution.outputs["ask"]) == (
        "approved",
        {"state": "approved", "approved_by": [], "rejected_by": [], "comments": []},
    )
    assert [(visit.node, visit.port, visit.instead) for visit in run.trial.visits] == [
        ("ask", "approved", "approved")
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
