"""What tenants are given: built-in event types and the nightly cleanup, from the beginning and with each release."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from events.queue.models import Schedule
from events.types import EVENT_TYPES
from tenants.scope import public_scope, tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import EventType
from workflow.seeds import event_types_version
from workflow.services.cleanup import CLEANUP


def test_a_release_brings_tenants_its_event_types(committed_db):
    demo = tenant_by_slug("demo")
    with tenant_scope(demo):
        EventType.objects.filter(code="TAG_ADDED").delete()
        EventType.objects.filter(code="MESSAGE_RECEIVED").update(label="الاسم القديم")
        EventType.objects.create(code="ORDER_SHIPPED", label="شحن", is_builtin=False)
    with public_scope(), connections["owner"].cursor() as cursor:
        Schedule.objects.filter(name=f"{CLEANUP}:demo").delete()
        cursor.execute("UPDATE tenants_tenantschema SET version = 'old' WHERE tenant_id = %s", [demo.id])

    call_command("migrate_tenants")

    with tenant_scope(demo):
        labels = dict(EventType.objects.values_list("code", "label"))
    assert labels.pop("ORDER_SHIPPED") == "شحن"
    assert labels == {declared.code: declared.label for declared in EVENT_TYPES.values()}
    with public_scope():
        assert Schedule.objects.filter(name=f"{CLEANUP}:demo").exists()


def test_their_version_follows_the_code(monkeypatch):
    before = event_types_version()
    assert event_types_version() == before
    fewer = {code: declared for code, declared in EVENT_TYPES._items.items() if code != "TAG_ADDED"}
    monkeypatch.setattr(EVENT_TYPES, "_items", fewer)
    assert event_types_version() != before
