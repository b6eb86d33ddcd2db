"""What the CRM's segments and consent mean to workflows: a trigger, two audiences, an exit signal."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from crm.models import Segment, SegmentState
from crm.services.cause import SYSTEM
from crm.services.consent import set_opted_out
from crm.services.contacts import create_contact, delete_contacts
from crm.services.segments import create_segment
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.tests.segment_support import LOYAL
from crm.tests.workflow_support import drain, started_for, workflow_on
from workflow.audiences import AudienceChoice
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import DocumentError
from workflow.models import Workflow, WorkflowExecution
from workflow.services.publishing import publish_draft

pytestmark = pytest.mark.usefixtures("inside")


def trigger(**config: str) -> dict:
    return {"type": "segment", "config": config}


class TestTrigger:
    def test_each_way_starts_its_own_workflow_and_other_segments_none(self, segment, amina, reza, work):
        loyal = segment(LOYAL, name="زبائن أوفياء", key="loyal")
        segment({"field": "user.language", "op": "equals", "value": "fa"}, name="فارسی", key="persian")
        entered = workflow_on(trigger(segment="loyal"), name="e")
        left = workflow_on(trigger(segment="loyal", on="left"), name="l")

        with transaction.atomic():
            add_tags([Tagging(contact_id=amina.id, tag="زبونة وفية")])
        work()
        assert (started_for(entered), started_for(left)) == ([amina], [])

        with transaction.atomic():
            remove_tags([Tagging(contact_id=amina.id, tag="زبونة وفية")])
        work()
        assert (started_for(entered), started_for(left)) == ([amina], [amina])
        assert loyal.key == "loyal"

    def test_it_needs_a_segment_that_is_filled(self, segment):
        segment(LOYAL, name="أوفياء", key="loyal")
        draft = Workflow.objects.create(name="w", draft={})

        def problems(**config: str) -> str:
            draft.draft = {**workflow_parts(), "triggers": [trigger(**config)]}
            with pytest.raises(DocumentError) as caught:
                publish_draft(draft, by="test")
            return str(caught.value)

        assert "no segment 'vip'; known: loyal" in problems(segment="vip")
        assert "/triggers/0/config/segment" in problems()
        assert "/triggers/0/config/on" in problems(segment="loyal", on="passed")
        Segment.objects.update(state=SegmentState.COMPUTING)
        assert "being computed; publish when it is ready" in problems(segment="loyal")


def workflow_parts() -> dict:
    return {"nodes": [{"id": "t", "action": "add_tag", "config": {"tag": "جديد"}}]}


class TestAudiences:
    def ids(self, choice: AudienceChoice, limit: int) -> list[uuid.UUID]:
        found, after = [], None
        while page := choice.page(after=after, limit=limit):
            found += page
            after = page[-1]
            if len(page) < limit:
                break
        return found

    @pytest.mark.parametrize("limit", [1, 2, 10])
    def test_everybody_and_a_segment_page_by_page(self, amina, reza, work, limit):
        people = [amina, reza, *(create_contact({"name": "نور", "language": "fa"}) for _ in range(3))]
        create_segment(
            name="فارسی", key="fa", predicate={"field": "user.language", "op": "equals", "value": "fa"}
        )
        work()
        everybody, persians = (
            AudienceChoice(type="all_contacts"),
            AudienceChoice(type="segment", config={"segment": "fa"}),
        )
        assert everybody.problems() == persians.problems() == []
        assert self.ids(everybody, limit) == sorted(person.id for person in people)
        assert self.ids(persians, limit) == sorted(person.id for person in people[1:])
        delete_contacts([reza.id])
        assert reza.id not in self.ids(persians, limit)

    def test_a_segment_must_be_there(self):
        (problem,) = AudienceChoice(type="segment", config={"segment": "vip"}).problems()
        assert "no segment 'vip'; known: none" in problem
        assert AudienceChoice(type="segment").problems()
        assert AudienceChoice(type="all_contacts", config={"segment": "x"}).problems()


def test_opting_out_takes_the_contact_out(amina, reza):
    assert EXIT_SIGNALS.get("opt_out").event_type == "USER_OPTED_OUT"
    workflow_on(
        {"event_type": "TAG_ADDED"},
        nodes=[{"id": "w", "type": "wait", "config": {"hours": 1}}],
        policy={"exits": {"signals": ["opt_out"]}},
    )
    with transaction.atomic():
        add_tags([Tagging(contact_id=contact.id, tag="تجربة") for contact in (amina, reza)])
    drain()
    with transaction.atomic():
        set_opted_out(amina.id, True, SYSTEM)
    drain()
    assert {row.contact_id: (row.state, row.exit_reason) for row in WorkflowExecution.objects.all()} == {
        amina.id: ("exited", "opt_out"),
        reza.id: ("waiting", ""),
    }
