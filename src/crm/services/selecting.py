"""Selections: contacts named one by one, or all that a filter chooses; read batch by batch."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.ids import uuid7
from crm.models import Contact
from crm.querying import ContactFilter, ids_after, size_of

MOST_NAMED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Those of ``ids``, or, without any, those of the filter that were there when it was made."""

    ids: Sequence[uuid.UUID] = ()
    filter: ContactFilter = field(default_factory=ContactFilter)

    @classmethod
    def all_of(cls, predicate: Mapping[str, Any], search: str = "") -> Selection:
        """All contacts that there are now and that match. Raises ``InvalidFilterError``."""
        return cls(filter=ContactFilter(predicate=predicate, search=search, before=uuid7()))

    @classmethod
    def read(cls, params: Mapping[str, Any]) -> Selection:
        """As :meth:`as_json` wrote it."""
        if params.get("ids"):
            return cls(ids=[uuid.UUID(one) for one in params["ids"]])
        return cls(
            filter=ContactFilter(
                predicate=params["predicate"], search=params["search"], before=uuid.UUID(params["before"])
            )
        )

    def as_json(self) -> dict[str, Any]:
        """For a job's params."""
        if self.ids:
            return {"ids": [str(one) for one in self.ids]}
        return {
            "predicate": dict(self.filter.predicate),
            "search": self.filter.search,
            "before": str(self.filter.before or uuid7()),
        }

    def size(self) -> int | None:
        """How many contacts, where that is cheaply known."""
        return len(self.ids) if self.ids else size_of(self.filter)

    def page(self, cursor: str, limit: int) -> tuple[list[uuid.UUID], str]:
        """The next contacts that there still are, and the cursor after them: empty at the end."""
        if self.ids:
            return self._named(int(cursor or 0), limit)
        ids, following = ids_after(self.filter, after=uuid.UUID(cursor) if cursor else None, limit=limit)
        return ids, str(following) if following is not None else ""

    def _named(self, start: int, limit: int) -> tuple[list[uuid.UUID], str]:
        end = start + limit
        rows = Contact.objects.filter(id__in=self.ids[start:end]).order_by("id")
        return list(rows.values_list("id", flat=True)), str(end) if end < len(self.ids) else ""
