"""What tests of schedules share: one in force, its ticks, and a test audience."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from events.models import Event
from events.queue.models import Item
from workflow.audiences import Audience
from workflow.graph import NodeConfig
from workflow.models import ArmedTrigger

STEP = {
    "nodes": [
        {
            "id": "set",
            "type": "set_variables",
            "config": {"values": {"when": "{{ event.data.scheduled_for }}"}},
        }
    ]
}
TICK, PAGE = "workflow.schedule", "workflow.schedule_page"


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def scheduled(
    engine: Any, *, name: str = "", more: list[dict[str, Any]] | None = None, **config: Any
) -> ArmedTrigger:
    """The row of a new active workflow's schedule."""
    triggers = [{"id": "clock", "type": "schedule", "config": config}, *(more or [])]
    workflow = engine.workflow(name=name, triggers=triggers, **STEP)
    return ArmedTrigger.objects.get(workflow=workflow, key="clock")


class People(Audience):
    """Some contacts, of the test's choosing."""

    class Config(NodeConfig):
        """How they are called."""

        group: str

    slug = "people"
    label = "People"
    groups: dict[str, list[uuid.UUID]] = {}

    def problems(self, config: Any) -> list[str]:
        return [] if config.group in self.groups else [f"there is no group {config.group!r}; choose another"]

    def page(self, config: Any, *, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        ids = sorted(self.groups[config.group])
        return [contact for contact in ids if after is None or contact > after][:limit]


def waiting(kind: str = TICK) -> list[tuple[str, datetime]]:
    """``(ref, run_at)`` of the items in the queue."""
    return list(Item.objects.filter(kind=kind).order_by("id").values_list("ref", "run_at"))


def next_at(armed: ArmedTrigger) -> datetime | None:
    """The next tick, read anew."""
    armed.refresh_from_db()
    return armed.state["next_at"] and datetime.fromisoformat(armed.state["next_at"])


def due(armed: ArmedTrigger) -> list[datetime]:
    """The ticks that were published."""
    events = Event.objects.filter(type="SCHEDULE_DUE", data__trigger=str(armed.id)).order_by("id")
    return [datetime.fromisoformat(event.data["due_at"]) for event in events]


def pass_time(engine: Any, clock: Any, to: str) -> None:
    """It is another time, and what is due by then is done."""
    clock.move_to(at(to))
    engine.let_time_pass()
    engine.work()
