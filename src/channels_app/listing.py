"""The inbox's list: what it can be narrowed by, in which order it is read, and how many there are."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from channels_app.models import (
    Control,
    Conversation,
    ConversationLabel,
    ConversationStatus,
    Message,
    ReadMark,
)
from core.text import fold
from crm.models import Contact
from crm.selectors import contacts_matching

_ASSIGNEE = r"^(me|none|[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12})$"
_WORD = re.compile(r"\w+")
#: A count goes no further: the badge says "999+".
MOST_COUNTED = 1_000


class ConversationFilters(BaseModel):
    """What a list, and a saved view, is narrowed by; several values of one filter are alternatives."""

    model_config = ConfigDict(extra="forbid")

    status: list[ConversationStatus] = Field(default_factory=list, max_length=4)
    assignee: Annotated[str, StringConstraints(pattern=_ASSIGNEE)] | None = Field(
        default=None, description="A user's id, me, or none"
    )
    channel: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    provider: list[Annotated[str, Field(max_length=30)]] = Field(default_factory=list, max_length=20)
    label: list[uuid.UUID] = Field(default_factory=list, max_length=50)
    control: list[Control] = Field(default_factory=list, max_length=3)
    unread: bool | None = Field(default=None, description="With messages that I have not read, or without")
    snoozed: bool | None = Field(default=None, description="Only those put away, or all others")
    contact: uuid.UUID | None = None
    search: str = Field(
        default="", max_length=200, description="Words of the contact, or of any message, in any spelling"
    )


def narrowed(
    rows: QuerySet[Conversation], filters: ConversationFilters, reader_id: uuid.UUID
) -> QuerySet[Conversation]:
    """The conversations that pass; ``reader_id`` is ``me``."""
    wanted: Any = Q()
    for column, values in (
        ("status", filters.status),
        ("channel_id", filters.channel),
        ("channel__provider", filters.provider),
        ("control", filters.control),
    ):
        if values:
            wanted &= Q(**{f"{column}__in": values})
    if filters.assignee is not None:
        owner = {"me": reader_id, "none": None}.get(filters.assignee, filters.assignee)
        wanted &= Q(assignee_id=owner)
    if filters.contact is not None:
        wanted &= Q(contact_id=filters.contact)
    if filters.snoozed is not None:
        snoozed = Q(status=ConversationStatus.SNOOZED)
        wanted &= snoozed if filters.snoozed else ~snoozed
    if filters.label:
        wanted &= Exists(
            ConversationLabel.objects.filter(conversation=OuterRef("id"), label__in=filters.label)
        )
    if filters.search.strip():
        wanted &= _matching(filters.search)
    if filters.unread is not None:
        rows = rows.alias(read_seq=_read_seq(reader_id))
        unread = Q(last_in_seq__gt=F("read_seq"))
        wanted &= unread if filters.unread else ~unread
    return rows.filter(wanted)


def _read_seq(reader_id: uuid.UUID) -> Coalesce:
    mark = ReadMark.objects.filter(conversation=OuterRef("id"), reader_id=reader_id).values("seq")
    return Coalesce(Subquery(mark), 0)


def _matching(term: str) -> Q:
    """Those whose contact matches, and those in which something was said with all of the words."""
    term = term.replace("\x00", "")
    found = Q(contact__in=Contact.objects.filter(contacts_matching(term)))
    words = _WORD.findall(fold(term))
    if not words:
        return found
    # Words may be begun: a list is searched while one types.
    query = SearchQuery(" & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw")
    said = Message.objects.alias(words=SearchVector("search", config="simple")).filter(words=query)
    return found | Q(id__in=said.values("conversation_id"))


# -- order and pages ---------------------------------------------------------------------------------------------------


def newest_first(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Those in which something was said, by when that last was."""
    return rows.filter(last_message_at__isnull=False).order_by("-last_message_at", "-id")


# -- counts ------------------------------------------------------------------------------------------------------------


def counts(lists: Mapping[str, ConversationFilters], reader_id: uuid.UUID) -> dict[str, int]:
    """How many conversations each list has, at most ``MOST_COUNTED``; one statement for all."""
    pieces: list[str] = []
    params: list[Any] = []
    for key, filters in lists.items():
        rows = narrowed(Conversation.objects.filter(last_message_at__isnull=False), filters, reader_id)
        sql, given = _sql(rows.order_by().values("id")[:MOST_COUNTED])
        pieces.append(f"SELECT %s, (SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  (the ORM's own text)
        params += [key, *given]
    if not pieces:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(pieces), params)
        return dict(cursor.fetchall())


def _sql(rows: QuerySet[Any, Any]) -> tuple[str, Iterable[Any]]:
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    return sql, params
