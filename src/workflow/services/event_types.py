"""Event types: the built-in ones installed, the tenant's own known, made and deleted."""

from __future__ import annotations

from core.errors import PermanentError
from events.types import EVENT_TYPES
from workflow.models import EventType


class BuiltInError(PermanentError):
    """A built-in event type follows the code; it cannot be changed or deleted."""


class EventTypeInUseError(PermanentError):
    """An active workflow or a named trigger waits for this event type; change that first."""


def install_event_types() -> int:
    """Bring the tenant's rows of built-in event types in line with the code; returns how many there are."""
    rows = [
        EventType(
            code=declared.code,
            label=declared.label,
            description=declared.description,
            schema=declared.json_schema(),
            is_builtin=True,
        )
        for declared in EVENT_TYPES.values()
    ]
    EventType.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["label", "description", "schema", "is_builtin"],
    )
    return len(rows)


def is_known(code: str) -> bool:
    """Whether events of this type may be published in the tenant."""
    return code in EVENT_TYPES or EventType.objects.filter(code=code).exists()


def known_codes() -> list[str]:
    """All codes, the tenant's own included, in their order."""
    return sorted({*EVENT_TYPES, *EventType.objects.values_list("code", flat=True)})


def refuse_built_in(event_type: EventType) -> None:
    """Raises ``BuiltInError`` for a type that is not the tenant's own."""
    if event_type.is_builtin:
        raise BuiltInError(f"{event_type.code}: {BuiltInError.__doc__}")


def delete_event_type(event_type: EventType) -> None:
    """Delete a type of the tenant's own. Raises ``BuiltInError`` and ``EventTypeInUseError``."""
    from workflow.engine.active import wants
    from workflow.models import Trigger

    refuse_built_in(event_type)
    if wants(event_type.code) or Trigger.objects.filter(event_type=event_type.code).exists():
        raise EventTypeInUseError
    event_type.delete()
