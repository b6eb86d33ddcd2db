"""Executions in the admin: the timeline with branches, waits and decisions, and the list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from workflow.admin.timeline import spoken_seconds, timeline_of
from workflow.models import WorkflowExecution
from workflow.tests.test_nodes import edge, tag
from workflow.tests.test_statistics import REST, if_greater


@pytest.fixture
def page(scope, web, alice):
    """Alice's browser on demo's admin."""
    return web("demo.localhost", user=alice)


def url(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args, urlconf="config.urls_tenant")


def body(answer) -> str:
    return answer.content.decode()


def branching(engine) -> WorkflowExecution:
    """A condition, two branches, a loop of two turns, and a wait."""
    engine.workflow(
        name="سفارش بزرگ",
        nodes=[
            {**if_greater("rich", "event.data.total", 9), "name": "طلب كبير؟"},
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            tag("a"),
            {**tag("b"), "name": "شاخهٔ دوم"},
            {"id": "meet", "type": "join"},
            {"id": "each", "type": "loop", "config": {"items": "event.data.items"}},
            {"id": "item", "action": "add_note", "config": {"text": "{{ loop.item }} +213 550 00 00 01"}},
            {"id": "rest", **REST},
        ],
        edges=[
            edge("rich", "fork", "true"),
            edge("fork", "a", "a"),
            edge("fork", "b", "b"),
            edge("a", "meet"),
            edge("b", "meet"),
            edge("meet", "each"),
            edge("each", "item", "each"),
            edge("each", "rest"),
        ],
    )
    event = engine.happen(engine.contact(), total=10, items=["قهوة", "شاي"])
    engine.work()
    return WorkflowExecution.objects.get(event_id=event.id, parent__isnull=True)


class TestTimeline:
    def test_steps_in_order_with_their_branches(self, engine):
        line = timeline_of(branching(engine)).line

        assert [(step.node, step.state) for step in line.steps] == [
            ("fork", "completed"),
            ("each", "completed"),
            ("rest", "waiting"),
        ]
        assert [(d.name, d.port) for d in line.decisions] == [("طلب كبير؟", "true"), ("meet", "next")]
        fork, each, rest = line.steps
        assert [(b.branch, [s.name for s in b.steps]) for b in fork.branches] == [
            ("fork:a", ["a"]),
            ("fork:b", ["شاخهٔ دوم"]),
        ]
        assert [b.branch for b in each.branches] == ["each:0", "each:1"]
        assert not any(b.decisions for b in [*fork.branches, *each.branches])
        assert rest.until is not None
        assert rest.until - rest.started_at == pytest.approx(timedelta(hours=1), abs=timedelta(seconds=5))

    def test_it_costs_the_same_for_many_branches(self, engine, django_assert_max_num_queries):
        execution = branching(engine)

        with django_assert_max_num_queries(7):
            timeline_of(execution)

    def test_what_an_event_is_waited_for(self, engine):
        engine.workflow(
            {
                "action": "wait",
                "config": {"event": {"event_type": "TAG_ADDED", "timeout": {"hours": 2}}},
            }
        )
        execution = engine.run(engine.contact())

        (step,) = timeline_of(execution).line.steps
        assert "Waits for TAG_ADDED" in step.wait
        assert step.until is not None

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (None, "–"),
            (0, "0 ms"),
            (0.0404, "40 ms"),
            (2.5, "2.5 s"),
            (59.99, "60 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (3_600, "1 h"),
            (86_399, "23 h 59 min"),
            (2 * 86_400 + 3_700, "2 d 1 h"),
            (2 * 86_400 + 60, "2 d"),
        ],
    )
    def test_durations_in_words(self, seconds, words):
        assert spoken_seconds(seconds) == words

    def test_the_page(self, engine, page):
        shown = body(page.get(url("workflow_workflowexecution_change", branching(engine).pk)))

        for text in ("شاخهٔ دوم", "طلب كبير؟", "each:1", "Waits, until", "قهوة +213 550 00 00 01"):
            assert text in shown
        for side in ("margin-left", "margin-right", "padding-left", "padding-right", "float:"):
            assert side not in shown.split("<style>")[1].split("</style>")[0]

    def test_a_branch_names_what_it_is_part_of(self, engine, page):
        execution = branching(engine)
        child = execution.children.get(branch="fork:a")

        shown = body(page.get(url("workflow_workflowexecution_change", child.pk)))

        assert url("workflow_workflowexecution_change", execution.pk) in shown

    def test_the_list_has_whole_executions_with_names(self, engine, page, django_assert_max_num_queries):
        branching(engine)
        engine.workflow(tag("x"), name="x")
        for _ in range(6):
            engine.happen(engine.contact(name="مینا رضایی"))
        engine.work()

        with django_assert_max_num_queries(14):
            answer = page.get(url("workflow_workflowexecution_changelist"))

        assert answer.context["cl"].result_count == 13
        assert "<bdi>مینا رضایی</bdi>" in body(answer)

    def test_the_list_is_searched_by_ids_and_filtered(self, engine, page):
        execution = branching(engine)
        listed = url("workflow_workflowexecution_changelist")

        for wanted in (execution.id, execution.event_id, execution.contact_id):
            assert page.get(listed, {"q": str(wanted)}).context["cl"].result_count == 1
        assert page.get(listed, {"q": "wait"}).context["cl"].result_count == 0
        for query, count in (
            ({"converted": "1"}, 0),
            ({"converted": "0"}, 1),
            ({"exit_reason": "goal"}, 0),
            ({"workflow": str(execution.workflow_id)}, 1),
            ({"workflow": "x"}, 0),
        ):
            assert page.get(listed, query).context["cl"].result_count == count
