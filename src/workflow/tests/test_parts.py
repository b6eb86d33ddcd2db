"""Parts: what branches, turns and called workflows know, where they end, and whose policy takes them out."""

from __future__ import annotations

import pytest

from workflow.graph import DocumentError
from workflow.models import WorkflowExecution
from workflow.services.publishing import publish_draft
from workflow.tests.test_branches import parallel, root
from workflow.tests.test_nodes import edge, line, tag

PAID = {"event_type": "TAG_ADDED", "predicate": line("event.data.tag", "paid")}


def begin(engine, contact=None, **data) -> WorkflowExecution:
    """The root of what a message starts, worked off as far as it goes."""
    engine.happen(contact or engine.contact(), **data)
    engine.work()
    return root()


def later(engine, times: int = 1) -> None:
    """Timers ring, so many times."""
    for _ in range(times):
        engine.let_time_pass()
        engine.work()


def setting(node: str, **values: str) -> dict:
    """A node that sets variables."""
    return {"id": node, "type": "set_variables", "config": {"values": values}}


def noting(node: str, text: str) -> dict:
    """A node that writes a note."""
    return {"id": node, "action": "add_note", "config": {"text": text}}


REST = {"type": "wait", "config": {"hours": 1}}


class TestWhatIsKnown:
    def test_a_branch_that_does_not_touch_a_variable_does_not_undo_it(self, engine):
        engine.workflow(
            nodes=[
                setting("init", x="قديم"),
                parallel("a", "b"),
                setting("a", x="جديد"),
                tag("b"),
                {"id": "meet", "type": "join"},
                noting("note", "{{ vars.x }}"),
            ],
            edges=[
                edge("init", "fork"),
                edge("fork", "a", "a"),
                edge("fork", "b", "b"),
                edge("a", "meet"),
                edge("b", "meet"),
                edge("meet", "note"),
            ],
        )
        begin(engine)
        assert engine.notes() == ["جديد"]
        assert all(
            "x" not in (c.scope or {}).get("vars", {})
            for c in WorkflowExecution.objects.filter(branch="fork:b")
        )

    @pytest.mark.parametrize("ends", ["ab", "ba"])
    def test_branches_are_taken_over_in_the_documents_order_whoever_comes_last(self, engine, ends):
        delay = {name: {"type": "wait", "config": {"hours": ends.index(name) + 1}} for name in "ab"}
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "wa", **delay["a"]},
                {"id": "wb", **delay["b"]},
                setting("a", x="a"),
                setting("b", x="b"),
                {"id": "meet", "type": "join"},
                noting("note", "{{ vars.x }}"),
            ],
            edges=[
                edge("fork", "wa", "a"),
                edge("fork", "wb", "b"),
                edge("wa", "a"),
                edge("wb", "b"),
                edge("a", "meet"),
                edge("b", "meet"),
                edge("meet", "note"),
            ],
        )
        begin(engine)
        engine.let_time_pass()
        engine.work()
        assert engine.notes() == ["b"]

    def test_going_round_again_what_was_found_out_last_prevails(self, engine):
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                setting("x", n="{{ vars.n }}1"),
                tag("b"),
                {"id": "meet", "type": "join"},
                noting("note", "{{ steps.x.n }}"),
                {"id": "rest", **REST},
            ],
            edges=[
                edge("fork", "x", "a"),
                edge("fork", "b", "b"),
                edge("x", "meet"),
                edge("b", "meet"),
                edge("meet", "note"),
                edge("note", "rest"),
                edge("rest", "fork"),
            ],
        )
        begin(engine)
        for _ in range(2):
            engine.let_time_pass()
            engine.work()
        assert engine.notes() == ["1", "11", "111"]

    def test_turns_keep_no_copy_of_what_is_known_above_them_and_know_it(self, engine):
        engine.workflow(
            nodes=[
                setting("big", text="س" * 5_000),
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                {"id": "rest", **REST},
                noting("note", "{{ steps.big.text | size }} {{ vars.text | size }} {{ loop.item }}"),
            ],
            edges=[edge("big", "each"), edge("each", "rest", "each"), edge("rest", "note")],
        )
        begin(engine, items=[1, 2])
        for _ in range(2):
            engine.let_time_pass()
            engine.work()
        assert engine.notes() == ["5000 5000 1", "5000 5000 2"]
        for turn in WorkflowExecution.objects.filter(parent__isnull=False):
            assert "big" not in turn.outputs
            assert "vars" not in turn.scope


