"""Several workers at once, with real commits: one contact, one tag, one of each."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, connections, transaction

from crm.models import Contact, ContactSegment, ContactTag, Identity, Segment, Tag
from crm.services import segment_evaluation
from crm.services.cause import SYSTEM
from crm.services.contacts import contact_for_external_id, create_contact
from crm.services.finding import contact_by_phone
from crm.services.identities import Person, contacts_for
from crm.services.segments import create_segment
from crm.services.tagging import Tagging, add_tags, remove_tags
from events.models import Event
from events.queue.models import Item
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug

WORKERS = 6
CHANNEL = uuid.uuid4()


def at_once(work: Callable[[], Any]) -> list[Any]:
    """What each of six workers came to; who loses a race for a row begins again, as the queue lets it."""
    barrier, results = threading.Barrier(WORKERS), []

    def run() -> None:
        try:
            with tenant_scope(tenant_by_slug("demo")):
                barrier.wait(10)
                for _ in range(WORKERS):
                    try:
                        with transaction.atomic():
                            result = work()
                    except IntegrityError:
                        continue
                    results.append(result)
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_one_person_is_one_contact(committed_db):
    someone = Person(channel_id=CHANNEL, provider="whatsapp", ids=("DZ.1a", "213555010203"), name="أمينة")
    found = at_once(lambda: contacts_for([someone])[0].id)
    with tenant_scope(tenant_by_slug("demo")):
        assert found == [Contact.objects.get().id] * WORKERS
        assert Identity.objects.count() == 2
        assert Event.objects.filter(type="USER_CREATED").count() == 1


def test_one_own_id_is_one_contact(committed_db):
    found = at_once(lambda: contact_for_external_id("customer123"))
    with tenant_scope(tenant_by_slug("demo")):
        assert found == [Contact.objects.get().id] * WORKERS
        assert Event.objects.filter(type="USER_CREATED").count() == 1


def test_a_first_message_and_a_workflow_make_one_contact(committed_db):
    """Half of the workers take a first message from a number, half are asked for a contact with it."""
    sender = Person(channel_id=CHANNEL, provider="whatsapp", ids=("213661000001",), phone="+213661000001")
    ways = itertools.cycle([lambda: contacts_for([sender])[0].id, lambda: contact_by_phone("0661000001")])
    found = at_once(lambda: next(ways)())
    with tenant_scope(tenant_by_slug("demo")):
        assert found == [Contact.objects.get().id] * WORKERS
        assert Identity.objects.count() == 1
        assert Event.objects.filter(type="USER_CREATED").count() == 1


def test_one_new_tag_is_one_tag(committed_db):
    with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
        contact = create_contact({"name": "أمينة"})
    assert len(at_once(lambda: add_tags([Tagging(contact.id, "مهتمة")]))) == WORKERS
    with tenant_scope(tenant_by_slug("demo")):
        assert Tag.objects.count() == ContactTag.objects.count() == 1


def test_a_segment_that_decides_on_old_news_is_put_right(committed_db, monkeypatch):
    """A batch has read that a contact wears a tag, and has not written yet that it is inside; the tag is taken off: whoever
    reacts to that waits for the batch."""
    demo = tenant_by_slug("demo")
    with tenant_scope(demo), transaction.atomic():
        amina = create_contact({"name": "أمينة"})
        add_tags([Tagging(amina.id, "وفية")])
        predicate = {"field": "user.tags", "op": "contains", "value": "وفية"}
        segment = create_segment(name="زبائن", predicate=predicate, announce=True)
        Segment.objects.update(state="ready")
        Item.objects.all().delete()
    has_read, may_write, errors = threading.Event(), threading.Event(), []
    read = segment_evaluation.contact_views

    def slowly(ids):
        views = read(ids)
        if threading.current_thread() is batch:
            has_read.set()
            may_write.wait(timeout=20)
        return views

    monkeypatch.setattr(segment_evaluation, "contact_views", slowly)

    def inside(work):
        def run():
            try:
                with tenant_scope(demo), transaction.atomic():
                    work()
            except Exception as exc:
                errors.append(exc)
            finally:
                connections.close_all()

        return threading.Thread(target=run)

    def decide_slowly():
        there = segment_evaluation.lock_contacts([amina.id])
        segment_evaluation.decide({segment: there}, {amina.id: SYSTEM})

    batch = inside(decide_slowly)
    batch.start()
    assert has_read.wait(timeout=20)
    with tenant_scope(demo), transaction.atomic():
        remove_tags([Tagging(amina.id, "وفية")])
        removed = Event.objects.get(type="TAG_REMOVED")
    reaction = inside(lambda: segment_evaluation.react([removed]))
    reaction.start()
    reaction.join(timeout=0.5)
    assert reaction.is_alive()
    may_write.set()
    for thread in (batch, reaction):
        thread.join(timeout=20)
    assert not errors
    with tenant_scope(demo):
        assert not ContactSegment.objects.exists()
        moves = Event.objects.filter(type__startswith="SEGMENT_").order_by("id")
        assert [event.type for event in moves] == ["SEGMENT_ENTERED", "SEGMENT_LEFT"]
