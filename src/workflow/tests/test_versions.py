"""Versions: what changed between two, publishing an old one again, and what publishing the draft would change."""

from __future__ import annotations

import pytest

from workflow.graph import DocumentError, read
from workflow.models import Action, Version, Workflow, WorkflowExecution
from workflow.services.choosing import NoSuchVersionError
from workflow.services.diffing import diff, label_of
from workflow.services.drafts import DraftChangedError, change_workflow
from workflow.services.publishing import publish_draft
from workflow.services.versions import (
    AlreadyActiveVersionError,
    UnpublishedChangesError,
    difference,
    prospect,
    revive,
    roll_back,
)
from workflow.tests.test_nodes import edge, line, tag

URL = "/api/v1/workflow/workflows/"
ON = [{"id": "came", "event_type": "MESSAGE_RECEIVED"}]
WAIT = {"id": "rest", "type": "wait", "config": {"hours": 1}}


def document(*nodes: dict, edges: tuple[dict, ...] = (), **parts) -> dict:
    return {"triggers": ON, "nodes": list(nodes), "edges": list(edges), **parts}


def changed(before: dict, after: dict):
    return diff(read(before), read(after))


@pytest.fixture
def client(api, demo_key):
    """A program of demo that may write workflows."""
    return api("demo.localhost", key=demo_key("workflow:write"))


class TestDiff:
    def test_the_same_is_the_same_wherever_it_stands(self):
        before = document(tag("a"), WAIT, edges=(edge("a", "rest"),), start="a")
        moved = document(
            {**WAIT, "ui": {"x": 9}},
            {**tag("a"), "ui": {"x": 1, "y": 2}},
            edges=(edge("a", "rest"),),
            start="a",
            ui={"zoom": 2},
        )

        assert changed(before, moved).is_same

    def test_nodes_that_came_went_and_changed(self):
        before = document(tag("a", "قدیمی"), tag("b"), edges=(edge("a", "b"),))
        after = document({**tag("a", "تازه"), "name": "برچسب"}, WAIT, edges=(edge("a", "rest"),))

        found = changed(before, after)

        told = {part.id: (part.change, part.label) for part in found.nodes}
        assert told == {
            "a": ("changed", "برچسب"),
            "rest": ("added", "Wait (rest)"),
            "b": ("removed", "Add a tag (b)"),
        }
        fields = {f.field: (f.label, f.before, f.after) for f in found.nodes[0].fields}
        assert fields == {
            "name": ("Name", "", "برچسب"),
            "config/tag": ("Tag", "قدیمی", "تازه"),
        }
        added = {f.field: f.after for f in found.nodes[1].fields}
        assert added == {"type": "action", "action": "wait", "config/hours": 1}

    def test_an_edge_is_known_by_where_it_leaves(self):
        before = document(tag("a"), tag("b"), tag("c"), edges=(edge("a", "b"), edge("b", "c")))
        after = document(
            tag("a"), tag("b"), tag("c"), edges=(edge("a", "c"), edge("c", "b"), edge("a", "b", "error"))
        )

        found = changed(before, after)

        told = {(part.id, part.change): [(f.before, f.after) for f in part.fields] for part in found.edges}
        assert told == {
            ("a:next", "changed"): [("b", "c")],
            ("c:next", "added"): [(None, "b")],
            ("a:error", "added"): [(None, "b")],
            ("b:next", "removed"): [("c", None)],
        }
        assert found.edges[0].label == "Add a tag (a) · next"
        assert not found.nodes

    def test_a_predicate_is_told_as_a_whole(self):
        before = document(tag("a"), triggers=[{**ON[0], "predicate": line("event.data.text", "سلام")}])
        after = document(tag("a"), triggers=[{**ON[0], "predicate": line("event.data.text", "درود")}])

        (trigger,) = changed(before, after).triggers

        assert [(f.field, f.label) for f in trigger.fields] == [("predicate", "Condition")]
        assert trigger.fields[0].after["value"] == "درود"
        assert trigger.label == "Event (MESSAGE_RECEIVED)"

    def test_policy_and_start(self):
        before = document(tag("a"), tag("b"))
        after = document(
            tag("a"),
            tag("b"),
            start="b",
            policy={"reentry": {"rule": "after_days", "days": 3}, "exits": {"signals": ["reply"]}},
        )

        found = changed(before, after)

        assert {f.label: (f.before, f.after) for f in found.policy} == {
            "Re-entry › rule": ("every_time", "after_days"),
            "Re-entry › days": (None, 3),
            "Leave on": ([], ["reply"]),
        }
        assert found.start is not None
        assert (found.start.before, found.start.after) == ("a", "b")
        assert not found.is_same

    def test_true_is_not_one(self):
        assert not changed(
            document({**WAIT, "config": {"x": True}}), document({**WAIT, "config": {"x": 1}})
        ).is_same

    def test_labels(self):
        assert label_of(("config", "max_items")) == "Max items"
        assert label_of(("retry", "backoff_s")) == "Trying again › backoff s"

    def test_a_draft_that_names_a_block_is_compared_by_what_the_block_says(self, scope):
        block = Action.objects.create(name="خوش‌آمد", type="add_tag", config={"tag": "x"})
        workflow = Workflow.objects.create(
            name="w", draft={"triggers": ON, "nodes": [{"id": "a", "action_id": str(block.id)}]}
        )
        publish_draft(workflow, by="t")
        assert difference(workflow, before="active", after="draft").is_same

        Action.objects.update(config={"tag": "y"})

        (node,) = difference(workflow, before="1", after="draft").nodes
        assert [(f.field, f.before, f.after) for f in node.fields] == [("config/tag", "x", "y")]

    @pytest.mark.parametrize("which", ["2", "0", "x", "", "9999999999", "²"])
    def test_a_version_that_is_not_there(self, scope, which):
        workflow = Workflow.objects.create(name="w", draft=document(tag("a")))
        publish_draft(workflow, by="t")

        with pytest.raises(NoSuchVersionError):
            difference(workflow, before=which, after="draft")


