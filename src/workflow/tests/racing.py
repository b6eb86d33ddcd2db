"""Racing: workflows on real connections, with batches that can be held between their work and their commit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, connections, transaction

from events.models import Event
from events.queue import drain as drain_module
from events.queue.drain import Drain
from events.queue.tests.helpers import execute
from events.services.publishing import NewEvent, publish
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import Workflow, WorkflowExecution
from workflow.roots import RESOLVERS, ROOTS
from workflow.services.publishing import activate, publish_draft


class Background:
    """Work in a thread of its own, inside demo, on a connection of its own."""

    def __init__(self, do: Callable[[], Any]) -> None:
        self.result: Any = None
        self._do = do
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with tenant_scope(tenant_by_slug("demo")):
                self.result = self._do()
        except Exception as exc:
            self.result = exc
        finally:
            connections.close_all()

    def wait(self) -> Any:
        """What it returned or raised."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        return self.result


@contextmanager
def batch_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """``(reached, go)``: the next batch stops between its work and its commit."""
    reached, go, real = threading.Event(), threading.Event(), drain_module.finish
    first = threading.Lock()

    def finish(*args: Any, **kwargs: Any) -> None:
        if first.acquire(blocking=False):
            reached.set()
            assert go.wait(20)
        real(*args, **kwargs)

    monkeypatch.setattr(drain_module, "finish", finish)
    yield reached, go
    go.set()


def made(nodes: list[dict], edges: list[dict], **parts: Any) -> Workflow:
    """An active workflow."""
    with transaction.atomic():
        draft = {"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "nodes": nodes, "edges": edges, **parts}
        workflow = Workflow.objects.create(name=f"w{Workflow.objects.count()}", draft=draft)
        publish_draft(workflow, by="t")
        activate(workflow)
    return workflow


def contact(name: str = "customer1") -> Any:
    """The id of a contact, made when it is not there."""
    with transaction.atomic():
        return RESOLVERS.get("contact")(name)


def happen(contact_id: Any, code: str = "MESSAGE_RECEIVED", **data: Any) -> Event:
    """Something happens, and is queued."""
    with transaction.atomic():
        event = publish(NewEvent(type=code, contact_id=contact_id, data=data))
    assert event is not None
    return event


def ring() -> None:
    """Every timer becomes due."""
    execute("UPDATE queue_item SET run_at = now() - interval '1 second'")
    execute("UPDATE queue_lane SET wake_at = now() WHERE wake_at IS NOT NULL")


def work() -> None:
    """The queue worked off, outside calls left out."""
    Drain().run_until_empty()


def blocked() -> bool:
    """Whether someone waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def until_blocked() -> None:
    """Wait until someone waits for the batch that is held."""
    for _ in range(500):
        if blocked():
            return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waited for the batch")


def states() -> set[str]:
    """The states of all executions."""
    return set(WorkflowExecution.objects.values_list("state", flat=True))


def tags(contact_id: Any) -> list[str]:
    """The contact's tags."""
    return sorted(ROOTS.get("user").load([contact_id])[contact_id]["tags"])


def notes() -> list[str]:
    """The texts of all notes, sorted."""
    return sorted(apps.get_model("crm", "Note").objects.values_list("text", flat=True))


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """What the jobs, begun together, returned or raised."""
    ready = threading.Barrier(len(jobs), timeout=10)

    def after_all(job: Callable[[], Any]) -> Any:
        ready.wait()
        return job()

    return [each.wait() for each in [Background(lambda job=job: after_all(job)) for job in jobs]]
