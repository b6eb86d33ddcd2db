"""The cast of the CRM's tests: Amina and Reza, customers of demo."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from rest_framework.test import APIClient

from crm.models import Contact, Segment
from crm.selectors import forget_watched
from crm.services.contacts import create_contact
from crm.services.segments import create_segment
from events.models import Event
from events.queue.drain import Drain
from tenants.scope import tenant_scope


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Which events matter to segments is kept for two seconds: longer than a test."""
    forget_watched()
    yield
    forget_watched()


@pytest.fixture
def work() -> Callable[..., None]:
    """``work()`` works off the internal queue, what is put off for later included, but for the ends of files."""

    def run() -> None:
        while Drain().run_until_empty() or _due_now():
            pass

    return run


def _due_now() -> bool:
    """Every timer is due; tells whether there is one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE public.queue_item SET run_at = now() - interval '1 second'"
            " WHERE run_at > now() AND kind <> 'crm.forget_file'"
        )
        waiting = cursor.rowcount
        cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at > now()")
        return bool(waiting)


@pytest.fixture
def inside(demo) -> Iterator[None]:
    """The test runs in demo's scope, as a worker's batch does."""
    with tenant_scope(demo):
        yield


@pytest.fixture
def amina(demo) -> Contact:
    """Writes Arabic and Darja, lives in Algiers."""
    with tenant_scope(demo):
        return create_contact(
            {"name": "أمينة بن علي", "phone": "0555 12 34 56", "email": "Amina@Example.com"}
        )


@pytest.fixture
def reza(demo) -> Contact:
    """Writes Persian; known by the id in the tenant's own system."""
    with tenant_scope(demo):
        return create_contact({"name": "رضا کیانی", "external_id": "customer123", "language": "fa"})


@pytest.fixture
def writer(api, demo_key) -> APIClient:
    """A program that may change contacts."""
    return api("demo.localhost", key=demo_key("crm:write"))


@pytest.fixture
def reader(api, demo_key) -> APIClient:
    """A program that may only look."""
    return api("demo.localhost", key=demo_key("crm:read"))


@pytest.fixture
def events_of(demo) -> Callable[..., list[Event]]:
    """``events_of(contact, "TAG_ADDED")``: what was published about a contact, oldest first."""

    def find(contact: Contact | None = None, *types: str) -> list[Event]:
        with tenant_scope(demo):
            found = Event.objects.order_by("id")
            if contact is not None:
                found = found.filter(contact_id=contact.id)
            return list(found.filter(type__in=types) if types else found)

    return find


@pytest.fixture
def segment(work) -> Callable[..., Segment]:
    """``segment(predicate)``: a dynamic one, filled."""

    def make(predicate: dict, *, name: str = "زبائن", **values) -> Segment:
        made = create_segment(name=name, predicate=predicate, **values)
        work()
        return Segment.objects.get(id=made.id)

    return make
