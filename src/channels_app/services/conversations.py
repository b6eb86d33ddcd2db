"""Conversations: found, opened, closed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from channels_app import events as types
from channels_app.models import Channel, Control, Conversation, ConversationStatus
from channels_app.services.hints import hint_after_commit
from core.errors import PermanentError
from core.ids import uuid7
from crm.models import Identity
from events.services.publishing import NewEvent, publish, publish_many


class NoAddressError(PermanentError):
    """The contact has never written on any channel, so there is no address to send to."""


class ConversationNotFoundError(PermanentError):
    """There is no such conversation."""


def open_conversations(
    pairs: Sequence[tuple[uuid.UUID, uuid.UUID, str]],
) -> dict[tuple[uuid.UUID, uuid.UUID], Conversation]:
    """The open conversation of each (channel, contact, address), locked; made where there is none.

    Publishes ``CONVERSATION_OPENED`` for the new ones.
    """
    wanted = {(channel_id, contact_id): address for channel_id, contact_id, address in pairs}
    rows = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("channel")
        .filter(
            contact_id__in={contact for _, contact in wanted},
            channel_id__in={channel for channel, _ in wanted},
        )
        .exclude(status=ConversationStatus.CLOSED)
        .order_by("id")
    )
    found = {(row.channel_id, row.contact_id): row for row in rows}
    missing = [key for key in wanted if key not in found]
    if missing:
        channels = Channel.objects.in_bulk({channel_id for channel_id, _ in missing})
        fresh = [
            Conversation(
                id=uuid7(),
                channel=channels[channel_id],
                contact_id=contact_id,
                recipient=wanted[channel_id, contact_id],
            )
            for channel_id, contact_id in missing
        ]
        Conversation.objects.bulk_create(fresh)
        publish_many([_event(types.CONVERSATION_OPENED.code, row, "contact") for row in fresh])
        found.update({(row.channel_id, row.contact_id): row for row in fresh})
    return found


def conversations_to_answer(
    wanted: Sequence[tuple[uuid.UUID | None, uuid.UUID | None]],
) -> list[Conversation]:
    """The conversation in which to write, for each (conversation id, contact id), locked.

    The one named, if it exists; else the contact's latest open one; else a new one at the contact's latest address.
    Raises ``NoAddressError``.
    """
    rows = Conversation.objects.select_for_update(of=("self",)).select_related("channel").order_by("id")
    named = {row.id: row for row in rows.filter(id__in={c for c, _ in wanted if c})}
    contacts = {contact for conversation, contact in wanted if contact and conversation not in named}
    by_contact: dict[uuid.UUID, Conversation] = {}
    if contacts:
        for row in rows.filter(contact_id__in=contacts).exclude(status=ConversationStatus.CLOSED):
            best = by_contact.get(row.contact_id)
            if best is None or _recency(row) > _recency(best):
                by_contact[row.contact_id] = row
        by_contact.update(_opened_at_latest_address(contacts - by_contact.keys()))
    result: list[Conversation] = []
    for conversation_id, contact_id in wanted:
        found = named.get(conversation_id) if conversation_id else None
        found = found or (by_contact.get(contact_id) if contact_id else None)
        if found is None:
            raise NoAddressError
        result.append(found)
    return result


def _recency(conversation: Conversation) -> datetime:
    return conversation.last_inbound_at or conversation.last_message_at or datetime.min.replace(tzinfo=UTC)


def _opened_at_latest_address(contacts: set[uuid.UUID]) -> dict[uuid.UUID, Conversation]:
    if not contacts:
        return {}
    latest: dict[uuid.UUID, Identity] = {}
    for identity in Identity.objects.filter(contact_id__in=contacts).order_by("id"):
        latest[identity.contact_id] = identity
    opened = open_conversations([(i.channel_id, i.contact_id, i.provider_user_id) for i in latest.values()])
    return {contact_id: conversation for (_, contact_id), conversation in opened.items()}


def set_status(
    conversation_id: uuid.UUID,
    status: ConversationStatus,
    *,
    actor: str,
    cause: uuid.UUID | None = None,
    depth: int = 0,
) -> bool:
    """Change a conversation's status; tells whether it changed. Closing publishes ``CONVERSATION_CLOSED``.

    Raises ``ConversationNotFoundError``; a closed conversation stays closed (``ClosedError``).
    """
    conversation = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if conversation is None:
        raise ConversationNotFoundError(f"There is no conversation {conversation_id}.")
    if conversation.status == status:
        return False
    if conversation.status == ConversationStatus.CLOSED:
        raise ClosedError
    conversation.status = status
    conversation.closed_at = datetime.now(UTC) if status == ConversationStatus.CLOSED else None
    conversation.save(update_fields=["status", "closed_at"])
    hint_after_commit([conversation])
    if status == ConversationStatus.CLOSED:
        publish(_event(types.CONVERSATION_CLOSED.code, conversation, actor, cause=cause, depth=depth))
    return True


class ClosedError(PermanentError):
    """A closed conversation cannot be opened again; the next message opens a new one."""


def set_control(conversation_id: uuid.UUID, control: Control) -> bool:
    """Change who answers; tells whether it changed. Raises ``ConversationNotFoundError``."""
    return _set(conversation_id, "control", control)


def _set(conversation_id: uuid.UUID, column: str, value: object) -> bool:
    conversation = Conversation.objects.select_for_update().filter(id=conversation_id).first()
    if conversation is None:
        raise ConversationNotFoundError(f"There is no conversation {conversation_id}.")
    if getattr(conversation, column) == value:
        return False
    setattr(conversation, column, value)
    conversation.save(update_fields=[column])
    hint_after_commit([conversation])
    return True


def _event(
    code: str, row: Conversation, actor: str, *, cause: uuid.UUID | None = None, depth: int = 0
) -> NewEvent:
    return NewEvent(
        type=code,
        contact_id=row.contact_id,
        conversation_id=row.id,
        data={"channel_id": str(row.channel_id), "status": row.status},
        actor=actor,
        causation_id=cause,
        depth=depth,
    )
