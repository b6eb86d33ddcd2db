"""Publishing is strict: each problem is told with its place; what is published never changes."""

from __future__ import annotations

import pytest

from workflow.graph import DocumentError, read
from workflow.models import Action, Condition, Trigger, Version, Workflow
from workflow.services.checking import problems_of
from workflow.services.publishing import NotPublishedError, activate, publish_draft, resolve

TAG = {"id": "a", "action": "add_tag", "config": {"tag": "x"}}
WAIT = {"id": "w", "action": "wait", "config": {"minutes": 1}}
IF = {"id": "c", "type": "condition", "predicate": {"field": "user.name", "op": "is_not_empty"}}
ON = [{"event_type": "MESSAGE_RECEIVED"}]
NOBODY = "00000000-0000-0000-0000-000000000000"


def _doc(*nodes, edges=(), triggers=ON, **rest):
    return {"triggers": triggers, "nodes": list(nodes), "edges": list(edges), **rest}


def _node(**changes):
    return {**TAG, **changes}


#: document, place, words of the message
STRICT = [
    (_doc(), "/nodes", "at least one node"),
    (_doc(TAG, triggers=[]), "/triggers", "at least one trigger"),
    (_doc(TAG, TAG), "/nodes", "same id"),
    (_doc(TAG, start="nowhere"), "/start", "no node 'nowhere'"),
    (_doc(TAG, edges=[{"source": "a", "target": "zz"}]), "/edges/0", "no node 'zz'"),
    (
        _doc(TAG, WAIT, edges=[{"source": "a", "target": "w", "port": "true"}]),
        "/edges/0",
        "no port 'true'; it has error, next",
    ),
    (
        _doc(TAG, WAIT, edges=[{"source": "a", "target": "w"}, {"source": "a", "target": "a"}]),
        "/edges/1",
        "connected twice",
    ),
    (_doc(TAG, WAIT), "w", "cannot be reached"),
    (_doc(TAG, edges=[{"source": "a", "target": "a"}]), "a", "cycle without a wait"),
    (_doc(IF), "c", "leads nowhere"),
    (_doc(TAG, triggers=[{"event_type": "NO_SUCH"}]), "/triggers/0/event_type", "no event type 'NO_SUCH'"),
    (_doc(TAG, triggers=[{}]), "/triggers/0/event_type", "no event type ''"),
    (
        _doc(TAG, triggers=[{**ON[0], "predicate": {"field": "user.nme", "op": "is_null"}}]),
        "/triggers/0/predicate/field",
        "did you mean 'user.name'?",
    ),
    (
        _doc(TAG, triggers=[{**ON[0], "predicate": {"field": "user.name", "op": "near"}}]),
        "/triggers/0/predicate/op",
        "near",
    ),
    (_doc(_node(action="no_such")), "a", "no action 'no_such'; known: add_note, add_tag"),
    (_doc(_node(config={"tg": "x"})), "a/tg", "Extra inputs"),
    (_doc(_node(config={"tag": "x", "tg": "{{ user.name }}"})), "a/tg", "Extra inputs"),
    (_doc(_node(config={})), "a/tag", "Field required"),
    (_doc(_node(config={"tag": "{{ user.name"})), "a/tag", "line 1"),
    (_doc(_node(config={"tag": "{{ user.name | nofilter }}"})), "a/tag", "nofilter"),
    (_doc(_node(retry={"attempts": 0})), "a/retry/attempts", "greater than or equal to 1"),
    (_doc(_node(retry={"tries": 3})), "a/retry/tries", "Extra inputs"),
    (_doc(_node(predicate={"field": "user.name", "op": "is_null"})), "a", "action nodes have no predicate"),
    (
        _doc({**IF, "predicate": {}}, TAG, edges=[{"source": "c", "target": "a", "port": "true"}]),
        "c",
        "needs a predicate",
    ),
    (
        _doc({**IF, "config": {"x": 1}}, TAG, edges=[{"source": "c", "target": "a", "port": "true"}]),
        "c/x",
        "Extra inputs",
    ),
    (_doc(_node(action_id=NOBODY)), "a", "named action does not exist"),
    (_doc({**IF, "condition_id": NOBODY}), "c", "named condition does not exist"),
    (_doc(TAG, triggers=[{"trigger_id": NOBODY}]), "/triggers/0", "named trigger does not exist"),
]


