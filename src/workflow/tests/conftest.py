"""Fixtures of the engine's tests: a tenant's scope, its queue worked off in this process, workflows and contacts."""

from __future__ import annotations

import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from pytest_httpserver import HTTPServer

from core.http import HttpThread
from core.ids import uuid7
from events.models import Event
from events.queue.drain import Drain
from events.queue.pump import Pump
from events.services.publishing import NewEvent, publish
from tenants.scope import TenantRef, tenant_scope
from workflow.actions.base import ACTIONS, ActionContext
from workflow.models import Workflow, WorkflowExecution
from workflow.roots import RESOLVERS, ROOTS
from workflow.services.publishing import activate, pause, publish_draft


@pytest.fixture
def scope(demo) -> Iterator[TenantRef]:
    """The test runs inside demo."""
    with tenant_scope(demo) as ref:
        yield ref


@pytest.fixture
def outside() -> Iterator[Callable[..., HttpThread]]:
    """``outside("127.0.0.1:8080")``: an outbound client that may call these private addresses."""
    made: list[HttpThread] = []

    def make(*allowed: str) -> HttpThread:
        made.append(HttpThread(allowed_private=allowed))
        return made[-1]

    yield make
    for http in made:
        http.close()


class Engine:
    """What tests do with the engine, in the current tenant."""

    def __init__(self, outside: Callable[..., HttpThread], httpserver: HTTPServer) -> None:
        self._pump = Pump(outside(f"{httpserver.host}:{httpserver.port}"))
        self._drain = Drain()
        self._numbers = itertools.count()

    def workflow(
        self, *actions: dict[str, Any], on: str = "MESSAGE_RECEIVED", name: str = "", **parts: Any
    ) -> Workflow:
        """An active workflow: a linear list of actions, or ``nodes=`` and ``edges=``; ``predicate=`` for its trigger, or
        ``triggers=``; ``policy=``."""
        trigger = {"event_type": on, "predicate": parts.pop("predicate", {})}
        body = {**parts, "actions": list(actions)} if actions else parts
        workflow = Workflow.objects.create(
            name=name or f"w{Workflow.objects.count()}", draft={"triggers": [trigger], **body}
        )
        publish_draft(workflow, by="test")
        activate(workflow)
        return workflow

    def contact(self, *tags: str, name: str = "أمينة بن علي") -> uuid.UUID:
        """A contact with tags, made as the engine does: it knows no other way to one."""
        external_id = f"customer{next(self._numbers)}"
        with transaction.atomic():
            contact = RESOLVERS.get("contact")(external_id)
            self._do("update_user", contact, {"name": name})
            for tag in tags:
                self.tag(contact, tag)
        return contact

    def _do(self, slug: str, contact: uuid.UUID, config: dict[str, Any]) -> None:
        action = ACTIONS.get(slug)
        context = ActionContext(
            effect_key=uuid7().hex, actor="test", event_id=uuid7(), depth=0, contact_id=contact
        )
        action.run(action.Config.model_validate(config), context)

    def change(self, contact: uuid.UUID, **values: Any) -> None:
        """The contact's fields change."""
        with transaction.atomic():
            self._do("update_user", contact, values)

    def untag(self, contact: uuid.UUID, name: str) -> None:
        """The contact loses a tag."""
        with transaction.atomic():
            self._do("remove_tag", contact, {"tag": name})

    def rename(self, contact: uuid.UUID, name: str) -> None:
        """The contact gets another name."""
        with transaction.atomic():
            self._do("update_user", contact, {"name": name})

    def tag(self, contact: uuid.UUID, name: str) -> None:
        """The contact gets a tag."""
        with transaction.atomic():
            self._do("add_tag", contact, {"tag": name})

    def user(self, contact: uuid.UUID) -> dict[str, Any]:
        """The contact as the engine sees it."""
        return ROOTS.get("user").load([contact])[contact]

    def notes(self) -> list[str]:
        """The texts of all notes, the oldest first."""
        return list(apps.get_model("crm", "Note").objects.order_by("id").values_list("text", flat=True))

    def happen(
        self,
        contact: uuid.UUID | None = None,
        code: str = "MESSAGE_RECEIVED",
        *,
        depth: int = 0,
        conversation_id: uuid.UUID | None = None,
        **data: Any,
    ) -> Event:
        """Something happens, and is queued."""
        with transaction.atomic():
            event = publish(
                NewEvent(
                    type=code, data=data, contact_id=contact, conversation_id=conversation_id, depth=depth
                )
            )
        assert event is not None
        return event

    def work(self) -> None:
        """The queue worked off, outside calls included."""
        while self._drain.run_until_empty() + self._pump.run_until_empty():
            pass

    def drain(self) -> None:
        """The internal work alone: calls to the outside stay in the queue."""
        self._drain.run_until_empty()

    def pause_all(self) -> None:
        """Every workflow paused."""
        for workflow in Workflow.objects.all():
            pause(workflow)

    def run(self, contact: uuid.UUID | None = None, **data: Any) -> WorkflowExecution:
        """A message, worked off; the one execution that it started."""
        event = self.happen(contact, **data)
        self.work()
        return WorkflowExecution.objects.get(event_id=event.id)

    def let_time_pass(self) -> None:
        """Every timer becomes due."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE public.queue_item SET run_at = now() - interval '1 second'")
            cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at IS NOT NULL")

    def next_run_in(self) -> float:
        """Seconds until the one waiting item is due."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT extract(epoch FROM run_at - clock_timestamp())::float8 FROM public.queue_item"
            )
            ((seconds,),) = cursor.fetchall()
        return seconds


@pytest.fixture
def engine(scope, outside, httpserver) -> Engine:
    """The engine of demo, with an outside world at ``httpserver``."""
    return Engine(outside, httpserver)


@pytest.fixture
def sender(scope, web) -> Iterator[Any]:
    """A system somewhere outside, whose requests nobody has counted yet."""
    cache.clear()
    yield web("demo.localhost")
    cache.clear()


@pytest.fixture
def clock() -> Iterator[Any]:
    """Our clock, from Monday 2037-03-02 in UTC. The database's is not moved, so that only what a test lets be due is due."""
    with time_machine.travel(datetime(2037, 3, 2, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def chat(scope) -> Callable[[uuid.UUID], Any]:
    """``chat(contact)``: an open conversation of theirs on a web chat."""

    def talk(contact: uuid.UUID) -> Any:
        channel, _ = apps.get_model("channels_app", "Channel").objects.get_or_create(
            provider="webchat", account_id="site", defaults={"name": "Site", "credentials": b""}
        )
        apps.get_model("crm", "Identity").objects.create(
            contact_id=contact, channel_id=channel.id, provider="webchat", provider_user_id=str(contact)
        )
        return apps.get_model("channels_app", "Conversation").objects.create(
            channel=channel, contact_id=contact, recipient=str(contact)
        )

    return talk


def states(execution: WorkflowExecution) -> list[tuple[str, str]]:
    """``(node, state)`` of its steps in order."""
    return list(execution.steps.order_by("started_at", "id").values_list("node", "state"))


def as_text(value: Any) -> str:
    """``value`` as JSON, to look for a secret anywhere in it."""
    return json.dumps(value, ensure_ascii=False)
