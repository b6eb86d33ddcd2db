"""Any graph: what publishing takes runs to an end or a wait, whatever it is made of, and whatever comes of its steps."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.queue.models import Item, ItemState
from tenants.scope import public_scope
from workflow.engine import runner
from workflow.graph import DocumentError, read
from workflow.graph.structure import structure_problems
from workflow.models import ActionExecution, EventWait, Workflow, WorkflowExecution
from workflow.services.publishing import activate, publish_draft
from workflow.services.touching import touch
from workflow.tests.test_nodes import line

UNDER_WAY = ["running", "waiting"]
#: What conditions and lists read: right and wrong types, near and far.
FIELDS = [
    "event.data.n",
    "event.data.items",
    "vars.x",
    "steps.n1.result",
    "loop.item",
    "loop.index",
    "event.data.none",
]

PREDICATES = st.builds(
    line,
    st.sampled_from(FIELDS),
    st.sampled_from([1, "x", True]),
    st.sampled_from(["equals", "less", "contains"]),
)
TEXTS = st.sampled_from(
    [
        "ثابت",
        "{{ event.data.n }}",
        "{{ vars.x }}{{ vars.x }}",
        "{{ loop.item }}",
        "{{ steps.n1.result }}",
        "{{ 1 | divided_by: 0 }}",
    ]
)
RETRY = st.sampled_from([{}, {"attempts": 1}, {"attempts": 2, "backoff_s": 0}])


def node(kind: str, config: st.SearchStrategy[Any], **parts: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(kind), "config": config, **parts})


def configs(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            key: value if isinstance(value, st.SearchStrategy) else st.just(value)
            for key, value in values.items()
        }
    )


WAITS = st.one_of(
    configs(hours=st.sampled_from([1, "{{ event.data.n }}", "{{ event.data.none }}"])),
    configs(until=st.sampled_from(["2020-01-01", "2099-01-01", "{{ event.data.none }}"])),
    configs(slot={"start": "00:00", "end": "24:00"}),
    configs(
        event=st.fixed_dictionaries(
            {"event_type": st.sampled_from(["NOTE_ADDED", "TAG_ADDED"]), "timeout": st.just("2h")},
            optional={
                "look_back": st.just("1h"),
                "by": st.just({"field": "event.data.n", "value": "{{ event.data.n }}"}),
            },
        )
    ),
)
ACTIONS = st.one_of(
    st.tuples(st.just("add_note"), configs(text=TEXTS)),
    st.tuples(st.just("add_tag"), configs(tag=TEXTS)),
    st.tuples(st.just("wait"), WAITS),
    st.tuples(st.just("remove_from_workflow"), configs(all=True, include_self=st.booleans())),
    st.tuples(
        st.just("emit_event"), configs(event_type=st.sampled_from(["OWN", "NOTHING"]), data=st.just({}))
    ),
)
PARALLEL = node("parallel", configs(branches=["a", "b"]))
JOIN = node("join", st.one_of(st.just({}), configs(mode="any"), configs(mode="n", n=st.sampled_from([1, 2]))))
LOOP = node(
    "loop",
    configs(
        items=st.sampled_from(["event.data.items", "event.data.items", "event.data.n", "vars.x"]),
        at_once=st.sampled_from([1, 2]),
        on_error=st.sampled_from(["stop", "continue"]),
    ),
)
SWITCH = st.builds(
    lambda a, b: {"cases": [{"port": "a", "predicate": a}, {"port": "b", "predicate": b}]},
    PREDICATES,
    PREDICATES,
)
SPLIT = st.builds(lambda held: {"arms": [{"port": "a"}, {"port": "b", "hold_out": held}]}, st.booleans())
SET = st.one_of(
    configs(values=configs(x=TEXTS)),
    configs(fields=configs(x=st.sampled_from([*FIELDS, "vars", "steps"]))),
)
SIMPLE = st.one_of(
    st.builds(
        lambda pair, retry: {"type": "action", "action": pair[0], "config": pair[1], "retry": retry},
        ACTIONS,
        RETRY,
    ),
    node("condition", st.just({}), predicate=PREDICATES),
    node("switch", SWITCH),
    node("split", SPLIT),
    node("set_variables", SET),
    node("sub_workflow", configs(workflow=st.just("called"), inputs=configs(n=TEXTS))),
    node(
        "exit", configs(outcome=st.sampled_from(["completed", "exited", "failed"]), output=configs(a=TEXTS))
    ),
)
EXITS = st.sampled_from(
    [
        {},
        {"goal": {"event_type": "TAG_ADDED"}},
        {"goal": {"event_type": "TAG_ADDED", "exit": False}, "events": [{"event_type": "NOTE_ADDED"}]},
        {"unless": line("vars.x", "x", "not_equals")},
    ]
)


class Drawing:
    """A document in the making: blocks within blocks, and here and there an edge that leads elsewhere."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.nodes: list[dict[str, Any]] = []
        self.edges: list[dict[str, str]] = []

    def add(self, strategy: st.SearchStrategy[dict[str, Any]], ends: list[tuple[str, str]]) -> dict[str, Any]:
        """A node that these open ends lead to."""
        made = {"id": f"n{len(self.nodes)}", **self._draw(strategy)}
        self.nodes.append(made)
        self.lead(ends, made["id"])
        return made

    def lead(self, ends: list[tuple[str, str]], target: str) -> None:
        self.edges += [{"source": source, "target": target, "port": port} for source, port in ends]

    def block(self, ends: list[tuple[str, str]], *, depth: int) -> list[tuple[str, str]]:
        """One to three nodes, or blocks, one after the other; returns the ends that are open."""
        for _ in range(self._draw(st.integers(1, 3))):
            if not ends or len(self.nodes) > 12:
                break
            kind = self._draw(
                st.sampled_from([self.simple, self.simple, self.fork, self.turns] if depth else [self.simple])
            )
            ends = kind(ends, depth)
            ends = [end for end in ends if not self._elsewhere(end)]
        return ends

    def simple(self, ends: list[tuple[str, str]], depth: int) -> list[tuple[str, str]]:
        made = self.add(SIMPLE, ends)
        ports = _ports(made)
        left = self._draw(st.sets(st.sampled_from(ports), min_size=1)) if ports else set()
        return [(made["id"], port) for port in ports if port in left]

    def fork(self, ends: list[tuple[str, str]], depth: int) -> list[tuple[str, str]]:
        made = self.add(PARALLEL, ends)
        inner = [end for port in "ab" for end in self.block([(made["id"], port)], depth=depth - 1)]
        error = [(made["id"], "error")] if self._draw(st.booleans()) else []
        if not inner or self._draw(st.integers(0, 3)) == 0:
            return error
        return [(self.add(JOIN, inner)["id"], "next"), *error]

    def turns(self, ends: list[tuple[str, str]], depth: int) -> list[tuple[str, str]]:
        made = self.add(LOOP, ends)
        inner = self.block([(made["id"], "each")], depth=depth - 1)
        if self._draw(st.booleans()):
            self.lead(inner, made["id"])
        return [(made["id"], port) for port in self._draw(st.sets(st.sampled_from(["next", "error"])))]

    def _elsewhere(self, end: tuple[str, str]) -> bool:
        """Sometimes an end leads to any node there is."""
        if self._draw(st.integers(0, 15)):
            return False
        self.lead([end], self._draw(st.sampled_from([node["id"] for node in self.nodes])))
        return True


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Documents that are right more often than not."""
    drawing = Drawing(draw)
    drawing.block([("", "")], depth=2)
    edges = [edge for edge in drawing.edges if edge["source"]]
    return {
        "nodes": drawing.nodes,
        "edges": edges,
        "policy": {"exits": draw(EXITS), "limits": {"pause_when_failing": None}},
    }


def _ports(node: dict[str, Any]) -> list[str]:
    by_type = {
        "condition": ["true", "false"], "switch": ["a", "b", "default"], "split": ["a", "b"], "set_variables": ["next", "error"],
        "parallel": ["a", "b", "error"], "join": ["next"], "loop": ["each", "next", "error"], "sub_workflow": ["next", "error"],
        "exit": [],
    }  # fmt: skip
    if node["type"] != "action":
        return by_type[node["type"]]
    return ["next", "timeout", "error"] if node["action"] == "wait" else ["next", "error"]


class TestGraphs:
    @pytest.fixture(autouse=True)
    def _around(self, engine, monkeypatch):
        from workflow.models import EventType

        EventType.objects.create(code="OWN", label="own")
        self.called = engine.workflow(
            nodes=[
                {"id": "c", "type": "condition", "predicate": line("event.data.inputs.n", "ثابت")},
                {"id": "w", "type": "wait", "config": {"hours": 1}},
                {"id": "out", "type": "exit", "config": {"outcome": "failed"}},
            ],
            edges=[
                {"source": "c", "target": "w", "port": "true"},
                {"source": "c", "target": "out", "port": "false"},
            ],
            triggers=[{"type": "called"}],
            name="called",
        )

        # An unexpected error is a finding, not something to be contained.
        def take(group: Any) -> None:
            group[0].node.type.run(group)

        monkeypatch.setattr(runner, "_take", take)
        self.amina = engine.contact()
        engine.work()
        self.counts = {"published": 0, "refused": 0}

    def test_what_is_published_runs_to_an_end_or_a_wait(self, engine):
        @settings(
            max_examples=250,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(documents(), st.sampled_from([1, "x", None]), st.booleans())
        def run(document: dict[str, Any], n: Any, together: bool) -> None:
            mark = transaction.savepoint()
            try:
                self.try_out(engine, document, n, together)
            finally:
                transaction.savepoint_rollback(mark)
                touch()

        run()
        assert self.counts["published"] > 60, self.counts

    def try_out(self, engine, document: dict[str, Any], n: Any, together: bool) -> None:
        for node in document["nodes"]:
            if node["type"] == "sub_workflow":
                node["config"] = {**node["config"], "workflow": str(self.called.id)}
        structure_problems(read({"triggers": [], **document}))
        workflow = Workflow.objects.create(
            name="fuzzed", draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}], **document}
        )
        try:
            with transaction.atomic():
                publish_draft(workflow, by="t")
        except DocumentError:
            self.counts["refused"] += 1
            return
        self.counts["published"] += 1
        activate(workflow)
        for _ in range(1 + together):
            engine.happen(self.amina, n=n, items=[1, "ب"])
        self.work(engine)
        self.check()
        engine.happen(self.amina, "NOTE_ADDED", n=n)
        self.work(engine)
        for _ in range(3):
            engine.let_time_pass()
            self.work(engine)
            self.check()

    def work(self, engine) -> None:
        """At most so many batches: a wait for what is past may go round for long."""
        for _ in range(40):
            if not engine._drain.run_once():
                return

    def check(self) -> None:
        with public_scope():
            dead = list(Item.objects.filter(state=ItemState.DEAD).values_list("kind", "error"))
            failing = list(Item.objects.exclude(error="").values_list("kind", "error"))
        assert not dead
        assert not failing
        rows = list(WorkflowExecution.objects.all())
        by_id = {row.id: row for row in rows}
        open_steps = ActionExecution.objects.filter(state__in=["running", "waiting", "retrying"])
        standing = {step.execution_id: step for step in open_steps}
        for row in rows:
            assert row.state != "running", "left in the middle"
            above = by_id.get(row.parent_id)
            if row.state == "waiting":
                assert row.id in standing
                assert standing[row.id].node == row.node
                assert above is None or above.state == "waiting", "a child that nobody waits for"
            else:
                assert row.id not in standing, "ended, and a step is open"
        assert not EventWait.objects.exclude(step__state="waiting").exists()
        self.check_nobody_hangs(standing)

    def check_nobody_hangs(self, standing: dict[Any, ActionExecution]) -> None:
        """Whoever waits has something to wait for: a child under way, or something in the queue."""
        parents = set(
            WorkflowExecution.objects.filter(state__in=UNDER_WAY, parent__isnull=False).values_list(
                "parent_id", flat=True
            )
        )
        with public_scope():
            refs = {ref.split(":")[0] for ref in Item.objects.filter(state=0).values_list("ref", flat=True)}
        children = {
            row.parent_id
            for row in WorkflowExecution.objects.filter(id__in=[r for r in refs if len(r) == 36])
        }
        for execution_id, step in standing.items():
            assert execution_id in parents | children or str(step.id) in refs, step.node
