"""What a predicate sees of contacts that are looked at one by one: no more than it asks for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from crm.models import Contact
from crm.selectors import timezone_name
from crm.services.segment_evaluation import contexts_of

#: The parts of ``user`` that a contact's own row tells, by the column that they are read from.
_READ: dict[str, tuple[str, Callable[[Any], Any]]] = {
    **{
        name: (name, lambda value: value)
        for name in ("external_id", "name", "phone", "email", "language", "timezone", "custom")
    },
    "id": ("id", str),
    "first_name": ("name", lambda name: name.split(" ", 1)[0]),
    "opted_out": ("opted_out_at", lambda moment: moment is not None),
    "created_at": ("created_at", lambda moment: moment.isoformat()),
}


def contexts_for(ids: Collection[uuid.UUID], fields: Collection[str]) -> Mapping[uuid.UUID, dict[str, Any]]:
    """The contexts for a predicate that reads these fields. Tags, segments and what happened are read only when asked
    for, and then with all the rest."""
    parts = {field.split(".")[1] if "." in field else field for field in fields} - {"now"}
    if not parts <= _READ.keys():
        return contexts_of(ids)
    wanted = [(part, *_READ[part]) for part in sorted(parts)]
    shared = {"tenant": {"timezone": timezone_name()}, "now": datetime.now(UTC)}
    rows = (
        Contact.objects.filter(id__in=ids).order_by().values_list("id", *(column for _, column, _ in wanted))
    )
    return {
        contact_id: {
            **shared,
            "user": {part: read(value) for (part, _, read), value in zip(wanted, values, strict=True)},
        }
        for contact_id, *values in rows
    }
