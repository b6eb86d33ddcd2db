"""Consent: contacts that want no automated messages any more, or want them again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.bulk import update_rows
from core.text import strip_nul
from crm import events as types
from crm.models import Contact
from crm.services.cause import SYSTEM, Cause
from crm.services.contacts import ContactNotFoundError, located_contacts
from events.services.publishing import publish_many

_MAX_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A contact's wish: out, or in again. ``reason`` is for whoever reads the timeline."""

    contact_id: uuid.UUID
    opted_out: bool
    reason: str = ""
    cause: Cause = SYSTEM


def set_opted_out(contact_id: uuid.UUID, opted_out: bool, cause: Cause, *, reason: str = "") -> bool:
    """Note one contact's wish; tells whether it changed anything. See :func:`set_opted_out_many`."""
    return set_opted_out_many([Wish(contact_id=contact_id, opted_out=opted_out, reason=reason, cause=cause)])[
        0
    ]


def set_opted_out_many(wishes: Sequence[Wish]) -> list[bool]:
    """Note wishes in one statement; tells for each whether it changed anything.

    Publishes ``USER_OPTED_OUT`` or ``USER_OPTED_IN`` where it did. Raises ``ContactNotFoundError``.
    """
    contacts = located_contacts({wish.contact_id for wish in wishes})
    now = datetime.now(UTC)
    changed = [_apply(wish, contacts, now) for wish in wishes]
    done = [wish for wish, did in zip(wishes, changed, strict=True) if did]
    update_rows([contacts[key] for key in {wish.contact_id for wish in done}], ["opted_out_at", "updated_at"])
    codes = {True: types.USER_OPTED_OUT.code, False: types.USER_OPTED_IN.code}
    publish_many(
        [
            wish.cause.event(
                codes[wish.opted_out],
                contacts[wish.contact_id].id,
                {"reason": strip_nul(wish.reason)[:_MAX_REASON]},
            )
            for wish in done
        ]
    )
    return changed


def _apply(wish: Wish, contacts: dict[uuid.UUID, Contact], now: datetime) -> bool:
    contact = contacts.get(wish.contact_id)
    if contact is None:
        raise ContactNotFoundError(f"There is no contact {wish.contact_id}.")
    if (contact.opted_out_at is not None) == wish.opted_out:
        return False
    contact.opted_out_at = now if wish.opted_out else None
    contact.updated_at = now
    return True