@pytest.mark.parametrize(("document", "place", "words"), STRICT)
def test_a_problem_is_told_with_its_place_and_nothing_is_published(scope, document, place, words):
    workflow = Workflow.objects.create(name="w", draft=document)

    with pytest.raises(DocumentError) as refused:
        publish_draft(workflow, by="test")

    assert [(p.place, words in p.message) for p in refused.value.problems if p.place == place] == [
        (place, True)
    ]
    assert not Version.objects.exists()
    workflow.refresh_from_db()
    assert workflow.active_version is None


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"nodes": "x"}, "/nodes"),
        ({"extra": 1}, "/extra"),
        ({"nodes": [{"id": "Bad Id"}]}, "/nodes/0/id"),
        ({"actions": [], "nodes": [TAG]}, "/"),
        ({"actions": {"a": 1}}, "/"),
        (["a list"], "/"),
    ],
)
def test_even_a_draft_has_a_shape(document, place):
    with pytest.raises(DocumentError) as refused:
        read(document)

    assert refused.value.problems[0].place == place


def test_all_problems_are_told_at_once(scope):
    document = _doc(_node(action="no_such"), triggers=[{"event_type": "NO_SUCH"}])

    assert {p.place for p in problems_of(read(document))} == {"a", "/triggers/0/event_type"}


def test_a_wait_makes_a_cycle_good(scope):
    document = _doc(TAG, WAIT, edges=[{"source": "a", "target": "w"}, {"source": "w", "target": "a"}])

    assert problems_of(read(document)) == []


def test_a_linear_list_becomes_nodes_and_edges():
    document = read({"actions": [{"action": "wait"}, {"id": "last", "action": "add_tag"}]})

    assert [node.id for node in document.nodes] == ["step_1", "last"]
    assert [(edge.source, edge.target) for edge in document.edges] == [("step_1", "last")]
    assert document.first == "step_1"


def test_named_blocks_are_copied_when_publishing(scope):
    named = Trigger.objects.create(
        name="وسم",
        event_type="TAG_ADDED",
        predicate={"field": "event.data.tag", "op": "equals", "value": "vip"},
    )
    condition = Condition.objects.create(name="has name", predicate=IF["predicate"])
    action = Action.objects.create(name="tag", type="add_tag", config={"tag": "old"}, retry={"attempts": 2})
    nodes = [
        {"id": "c", "type": "condition", "condition_id": str(condition.id)},
        {"id": "a", "action_id": str(action.id), "retry": {"backoff_s": 9}},
    ]
    workflow = Workflow.objects.create(
        name="w",
        draft=_doc(
            *nodes,
            edges=[{"source": "c", "target": "a", "port": "true"}],
            triggers=[{"trigger_id": str(named.id)}],
        ),
    )

    version = publish_draft(workflow, by="member:1")
    Action.objects.update(config={"tag": "new"})
    Trigger.objects.all().delete()
    Condition.objects.all().delete()

    document = Version.objects.get(id=version.id).document
    (trigger,) = document["triggers"]
    assert (trigger["id"], trigger["type"], trigger["event_type"]) == ("trigger_1", "event", "TAG_ADDED")
    assert (trigger["predicate"], trigger["trigger_id"]) == (named.predicate, None)
    assert document["nodes"][0]["predicate"] == IF["predicate"]
    copied = document["nodes"][1]
    assert (copied["action"], copied["config"], copied["action_id"]) == ("add_tag", {"tag": "old"}, None)
    assert copied["retry"] == {"attempts": 2, "backoff_s": 9}
    assert version.published_by == "member:1"


def test_resolving_does_not_touch_the_draft(scope):
    action = Action.objects.create(name="tag", type="add_tag", config={"tag": "x"})
    draft = read(_doc({"id": "a", "action_id": str(action.id)}))

    resolve(draft)

    assert draft.nodes[0].action == ""


def test_versions_are_numbered(scope):
    workflow = Workflow.objects.create(name="w", draft=_doc(TAG))

    assert [publish_draft(workflow, by="t").number for _ in range(3)] == [1, 2, 3]


def test_an_unpublished_workflow_cannot_be_switched_on(scope):
    with pytest.raises(NotPublishedError):
        activate(Workflow.objects.create(name="w", draft=_doc(TAG)))
