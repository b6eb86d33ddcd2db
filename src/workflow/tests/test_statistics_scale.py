"""Statistics among many rows: how long they take, and that they do not read other workflows' rows.

``./wasl test src/workflow/tests/test_statistics_scale.py -m heavy -s`` prints the times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import Workflow
from workflow.selectors import Step, overview, series, statistics
from workflow.services.cleanup import clean_batch
from workflow.services.publishing import activate, publish_draft
from workflow.tests.test_nodes import edge, tag

pytestmark = pytest.mark.heavy

MANY, FEW = 200_000, 2_000
_EXECUTIONS = """
INSERT INTO workflow_workflowexecution
    (id, workflow_id, version_id, event_id, contact_id, state, node, outputs, error, started_at, ended_at, converted_at)
SELECT uuidv7(-(g * %(gap)s)), %(workflow)s, %(version)s, uuidv7(), uuidv7(),
       (ARRAY['completed', 'completed', 'completed', 'failed', 'waiting', 'exited'])[1 + g %% 6], '',
       jsonb_build_object('rich', jsonb_build_object('result', (ARRAY['true', 'false'])[1 + g %% 2]),
                          'deal', jsonb_build_object('result', (ARRAY['a', 'b'])[1 + g %% 2]),
                          'say', jsonb_build_object('text', repeat('سلام ', 40) || g)),
       '', now() - g * %(gap)s, now() - g * %(gap)s + (g %% 1000) * interval '1 second',
       CASE WHEN g %% 10 = 0 THEN now() - g * %(gap)s + interval '1 minute' END
FROM generate_series(1, %(count)s) g
"""
_STEPS = """
INSERT INTO workflow_actionexecution
    (id, execution_id, node, action, state, attempts, port, input, output, error, started_at, ended_at)
SELECT uuidv7(e.started_at - clock_timestamp() + interval '1 second'), e.id, n.node, 'add_tag', 'completed', 1, 'next', '{}', '{}', '', e.started_at,
       e.ended_at
FROM workflow_workflowexecution e, unnest(ARRAY['a', 'b', 'c']) AS n(node)
"""


@pytest.fixture
def crowd(committed_db) -> Any:
    """Three workflows: two with many executions over 29 days, one with few."""
    with tenant_scope(tenant_by_slug("demo")):
        workflows = [_workflow(name) for name in ("بزرگ", "كبير", "few")]
        # By the owner, whose statements may take their time.
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET search_path = t_demo, public")
            for workflow in workflows:
                count = FEW if workflow.name == "few" else MANY
                values = {
                    "workflow": workflow.id,
                    "version": workflow.active_version_id,
                    "count": count,
                    "gap": timedelta(days=29) / count,
                }
                cursor.execute(_EXECUTIONS, values)
            cursor.execute(_STEPS)
            for table in ("workflowexecution", "actionexecution"):
                cursor.execute(f"VACUUM ANALYZE workflow_{table}")
        yield workflows


def _workflow(name: str) -> Workflow:
    arms = {"arms": [{"port": "a"}, {"port": "b", "hold_out": True}]}
    nodes = [
        {"id": "rich", "type": "condition", "predicate": {"field": "user.name", "op": "is_not_empty"}},
        {"id": "deal", "type": "split", "config": arms},
        *(tag(node) for node in "abc"),
    ]
    edges = [edge("rich", "deal", "true"), edge("deal", "a", "a"), edge("a", "b"), edge("b", "c")]
    workflow = Workflow.objects.create(
        name=name, draft={"triggers": [{"event_type": "TAG_REMOVED"}], "nodes": nodes, "edges": edges}
    )
    with transaction.atomic():
        publish_draft(workflow, by="test")
        activate(workflow)
    return workflow


def _timed(label: str, call: Callable[[], Any]) -> float:
    best = min(_seconds(call) for _ in range(2))
    print(f"{label:<50} {best * 1000:8.0f} ms")  # noqa: T201
    return best


def _seconds(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def test_times(crowd):
    big, *_, few = crowd
    now = datetime.now(UTC)
    month = {"since": now - timedelta(days=30), "until": now}
    print()  # noqa: T201
    many = _timed(f"one workflow, {MANY:,} executions, 3 steps each", lambda: statistics(big, days=30))
    a_day = _timed("the same, last day", lambda: statistics(big, days=1))
    small = _timed(f"one with {FEW:,} among {2 * MANY:,}", lambda: statistics(few, days=30))
    ids = [workflow.id for workflow in crowd]
    _timed("all three in rows", lambda: overview(ids, days=30))
    _timed("all three in rows, last day", lambda: overview(ids, days=1))
    _timed(
        "series of one, 30 days by hour",
        lambda: series(**month, step=Step.HOUR, workflow_id=big.id),
    )
    small_series = _timed(
        "series of the small one", lambda: series(**month, step=Step.DAY, workflow_id=few.id)
    )
    _timed(f"series of the tenant, {2 * MANY:,} executions", lambda: series(**month, step=Step.DAY))

    assert many < 5
    assert a_day < many / 3
    assert small < many / 5
    assert small_series < 0.2


def test_a_batch_of_the_cleanup_is_quick_among_many(crowd):
    def batch() -> None:
        with transaction.atomic():
            assert clean_batch(days=28, batch=500).rows > 0
            transaction.set_rollback(True)

    print()  # noqa: T201
    assert _timed("a batch of the clean-up", batch) < 2
