"""Event types: each declared once, with the shape of its data, by the app that publishes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from core.registry import Registry


class EventData(BaseModel):
    """Base of the data models. More keys than declared may come along: senders of other versions add them."""

    model_config = ConfigDict(extra="allow")


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of fact. ``code`` is upper snake; ``Data`` documents ``event.data`` and types the builder's variables."""

    code: str
    label: str
    description: str
    Data: type[EventData]

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of ``event.data``."""
        return self.Data.model_json_schema()


EVENT_TYPES: Registry[EventType] = Registry("event type", base=EventType)


def declare(code: str, *, label: str, description: str, data: type[EventData] = EventData) -> EventType:
    """Declare an event type. Raises ``ValueError`` when the code is taken or not upper snake."""
    if not code.replace("_", "").isalnum() or code != code.upper():
        raise ValueError(f"event type codes are UPPER_SNAKE, not {code!r}")
    return EVENT_TYPES.add(code, EventType(code, label, description, data))
