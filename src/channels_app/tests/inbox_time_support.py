"""What the tests of time in the inbox share: active workflows, a clock that makes timers ring, and what was told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from channels_app.models import Conversation, Message
from channels_app.services.inbox_time import timers
from channels_app.services.outgoing import NewMessage, write_messages
from channels_app.tests.support import (
    drain,
)
from events.models import Event
from events.queue.models import Item
from workflow.models import ArmedTrigger, Workflow, WorkflowExecution
from workflow.services.publishing import activate, publish_draft

STEP = {
    "nodes": [{"id": "set", "type": "set_variables", "config": {"values": {"kind": "{{ event.data.kind }}"}}}]
}
NO_REPLY = {"kind": "no_reply", "after": "2h"}
SILENT = {"kind": "customer_silent", "after": "24h"}
CLOSING = {"kind": "window_closing", "before": "1h"}
UNASSIGNED = {"kind": "unassigned", "after": "30m"}
OTHER = "213555999888"


class Clock:
    """Python's clock, from now on; timers ring when it is moved past them."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self.start = datetime.now(UTC).replace(microsecond=0)

    def wait(self, **delta: float) -> None:
        """Time passes, and what is due by Python's clock rings."""
        self._traveller.shift(timedelta(**delta))
        self.ring()

    def ring(self) -> None:
        now = datetime.now(UTC)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE public.queue_item SET run_at = now() - interval '1 second' WHERE state = 0 AND run_at <= %s",
                [now],
            )
            cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at <= %s", [now])
        drain()


def on_time(*, name: str = "", **config: Any) -> Workflow:
    """An active workflow with that trigger."""
    workflow = Workflow.objects.create(name=name or f"w{Workflow.objects.count()}", draft=draft_of(**config))
    with transaction.atomic():
        publish_draft(workflow, by="test")
        activate(workflow)
    return workflow


def draft_of(**config: Any) -> dict[str, Any]:
    return {"triggers": [{"id": "time", "type": "inbox_time", "config": config}], **STEP}


def change(workflow: Workflow, **config: Any) -> None:
    workflow.draft = draft_of(**config)
    workflow.save()
    with transaction.atomic():
        publish_draft(workflow, by="test")


def told(workflow: Workflow) -> list[Event]:
    address = str(ArmedTrigger.objects.get(workflow=workflow).id)
    rows = Event.objects.filter(type="CONVERSATION_TIME_REACHED", data__trigger=address).order_by("id")
    started = WorkflowExecution.objects.filter(workflow=workflow, event_id__in=[row.id for row in rows])
    assert {row.event_id for row in started} == {row.id for row in rows}
    return list(rows)


def ringing() -> list[tuple[str, datetime]]:
    return list(Item.objects.filter(kind=timers.TIMER).order_by("id").values_list("ref", "run_at"))


def write(conversation: Conversation, text: str = "تفضلي", *, author: str = "member:bob") -> Message:
    new = NewMessage(
        effect_key=f"test:{uuid.uuid4()}", author=author, text=text, conversation_id=conversation.id
    )
    with transaction.atomic():
        return write_messages([new])[0]


def settle(clock: Clock) -> None:
    """The look at what waits already is through."""
    clock.wait(seconds=3)
    assert not Item.objects.filter(kind=timers.SCAN).exists()
