"""The inbox's list over REST: filters from the query, pages by cursor, rows with all that they show."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Left
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from pydantic import ValidationError as PydanticError
from rest_framework.exceptions import ValidationError

from channels_app.api.conversation_serializers import ConversationSerializer, row_facts
from channels_app.listing import ConversationFilters, newest_first
from channels_app.models import (
    Control,
    Conversation,
    ConversationLabel,
    ConversationStatus,
    Direction,
    Message,
)

PAGE, MOST_ON_PAGE = 50, 100
_EXCERPT = 200
# The last word between the two sides: notes are the team's own.
_LAST = (
    Message.objects.filter(conversation=OuterRef("id"))
    .exclude(direction=Direction.NOTE)
    .order_by("-seq")
    .values(
        shown=JSONObject(
            id="id", seq="seq", direction="direction", type="type", text=Left("text", _EXCERPT),
            author="author", state="state", sent_at="sent_at",
        )
    )[:1]
)  # fmt: skip
_WORN = ConversationLabel.objects.select_related("label").order_by("id")

FILTERS = [
    OpenApiParameter("status", str, many=True, enum=ConversationStatus.values),
    OpenApiParameter("assignee", str, description="A user's id, me, or none"),
    OpenApiParameter("channel", OpenApiTypes.UUID, many=True),
    OpenApiParameter("provider", str, many=True),
    OpenApiParameter("label", OpenApiTypes.UUID, many=True),
    OpenApiParameter("control", str, many=True, enum=Control.values),
    OpenApiParameter("unread", bool, description="With messages that I have not read, or without"),
    OpenApiParameter("snoozed", bool, description="Only those put away, or all others"),
    OpenApiParameter("contact", OpenApiTypes.UUID),
    OpenApiParameter("search", str, description="Words of the contact, or of any message, in any spelling"),
]
PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"Rows on a page, at most {MOST_ON_PAGE}"),
]
_LISTS = frozenset({"status", "channel", "provider", "label", "control"})


def shown_conversations() -> QuerySet[Conversation]:
    """Conversations with what rows show, in two queries."""
    return (
        Conversation.objects.select_related("channel", "contact")
        .annotate(last_message=Subquery(_LAST))
        .prefetch_related(Prefetch("worn_labels", _WORN))
    )


def shown_rows(rows: Sequence[Conversation], reader_id: uuid.UUID) -> list[dict[str, Any]]:
    """The rows' JSON."""
    return list(ConversationSerializer(rows, many=True, context={"facts": row_facts(rows, reader_id)}).data)


def filters_of(query: QueryDict) -> ConversationFilters:
    """The filters in a request's query; other parameters are not looked at. Raises DRF's ``ValidationError``."""
    given: dict[str, Any] = {
        name: query.getlist(name) if name in _LISTS else str(query[name]).replace("\x00", "")
        for name in ConversationFilters.model_fields
        if query.get(name, "") != ""
    }
    try:
        return ConversationFilters.model_validate(given)
    except PydanticError as exc:
        problems: dict[str, list[str]] = {}
        for problem in exc.errors(include_url=False, include_input=False):
            problems.setdefault(str(problem["loc"][0]), []).append(problem["msg"])
        raise ValidationError(problems) from exc


def page_of(rows: QuerySet[Conversation], query: QueryDict) -> tuple[list[Conversation], str | None]:
    """A page of ``rows``, and the cursor of the next one. New messages move conversations to the top, past which a reader
    who goes down has come: nothing is shown twice, and nothing but what moved up is left out."""
    limit = _limit(query.get("limit", ""))
    ordered = newest_first(rows)
    if cursor := query.get("cursor", ""):
        at, key = _read_cursor(cursor)
        # The first half alone is what the index understands.
        ordered = ordered.filter(last_message_at__lte=at).exclude(Q(last_message_at=at, id__gte=key))
    found = list(ordered[: limit + 1])
    page = found[:limit]
    return page, _cursor(page[-1]) if len(found) > limit else None


def _limit(text: str) -> int:
    if not text:
        return PAGE
    if not text.isdecimal() or not 1 <= int(text) <= MOST_ON_PAGE:
        raise ValidationError({"limit": [f"Give a number from 1 to {MOST_ON_PAGE}."]})
    return int(text)


def _cursor(row: Conversation) -> str:
    assert row.last_message_at is not None
    text = f"{row.last_message_at.isoformat()}|{row.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, key = text.partition("|")
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None:
            raise ValueError("a cursor names its time zone")
        return at, uuid.UUID(key)
    except (ValueError, binascii.Error) as exc:
        raise ValidationError({"cursor": ["This is no cursor of ours; begin anew."]}) from exc