class TestRollBack:
    @pytest.fixture
    def workflow(self, engine) -> Workflow:
        """At its second version."""
        made = engine.workflow(nodes=[tag("a", "یک")], name="نسخه‌ها")
        change_workflow(made.id, {"draft": document(tag("a", "دو"))})
        made.refresh_from_db()
        publish_draft(made, by="t")
        return made

    def test_it_is_a_new_version_and_the_draft_follows(self, workflow, engine):
        rolled = roll_back(workflow.id, 1, by="سارا")

        assert rolled.active_version is not None
        assert (rolled.active_version.number, rolled.active_version.published_by) == (3, "سارا")
        assert rolled.active_version.document == Version.objects.get(workflow=workflow, number=1).document
        assert rolled.draft["nodes"][0]["config"] == {"tag": "یک"}
        assert rolled.published_revision == rolled.revision
        amina = engine.contact()
        engine.run(amina)
        assert engine.user(amina)["tags"] == ["یک"]

    def test_unpublished_changes_are_not_lost_by_mistake(self, workflow):
        change_workflow(workflow.id, {"draft": document(tag("a", "سه"))})

        with pytest.raises(UnpublishedChangesError):
            roll_back(workflow.id, 1, by="t")

        workflow.refresh_from_db()
        assert (workflow.active_version.number, workflow.draft["nodes"][0]["config"]["tag"]) == (2, "سه")

    @pytest.mark.parametrize(
        ("wish", "kept", "unpublished"), [("keep", "سه", True), ("overwrite", "یک", False)]
    )
    def test_they_are_kept_or_overwritten_when_that_is_said(self, workflow, wish, kept, unpublished):
        change_workflow(workflow.id, {"draft": document(tag("a", "سه"))})

        rolled = roll_back(workflow.id, 1, by="t", draft=wish)

        assert rolled.draft["nodes"][0]["config"]["tag"] == kept
        assert (rolled.published_revision != rolled.revision) is unpublished
        assert rolled.active_version is not None
        assert rolled.active_version.document["nodes"][0]["config"]["tag"] == "یک"

    def test_a_new_name_is_no_unpublished_change(self, workflow):
        change_workflow(workflow.id, {"name": "نامی دیگر"})

        assert roll_back(workflow.id, 1, by="t").name == "نامی دیگر"

    def test_a_draft_that_is_kept_though_nothing_was_unpublished_differs_now(self, workflow):
        rolled = roll_back(workflow.id, 1, by="t", draft="keep")

        assert rolled.draft["nodes"][0]["config"]["tag"] == "دو"
        assert rolled.published_revision != rolled.revision

    def test_refusals_change_nothing(self, workflow):
        with pytest.raises(AlreadyActiveVersionError):
            roll_back(workflow.id, 2, by="t")
        with pytest.raises(NoSuchVersionError):
            roll_back(workflow.id, 7, by="t")
        with pytest.raises(DraftChangedError):
            roll_back(workflow.id, 1, by="t", expected=1)
        Version.objects.filter(number=1).update(document=document({"id": "a", "action": "gone"}))
        with pytest.raises(DocumentError):
            roll_back(workflow.id, 1, by="t")
        assert Version.objects.count() == 2


