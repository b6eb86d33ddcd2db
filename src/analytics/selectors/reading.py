"""Reading families of rows: between two moments, narrowed to a channel, a member or a reason."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from analytics.figures import FAMILIES, MEASURED_FOR, Figure
from core.ids import uuid7_bound

#: How far another's clock may be ahead of ours.
_SKEW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What a report is about, beyond its time: ``None`` is all. ``reason`` is a failure's code."""

    channel_id: uuid.UUID | None = None
    member_id: uuid.UUID | None = None
    reason: str | None = None

    def fits(self, figure: Figure) -> bool:
        """Whether the figure can be narrowed so."""
        return (
            (self.channel_id is None or figure.by_channel)
            and (self.member_id is None or figure.by_member)
            and (self.reason is None or figure.reasons)
        )


@dataclass(frozen=True, slots=True)
class Query:
    """``source`` is a relation to select from, with ``values`` as its parameters."""

    source: str
    values: dict[str, Any]


def reading(figures: Sequence[Figure], narrowing: Narrowing, *, since: datetime, until: datetime) -> Query:
    """The rows of these figures, which are of one family."""
    (family,) = {figure.family for figure in figures}
    conditions = ["f.at >= %(first)s", "f.at < %(last)s", "f.figure = ANY(%(figures)s)"]
    values: dict[str, Any] = {
        "first": since,
        "last": until,
        "first_id": uuid7_bound(since - _SKEW),
        "oldest": uuid7_bound(since - MEASURED_FOR),
        "figures": [figure.key for figure in figures],
    }
    for column, value in (
        ("channel_id", narrowing.channel_id),
        ("member", str(narrowing.member_id) if narrowing.member_id else None),
        ("reason", narrowing.reason),
    ):
        if value is not None:
            conditions.append(f"f.{column} = %({column})s")
            values[column] = value
    return Query(f"({FAMILIES[family].sql}) f WHERE {' AND '.join(conditions)}", values)
