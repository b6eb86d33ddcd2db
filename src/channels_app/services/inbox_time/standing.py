"""How conversations stand: read from what was said in them, not from what was announced."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from channels_app.events import CONVERSATION_ASSIGNED
from channels_app.models import Conversation, ConversationStatus
from channels_app.providers.registry import PROVIDERS
from channels_app.services.inbox_time.kinds import Mark, Standing
from events.models import Event

#: Authors that are no persons.
_PROGRAMS = ["workflow:%", "broadcast%", "agent:%"]

# Each is a walk along the index of a conversation's numbers, as a rule of very few steps.
_STANDING = """
SELECT c.id, c.contact_id, c.channel_id, ch.provider, c.status, c.assignee_id, c.created_at,
    c.status = 'closed' AND EXISTS (
        SELECT FROM channels_app_conversation later
        WHERE later.contact_id = c.contact_id AND later.channel_id = c.channel_id AND later.id > c.id),
    heard.id, c.last_inbound_at, said.id, said.sent_at, COALESCE(said.seq > COALESCE(heard.seq, 0), false),
    waiting.id, waiting.sent_at, unmet.id, unmet.sent_at
FROM channels_app_conversation c JOIN channels_app_channel ch ON ch.id = c.channel_id
LEFT JOIN LATERAL (SELECT id, seq, sent_at FROM channels_app_message
    WHERE conversation_id = c.id AND direction = 'in' ORDER BY seq DESC LIMIT 1) heard ON true
LEFT JOIN LATERAL (SELECT id, seq, sent_at FROM channels_app_message
    WHERE conversation_id = c.id AND direction = 'out' AND state <> 'failed' ORDER BY seq DESC LIMIT 1) said ON true
LEFT JOIN LATERAL (SELECT seq FROM channels_app_message
    WHERE conversation_id = c.id AND direction = 'out' AND state <> 'failed' AND author NOT LIKE ALL (%(programs)s)
    ORDER BY seq DESC LIMIT 1) by_people ON true
LEFT JOIN LATERAL (SELECT id, sent_at FROM channels_app_message
    WHERE conversation_id = c.id AND direction = 'in' AND type <> 'reaction' AND seq > COALESCE(said.seq, 0)
    ORDER BY seq LIMIT 1) waiting ON true
LEFT JOIN LATERAL (SELECT id, sent_at FROM channels_app_message
    WHERE conversation_id = c.id AND direction = 'in' AND type <> 'reaction' AND seq > COALESCE(by_people.seq, 0)
    ORDER BY seq LIMIT 1) unmet ON true
WHERE c.id = ANY(%(ids)s)
"""


def lock_conversations(ids: Collection[uuid.UUID]) -> None:
    """From here to the end of the transaction nothing is said in these conversations, and nobody else gets them."""
    rows = Conversation.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id")
    list(rows.values_list("id"))


def standings_of(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Standing]:
    """How these conversations stand now, with two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"ids": list(ids), "programs": _PROGRAMS})
        rows = cursor.fetchall()
    given_back = _given_back({row[0]: row[1] for row in rows if row[5] is None})
    return {row[0]: _standing(row, given_back) for row in rows}


def _standing(row: tuple[Any, ...], given_back: Mapping[uuid.UUID, Mark]) -> Standing:
    conversation_id, contact_id, channel_id, provider, status, assignee_id, created_at, superseded = row[:8]
    found = PROVIDERS.find(provider)
    hours = found.window_hours if found is not None else None
    unassigned = given_back.get(conversation_id) or Mark(conversation_id, created_at)
    return Standing(
        conversation_id=conversation_id,
        contact_id=contact_id,
        channel_id=channel_id,
        window=timedelta(hours=hours) if hours is not None else None,
        is_closed=status == ConversationStatus.CLOSED,
        superseded=superseded,
        last_in=_mark(row[8:10]),
        last_out=_mark(row[10:12]),
        customers_turn=row[12],
        unanswered=_mark(row[13:15]),
        unanswered_by_people=_mark(row[15:17]),
        unassigned=unassigned if assignee_id is None else None,
    )


def _mark(pair: tuple[Any, ...]) -> Mark | None:
    return Mark(*pair) if pair[0] is not None else None


def _given_back(contacts: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, Mark]:
    """Since when conversations that were somebody's are nobody's; ``contacts`` are theirs, for the index."""
    last = (
        Event.objects.filter(
            contact_id__in=set(contacts.values()),
            conversation_id__in=list(contacts),
            type=CONVERSATION_ASSIGNED.code,
        )
        .order_by("conversation_id", "-id")
        .distinct("conversation_id")
    )
    return {row.conversation_id: Mark(row.id, row.occurred_at) for row in last if row.conversation_id}