class TestBeforePublishing:
    def test_who_stands_where_and_what_becomes_of_triggers(self, engine, django_assert_max_num_queries):
        workflow = engine.workflow(
            nodes=[WAIT, tag("after")],
            edges=[edge("rest", "after")],
            triggers=[
                *ON,
                {"id": "gone", "event_type": "TAG_ADDED"},
                {"id": "same", "event_type": "TAG_REMOVED"},
            ],
        )
        amina = engine.contact()
        for contact in (amina, amina, engine.contact()):
            engine.happen(contact)
        engine.work()
        change_workflow(
            workflow.id,
            {
                "draft": document(
                    {**WAIT, "id": "pause", "name": "مکث"},
                    triggers=[
                        {**ON[0], "predicate": line("event.data.text", "x")},
                        {"id": "same", "event_type": "TAG_REMOVED", "name": "همان"},
                        {"id": "fresh", "event_type": "USER_CREATED"},
                    ],
                )
            },
        )
        workflow.refresh_from_db()

        with django_assert_max_num_queries(8):
            found = prospect(workflow)

        assert {trigger.id: trigger.change for trigger in found.triggers} == {
            "came": "changed",
            "same": "kept",
            "fresh": "armed",
            "gone": "disarmed",
        }
        (version,) = found.standing
        assert (version.number, version.is_active, version.executions) == (1, True, 3)
        (node,) = version.nodes
        assert (node.node, node.label, node.executions, node.contacts, node.is_gone) == (
            "rest",
            "Wait (rest)",
            3,
            2,
            True,
        )
        assert not found.problems
        assert {part.id for part in found.diff.nodes} == {"rest", "after", "pause"}

    def test_branches_count_with_whom_they_belong_to(self, engine):
        workflow = engine.workflow(
            nodes=[{"id": "fork", "type": "parallel", "config": {"branches": ["l", "r"]}}, WAIT, tag("b")],
            edges=[edge("fork", "rest", "l"), edge("fork", "b", "r")],
        )
        engine.happen(engine.contact())
        engine.work()

        (version,) = prospect(workflow).standing

        assert [(node.node, node.executions) for node in version.nodes] == [("fork", 1)]

    def test_a_draft_with_problems_is_compared_all_the_same(self, scope):
        workflow = Workflow.objects.create(
            name="w",
            draft=document(tag("a"), triggers=[{"trigger_id": "00000000-0000-7000-8000-000000000000"}]),
        )

        found = prospect(workflow)

        assert [problem.place for problem in found.problems] == ["/triggers/0"]
        assert [part.change for part in found.diff.nodes] == ["added"]


def test_what_runs_on_a_drained_version_again_is_heeded(engine):
    workflow = engine.workflow(nodes=[tag("a")])
    version = Version.objects.get(workflow=workflow)
    Version.objects.update(is_drained=True)

    revive([version.id])

    version.refresh_from_db()
    assert not version.is_drained