class TestParts:
    def test_a_fork_in_a_loops_body_may_lead_straight_back(self, engine):
        engine.workflow(
            nodes=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                parallel("a", "b"),
                noting("x", "x{{ loop.item }}"),
                noting("y", "y{{ loop.item }}"),
                tag("after"),
            ],
            edges=[
                edge("each", "fork", "each"),
                edge("fork", "x", "a"),
                edge("fork", "y", "b"),
                edge("x", "each"),
                edge("y", "each"),
                edge("each", "after"),
            ],
        )
        execution = begin(engine, items=[1, 2])
        assert execution.state == "completed"
        assert engine.notes() == ["x1", "y1", "x2", "y2"]

    def test_a_loop_within_a_loop_may_lead_back_to_the_outer_one(self, engine):
        engine.workflow(
            nodes=[
                {"id": "outer", "type": "loop", "config": {"items": "event.data.items"}},
                {"id": "inner", "type": "loop", "config": {"items": "event.data.items"}},
                noting("x", "{{ loop.item }}"),
            ],
            edges=[edge("outer", "inner", "each"), edge("inner", "x", "each"), edge("x", "outer")],
        )
        execution = begin(engine, items=[1, 2])
        assert execution.state == "completed"
        assert engine.notes() == ["1", "2", "1", "2"]

    @pytest.mark.parametrize(
        ("nodes", "edges", "words"),
        [
            (
                [parallel("a", "b"), {"id": "w", **REST}, tag("b")],
                [edge("fork", "w", "a"), edge("w", "fork"), edge("fork", "b", "b")],
                "a branch of 'fork' leads back to it",
            ),
            (
                [
                    tag("first"),
                    parallel("a", "b"),
                    {"id": "inner", "type": "parallel", "config": {"branches": ["p", "q"]}},
                    {"id": "w", **REST},
                    tag("q"),
                    tag("b"),
                ],
                [
                    edge("first", "fork"),
                    edge("fork", "inner", "a"),
                    edge("fork", "b", "b"),
                    edge("inner", "w", "p"),
                    edge("inner", "q", "q"),
                    edge("w", "first"),
                ],
                "leads back to it",
            ),
            (
                [
                    parallel("a", "b"),
                    {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
                    tag("x"),
                    tag("b"),
                    {"id": "meet", "type": "join"},
                    tag("after"),
                ],
                [
                    edge("fork", "each", "a"),
                    edge("each", "x", "each"),
                    edge("x", "meet"),
                    edge("fork", "b", "b"),
                    edge("b", "meet"),
                    edge("meet", "after"),
                ],
                "the body of loop 'each' leads to it from within",
            ),
            (
                [
                    {"id": "f" * 50, "type": "parallel", "config": {"branches": ["a" * 40, "b"]}},
                    tag("x"),
                    tag("y"),
                ],
                [edge("f" * 50, "x", "a" * 40), edge("f" * 50, "y", "b")],
                "too long together",
            ),
        ],
    )
    def test_what_would_never_end_is_told_when_publishing(self, engine, nodes, edges, words):
        with pytest.raises(DocumentError, match=words):
            engine.workflow(nodes=nodes, edges=edges)

    def test_who_is_held_out_in_a_branch_leaves_the_whole(self, engine):
        arms = [{"port": "all", "share": 1, "hold_out": True}, {"port": "none", "share": 0.000001}]
        engine.workflow(
            nodes=[
                parallel("a", "b"),
                {"id": "deal", "type": "split", "config": {"arms": arms}},
                {"id": "b", **REST},
                tag("x"),
            ],
            edges=[edge("fork", "deal", "a"), edge("fork", "b", "b"), edge("deal", "x", "none")],
        )
        execution = begin(engine)
        assert (execution.state, execution.exit_reason) == ("exited", "hold_out")
        assert WorkflowExecution.objects.get(branch="fork:b").state == "cancelled"


class TestCalled:
    def pair(self, engine, *, policy: dict, called: list[dict], edges: list[dict] = (), sub: str = "sub"):
        inner = engine.workflow(
            nodes=called, edges=list(edges), triggers=[{"type": "called"}], name="called", policy=policy
        )
        engine.workflow(
            nodes=[
                {"id": sub, "type": "sub_workflow", "config": {"workflow": str(inner.id)}},
                noting("after", f"{{{{ steps.{sub}.state }}}}"),
            ],
            edges=[edge(sub, "after")],
        )

    @pytest.mark.parametrize(
        ("exits", "reason"),
        [({"events": [PAID]}, "event"), ({"goal": PAID}, "goal")],
    )
    def test_its_own_exits_take_a_called_workflow_out_and_its_caller_goes_on(self, engine, exits, reason):
        self.pair(engine, policy={"exits": exits}, called=[{"id": "w", **REST}])
        amina = engine.contact()
        execution = begin(engine, amina)
        engine.tag(amina, "paid")
        engine.work()
        inner = WorkflowExecution.objects.get(parent=execution)
        assert (inner.state, inner.exit_reason) == ("exited", reason)
        execution.refresh_from_db()
        assert (execution.state, engine.notes()) == ("completed", ["exited"])

    def test_its_own_unless_takes_it_out_alone(self, engine):
        self.pair(
            engine,
            policy={"exits": {"unless": line("user.tags", "in", "contains")}},
            called=[{"id": "w", **REST}],
        )
        execution = begin(engine)
        engine.let_time_pass()
        engine.work()
        execution.refresh_from_db()
        assert (execution.state, engine.notes()) == ("completed", ["exited"])

    def test_names_that_both_use_are_not_mixed_up(self, engine):
        self.pair(
            engine,
            policy={},
            sub="each",
            called=[
                {"id": "each", "type": "loop", "config": {"items": "event.data.inputs"}},
                tag("x"),
                tag("failed"),
            ],
            edges=[edge("each", "x", "each"), edge("each", "failed", "error")],
        )
        amina = engine.contact()
        begin(engine, amina)
        assert engine.user(amina)["tags"] == ["failed"], "the loop was begun, and its inputs are no list"

    def test_one_that_calls_itself_leaves_by_itself(self, engine):
        inner = engine.workflow(
            nodes=[{"id": "w", **REST}],
            triggers=[{"type": "called"}, {"event_type": "MESSAGE_RECEIVED"}],
            name="self",
        )
        inner.draft = {
            **inner.draft,
            "nodes": [
                {"id": "deep", "type": "condition", "predicate": line("event.type", "WORKFLOW_CALLED")},
                {"id": "w", **REST},
                {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}},
                tag("after"),
            ],
            "edges": [edge("deep", "w", "true"), edge("deep", "sub", "false"), edge("sub", "after")],
            "policy": {
                "exits": {
                    "unless": {
                        "any": [line("event.type", "MESSAGE_RECEIVED"), line("user.tags", "in", "contains")]
                    }
                }
            },
        }
        inner.save()
        publish_draft(inner, by="t")
        amina = engine.contact()
        execution = begin(engine, amina)
        engine.let_time_pass()
        engine.work()
        execution.refresh_from_db()
        assert (execution.state, engine.user(amina)["tags"]) == ("completed", ["after"])
