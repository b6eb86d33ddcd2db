"""The rows behind a figure, a page at a time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from analytics.figures import COLUMNS, FIGURES, Figure, Unit
from analytics.selectors.measuring import open_time_for
from analytics.selectors.names import member_names
from analytics.selectors.reading import Narrowing, reading
from channels_app.models import Channel, Conversation
from channels_app.selectors import business_hours
from crm.models import Contact
from workflow.models import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """One thing that was counted or measured (``seconds``), and where it is to be seen. ``at`` is when it counted."""

    id: uuid.UUID
    at: datetime
    seconds: float | None
    reason: str
    member_id: str
    member_name: str
    channel_id: uuid.UUID | None
    channel_name: str
    conversation_id: uuid.UUID | None
    contact_id: uuid.UUID | None
    contact_name: str
    workflow_id: uuid.UUID | None
    workflow_name: str
    execution_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class FigureRows:
    """All rows of a figure between two moments; ``len()`` and slices ask the database, as a paginator does it."""

    figure: Figure
    narrowing: Narrowing
    since: datetime
    until: datetime

    def __len__(self) -> int:
        query = reading([self.figure], self.narrowing, since=self.since, until=self.until)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {query.source}", query.values)  # noqa: S608  (own text)
            return int(cursor.fetchone()[0])

    def __getitem__(self, wanted: slice) -> list[FigureRow]:
        query = reading([self.figure], self.narrowing, since=self.since, until=self.until)
        start = wanted.start or 0
        columns = ", ".join(f"f.{name}" for name in COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {query.source} ORDER BY f.at DESC, f.id DESC LIMIT %(limit)s OFFSET %(start)s",  # noqa: S608
                {**query.values, "limit": wanted.stop - start, "start": start},
            )
            found = [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]
        return _shown(found, self.figure)


def _shown(found: Sequence[dict[str, Any]], figure: Figure) -> list[FigureRow]:
    contact_of = _contacts({row["conversation_id"] for row in found if row["contact_id"] is None} - {None})
    for row in found:
        row["contact_id"] = row["contact_id"] or contact_of.get(row["conversation_id"])
    contacts = dict(Contact.objects.filter(id__in=_ids(found, "contact_id")).values_list("id", "name"))
    channels = dict(Channel.objects.filter(id__in=_ids(found, "channel_id")).values_list("id", "name"))
    workflows = dict(Workflow.objects.filter(id__in=_ids(found, "workflow_id")).values_list("id", "name"))
    members = member_names(sorted({row["member"] for row in found if row["member"]}))
    seconds = _seconds(found) if figure.unit is Unit.SECONDS else [None] * len(found)
    return [
        FigureRow(
            id=row["id"],
            at=row["at"],
            seconds=measured,
            reason=row["reason"],
            member_id=row["member"] or "",
            member_name=members.get(row["member"], ("", ""))[0],
            channel_id=row["channel_id"],
            channel_name=channels.get(row["channel_id"], ""),
            conversation_id=row["conversation_id"],
            contact_id=row["contact_id"],
            contact_name=contacts.get(row["contact_id"], ""),
            workflow_id=row["workflow_id"],
            workflow_name=workflows.get(row["workflow_id"], ""),
            execution_id=row["execution_id"],
        )
        for row, measured in zip(found, seconds, strict=True)
    ]


def _contacts(conversations: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    return dict(Conversation.objects.filter(id__in=conversations).values_list("id", "contact_id"))


def _ids(found: Sequence[dict[str, Any]], column: str) -> set[uuid.UUID]:
    return {row[column] for row in found if row[column] is not None}


def _seconds(found: Sequence[dict[str, Any]]) -> list[float | None]:
    pairs = [(row["began"].timestamp(), row["at"].timestamp()) for row in found]
    open_time = open_time_for(pairs, business_hours())
    return [round(open_time.between(began, at), 1) for began, at in pairs]


def rows_of(key: str, narrowing: Narrowing, *, since: datetime, until: datetime) -> FigureRows:
    """The rows of the figure with that key. Raises ``UnknownKeyError``."""
    return FigureRows(FIGURES.get(key), narrowing, since, until)
