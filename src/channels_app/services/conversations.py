"""Conversations: found, opened, closed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from channels_app import events as types
from channels_app.models import Channel, Control, Conversation, ConversationStatus
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import locked, locked_one, mark_changed
from core.errors import PermanentError
from core.ids import uuid7
from crm.models import Identity
from crm.services.cause import SYSTEM, Cause
from events.services.publishing import NewEvent, publish, publish_many

_BY_CONTACT = Cause(actor="contact")


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
        locked()
        .filter(
            contact_id__in={contact for _, contact in wanted},
            channel_id__in={channel for channel, _ in wanted},
        )
        .exclude(status=ConversationStatus.CLOSED)
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
        publish_many([_event(types.CONVERSATION_OPENED.code, row, _BY_CONTACT) for row in fresh])
        found.update({(row.channel_id, row.contact_id): row for row in fresh})
    return found


def conversations_to_answer(
    wanted: Sequence[tuple[uuid.UUID | None, uuid.UUID | None]],
) -> list[Conversation]:
    """The conversation in which to write, for each (conversation id, contact id), locked.

    The one named, if it exists; else the contact's latest open one; else a new one at the contact's latest address.
    Raises ``NoAddressError``.
    """
    rows = locked()
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
    conversation = one_to_change(conversation_id)
    if conversation.status == status and conversation.snoozed_until is None:
        return False
    if conversation.status == ConversationStatus.CLOSED:
        raise ClosedError
    conversation.status = status
    # Whoever says so without a time means: until the customer writes.
    conversation.snoozed_until = None
    conversation.closed_at = datetime.now(UTC) if status == ConversationStatus.CLOSED else None
    save_changed(conversation, ["status", "snoozed_until", "closed_at"])
    if status == ConversationStatus.CLOSED:
        publish(
            _event(
                types.CONVERSATION_CLOSED.code, conversation, Cause(actor=actor, event_id=cause, depth=depth)
            )
        )
    return True


class ClosedError(PermanentError):
    """A closed conversation cannot be opened again; the next message opens a new one."""


def one_to_change(conversation_id: uuid.UUID) -> Conversation:
    """The conversation, locked. Raises ``ConversationNotFoundError``."""
    conversation = locked_one(conversation_id)
    if conversation is None:
        raise ConversationNotFoundError(f"There is no conversation {conversation_id}.")
    return conversation


def save_changed(conversation: Conversation, columns: Sequence[str]) -> None:
    """Write columns of a locked conversation and tell the browsers."""
    mark_changed([conversation])
    conversation.save(update_fields=[*columns, "revision"])
    hint_after_commit([conversation])


def set_control(conversation_id: uuid.UUID, control: Control, *, cause: Cause = SYSTEM) -> bool:
    """Change who answers; tells whether it changed. Publishes ``CONVERSATION_CONTROL_CHANGED``.

    While people answer, what programs write is held back by the gate. Raises ``ConversationNotFoundError``.
    """
    conversation = one_to_change(conversation_id)
    before = conversation.control
    if before == control:
        return False
    conversation.control = control
    conversation.controlled_by, conversation.controlled_at = cause.actor[:80], datetime.now(UTC)
    save_changed(conversation, ["control", "controlled_by", "controlled_at"])
    told = _event(types.CONVERSATION_CONTROL_CHANGED.code, conversation, cause)
    publish(replace(told, data={**told.data, "control": control, "previous_control": before}))
    return True


def _event(code: str, row: Conversation, cause: Cause) -> NewEvent:
    return NewEvent(
        type=code,
        contact_id=row.contact_id,
        conversation_id=row.id,
        data={"channel_id": str(row.channel_id), "status": row.status},
        actor=cause.actor,
        causation_id=cause.event_id,
        depth=cause.depth,
    )
