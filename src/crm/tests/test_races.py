"""Several workers at once, with real commits: one contact, one tag, one of each."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction

from crm.models import Contact, ContactTag, Identity, Tag
from crm.services.contacts import contact_for_external_id, create_contact
from crm.services.identities import Person, contacts_for
from crm.services.tagging import Tagging, add_tags
from events.models import Event
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


def test_one_new_tag_is_one_tag(committed_db):
    with tenant_scope(tenant_by_slug("demo")), transaction.atomic():
        contact = create_contact({"name": "أمينة"})
    assert len(at_once(lambda: add_tags([Tagging(contact.id, "مهتمة")]))) == WORKERS
    with tenant_scope(tenant_by_slug("demo")):
        assert Tag.objects.count() == ContactTag.objects.count() == 1
