"""Workers that die between a batch's work and its commit, or right after it: branches, turns, called workflows and joins lose
nothing, double nothing, and nobody waits for ever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from events.queue.models import Item
from events.queue.tests.helpers import let_leases_end, process_env
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import ActionExecution, WorkflowExecution
from workflow.tests.racing import contact, happen, made, notes, ring
from workflow.tests.test_nodes import edge


@pytest.fixture(autouse=True)
def _inside_demo(committed_db: None) -> Iterator[None]:
    with tenant_scope(tenant_by_slug("demo")):
        yield


REST = {"type": "wait", "config": {"hours": 1}}
#: The batches at which one worker after the other dies. What died before its commit is to be done again.
DEATHS = {"before": (1, 2, 4, 6), "after": (1, 1, 1, 2)}


def noting(node: str, text: str) -> dict:
    return {"id": node, "action": "add_note", "config": {"text": text}}


def journey() -> None:
    """A loop, in each turn a fork, in one branch a called workflow that waits, in the other a wait; then a word."""
    inner = made([noting("in", "in"), {"id": "rest", **REST}, noting("out", "out")],
                 [edge("in", "rest"), edge("rest", "out")], triggers=[{"type": "called"}])  # fmt: skip
    made(
        [
            {"id": "each", "type": "loop", "config": {"items": "event.data.items", "at_once": 2}},
            {"id": "fork", "type": "parallel", "config": {"branches": ["a", "b"]}},
            {"id": "sub", "type": "sub_workflow", "config": {"workflow": str(inner.id)}},
            {"id": "rest", **REST},
            noting("b", "b{{ loop.item }}"),
            {"id": "meet", "type": "join"},
            noting("turn", "turn{{ loop.item }}"),
            noting("end", "end"),
        ],
        [
            edge("each", "fork", "each"), edge("fork", "sub", "a"), edge("fork", "rest", "b"), edge("rest", "b"),
            edge("sub", "meet"), edge("b", "meet"), edge("meet", "turn"), edge("turn", "each"), edge("each", "end"),
        ],
    )  # fmt: skip


def run_worker(point: str, number: int) -> int:
    """Its exit status; -9 when it died on the way."""
    command = [sys.executable, "-m", "workflow.tests.crash_worker", point, str(number)]
    worker = subprocess.run(
        command, env=process_env(), capture_output=True, text=True, timeout=60, check=False
    )
    assert worker.returncode in (0, -9), worker.stdout + worker.stderr
    return worker.returncode


@pytest.mark.parametrize("point", ["before", "after"])
def test_nothing_is_lost_or_doubled_and_nobody_hangs(point):
    journey()
    happen(contact(), items=[1, 2, 3])
    deaths = 0
    for number in (*DEATHS[point], 10_000):
        deaths += run_worker(point, number) == -9
        let_leases_end()
        ring()

    assert deaths >= 3, "it was over too soon to tell"
    assert notes() == sorted(
        [*(f"{word}{n}" for word in ("b", "turn") for n in (1, 2, 3)), *["in"] * 3, *["out"] * 3, "end"]
    )
    assert set(WorkflowExecution.objects.values_list("state", flat=True)) == {"completed"}
    assert set(ActionExecution.objects.values_list("state", flat=True)) == {"completed"}
    with public_scope():
        assert not Item.objects.exists()
