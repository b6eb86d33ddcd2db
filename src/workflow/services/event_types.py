"""Event types: the built-in ones installed, the tenant's own known."""

from __future__ import annotations

from events.types import EVENT_TYPES
from workflow.models import EventType


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