class TestApi:
    @pytest.fixture
    def made(self, scope, client) -> str:
        """The address of a workflow that is published once."""
        body = {"name": "نسخه‌ها", "draft": document(tag("a", "یک"))}
        address = f"{URL}{client.post(URL, body).json()['id']}/"
        assert client.post(f"{address}publish/").status_code == 200
        return address

    def test_diff(self, made, client):
        client.patch(made, {"draft": document(tag("a", "دو"))})

        shown = client.get(f"{made}diff/").json()
        back = client.get(f"{made}diff/?from=draft&to=1").json()

        assert shown["is_same"] is False
        assert shown["nodes"] == [
            {
                "id": "a",
                "label": "Add a tag (a)",
                "change": "changed",
                "fields": [{"field": "config/tag", "label": "Tag", "before": "یک", "after": "دو"}],
            }
        ]
        assert back["nodes"][0]["fields"][0]["after"] == "یک"
        missing = client.get(f"{made}diff/?from=9")
        assert (missing.status_code, missing.json()["error"]["code"]) == (404, "no_such_version")

    def test_the_history_keeps_the_publishers_note(self, made, client):
        answer = client.post(f"{made}publish/", {"note": "خصم العيد"})

        assert (answer.status_code, answer.json()["note"]) == (200, "خصم العيد")
        rows = client.get(f"{made}versions/").json()["results"]
        assert [row["note"] for row in rows] == ["خصم العيد", ""]
        assert {row["actor_name"] for row in rows} == {"test"}
        assert client.post(f"{made}publish/", {"note": "x" * 501}).status_code == 400
        assert client.get(f"{made}versions/").json()["count"] == 2

    def test_publishing_only_what_was_looked_at(self, made, client):
        client.patch(made, {"draft": document(tag("a", "دو"))})
        seen = client.get(f"{made}publishing/").json()
        assert (seen["problems"], seen["triggers"][0]["change"]) == ([], "kept")
        client.patch(made, {"draft": document(tag("a", "سه"))})

        refused = client.post(f"{made}publish/", headers={"If-Match": f'"{seen["revision"]}"'})

        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "draft_changed")
        assert Version.objects.count() == 1
        taken = client.post(f"{made}publish/", headers={"If-Match": f'"{seen["revision"] + 1}"'})
        assert (taken.status_code, taken.json()["number"]) == (200, 2)
        assert client.post(f"{made}publish/", headers={"If-Match": "soon"}).status_code == 400

    def test_activating_publishes_only_what_was_looked_at(self, scope, client):
        address = f"{URL}{client.post(URL, {'name': 'w', 'draft': document(tag('a'))}).json()['id']}/"
        client.patch(address, {"name": "v"})

        assert client.post(f"{address}activate/", headers={"If-Match": "1"}).status_code == 409
        assert client.post(f"{address}activate/", headers={"If-Match": "2"}).status_code == 200

    def test_roll_back(self, made, client):
        client.patch(made, {"draft": document(tag("a", "دو"))})
        client.post(f"{made}publish/")
        client.patch(made, {"draft": document(tag("a", "سه"))})
        address = f"{made}roll_back/"

        refused = client.post(address, {"version": 1})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "unpublished_changes")
        both = client.post(address, {"version": 1, "keep_draft": True, "overwrite": True})
        assert both.status_code == 400
        stale = client.post(address, {"version": 1, "overwrite": True}, headers={"If-Match": "1"})
        assert (stale.status_code, stale.json()["error"]["code"]) == (409, "draft_changed")
        shown = client.post(address, {"version": 1, "overwrite": True}, headers={"If-Match": "3"}).json()
        assert (shown["active_version"]["number"], shown["has_unpublished_changes"]) == (3, False)
        assert shown["draft"]["nodes"][0]["config"] == {"tag": "یک"}
        again = client.post(address, {"version": 3})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "already_active_version")

    def test_reading_is_not_writing(self, made, api, demo_key):
        reader = api("demo.localhost", key=demo_key("workflow:read"))

        assert reader.get(f"{made}diff/").status_code == 200
        assert reader.get(f"{made}publishing/").status_code == 200
        for action, body in (("roll_back", {"version": 1}), ("migrate", {})):
            assert reader.post(f"{made}{action}/", body).status_code == 403
        assert Version.objects.count() == 1
        assert not WorkflowExecution.objects.exists()
