import resource
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.queue.drain import Drain
from workflow.engine import active, plan
from workflow.models import *
from workflow.tests.test_nodes import edge, line, tag


def loop_doc():
    return dict(
        nodes=[
            {"id": "each", "type": "loop", "config": {"items": "event.data.items", "max_items": 1000}},
            {"id": "set", "type": "set_variables", "config": {"values": {"x": "{{ loop.item }}"}}},
            {"id": "n", "action": "add_note", "config": {"text": "{{ vars.x }}"}},
            {"id": "c", "type": "condition", "predicate": line("loop.item", 5, "less")},
            tag("z", "z"),
        ],
        edges=[edge("each", "set", "each"), edge("set", "n"), edge("n", "c"), edge("c", "z", "false")],
    )


def pure_doc():
    return dict(
        nodes=[
            {"id": "each", "type": "loop", "config": {"items": "event.data.items", "max_items": 1000}},
            {"id": "c1", "type": "condition", "predicate": line("loop.item", 5, "less")},
            {"id": "c2", "type": "condition", "predicate": line("loop.item", 5, "less")},
            {"id": "c3", "type": "condition", "predicate": line("loop.item", 5, "less")},
        ],
        edges=[edge("each", "c1", "each"), edge("c1", "c2", "false"), edge("c2", "c3", "false")],
    )


from events.queue.models import Item
from tenants.scope import public_scope
from workflow.tests.test_adversary_races import contact, happen, made


@pytest.mark.parametrize("doc", [loop_doc, pure_doc])
@pytest.mark.parametrize("n", [1, 5])
def test_loop(shop, doc, n):
    made(**doc())
    for i in range(n):
        happen(contact(f"customer{i}"), items=list(range(1000)))
    t = time.time()
    d = Drain()
    k = 0
    longest = 0
    while time.time() - t < 100:
        a = time.time()
        c = d.run_once()
        longest = max(longest, time.time() - a)
        k += 1
        if not c:
            break
    print(
        "\nLOOP",
        doc.__name__,
        n,
        "total",
        round(time.time() - t, 2),
        "batches",
        k,
        "longest",
        round(longest, 2),
        "rss",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        set(WorkflowExecution.objects.filter(parent__isnull=True).values_list("state", flat=True)),
    )
    with public_scope():
        print("LOOP items left", Item.objects.count())


def test_versions(engine):
    nodes = [
        {"id": f"n{i}", "action": "add_note", "config": {"text": "{{ user.name }} %d" % i}}
        if i % 3
        else {
            "id": f"n{i}",
            "type": "wait",
            "config": {"event": {"event_type": "TAG_ADDED", "timeout": "2h"}},
        }
        for i in range(200)
    ]
    edges = [edge(f"n{i}", f"n{i + 1}") for i in range(199)]
    w = engine.workflow(nodes=nodes, edges=edges, policy={"exits": {"goal": {"event_type": "TAG_ADDED"}}})
    doc = w.active_version.document
    Version.objects.bulk_create(
        [Version(workflow=w, number=i + 10, document=doc, published_by="x") for i in range(100)]
    )
    from workflow.services.touching import touch

    active._active.clear()
    plan._plans.clear()
    touch()
    t = time.time()
    with CaptureQueriesContext(connection) as q:
        active.active_plans()
    print(
        "\nVERSIONS cold",
        round(time.time() - t, 3),
        len(q),
        "rss",
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )
    touch()
    t = time.time()
    with CaptureQueriesContext(connection) as q:
        active.active_plans()
    print("VERSIONS after touch", round(time.time() - t, 3), len(q))
    t = time.time()
    with CaptureQueriesContext(connection) as q:
        active.active_plans()
    print("VERSIONS warm", round(time.time() - t, 5), len(q))
