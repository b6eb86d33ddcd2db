"""The roots of the context: what ``user.…`` and ``conversation.…`` mean, brought by the apps that own those nouns."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.predicates import FieldRegistry, FieldSpec, FieldType
from core.registry import Registry

Loaded = dict[Any, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Root:
    """A root of the context. ``load`` reads many at once, by the ids in the event's column ``ref``; its values are JSON.

    One that is the tenant's own, whomever the execution is about, has the ``ref`` ``now``: it is read by the moments that
    contexts stand at (ISO 8601 text), which in a trial are not the present one.
    """

    name: str
    ref: Literal["contact_id", "conversation_id", "now"]
    load: Callable[[Collection[Any]], Loaded]

    def key(self, context: Mapping[str, Any], subject: Any) -> Any:
        """What it is read by for one context and the event or execution beside it; ``None`` if that is about nobody."""
        return context.get("now") if self.ref == "now" else getattr(subject, self.ref)


ROOTS: Registry[Root] = Registry("context root", base=Root)

#: Every field that predicates and templates may use, for the builder and for checks at publishing.
FIELDS = FieldRegistry()

#: Finds or makes the contact for what identifies one; set by the app that owns contacts: ``contact`` takes an id of the
#: tenant's own system, ``contact_by_phone`` and ``contact_by_email`` take those. Each raises ``PermanentError`` on a text
#: that can be none.
SubjectResolver = Callable[[str], uuid.UUID]
RESOLVERS: Registry[SubjectResolver] = Registry("subject resolver")


def add_root(root: Root, fields: Collection[FieldSpec]) -> None:
    """Register a root with its fields; a root that events are about can be asked what it ``performed``."""
    ROOTS.add(root.name, root)
    if root.ref != "now":
        FIELDS.add(
            FieldSpec(
                path=root.name, label=root.name.title(), type=FieldType.OBJECT, operators=("performed",)
            )
        )
    for spec in fields:
        FIELDS.add(spec)


for _spec in (
    FieldSpec(path="event.type", label="Event type", type=FieldType.TEXT, example="MESSAGE_RECEIVED"),
    FieldSpec(
        path="event.occurred_at", label="Happened at", type=FieldType.DATETIME, example="2026-01-01T10:00:00Z"
    ),
    FieldSpec(path="event.data.*", label="Event data", type=FieldType.ANY, example="coupon"),
    FieldSpec(path="tenant.*", label="Business", type=FieldType.ANY, example="Africa/Algiers"),
    FieldSpec(path="steps.*", label="Output of a step", type=FieldType.ANY, example=200),
    FieldSpec(path="vars.*", label="Variable", type=FieldType.ANY, example="gold"),
    FieldSpec(path="loop.*", label="Turn of a loop", type=FieldType.ANY, example=0),
    FieldSpec(path="now", label="Now", type=FieldType.DATETIME, example="2026-01-01T10:00:00Z"),
):
    FIELDS.add(_spec)
