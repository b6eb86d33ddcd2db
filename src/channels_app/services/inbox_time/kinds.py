"""The kinds of waiting as pure functions: what waits since when, and when it has waited for long enough."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels_app import events as types
from channels_app.services.inbox_time.config import InboxTimeConfig, InboxTimeKind
from core.calendar import BusinessHours, CalendarError


@dataclass(frozen=True, slots=True)
class Mark:
    """When something happened, and the id of what it was."""

    id: uuid.UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a conversation stands. Our messages that failed are none; a reaction of the customer's asks for no answer.

    ``unanswered`` is the customer's first message since we wrote, ``unanswered_by_people`` the first since one of us did
    who is no program. ``unassigned`` is since when it is nobody's. ``superseded``: closed, and the contact has a later
    conversation on the channel. ``window`` is how long the provider takes anything after the customer's last message.
    """

    conversation_id: uuid.UUID
    contact_id: uuid.UUID
    channel_id: uuid.UUID
    window: timedelta | None = None
    is_closed: bool = False
    superseded: bool = False
    last_in: Mark | None = None
    last_out: Mark | None = None
    unanswered: Mark | None = None
    unanswered_by_people: Mark | None = None
    customers_turn: bool = False
    unassigned: Mark | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that lasts: since when, when it is due, and until when that may be told (``None``: as long as it lasts).
    ``key`` is the id of what began it: of one wait is told once."""

    key: uuid.UUID
    since: datetime
    due: datetime
    until: datetime | None = None

    def lapsed(self, now: datetime) -> bool:
        """Whether it is too late to tell."""
        return self.until is not None and self.until <= now


def wait_of(standing: Standing, config: InboxTimeConfig, hours: BusinessHours | None) -> Wait | None:
    """What the conversation waits for by this config, due or not; ``None`` when it waits for nothing, or the opening hours
    never come round. ``hours`` are the business's; ``None`` is always open."""
    if not config.takes(standing.channel_id) or standing.superseded:
        return None
    if standing.is_closed and not config.include_closed:
        return None
    try:
        return KINDS[config.kind].wait(standing, config, hours)
    except CalendarError:
        return None


def moment_after(since: datetime, config: InboxTimeConfig, hours: BusinessHours | None) -> datetime:
    """When a wait that began ``since`` is due by ``config.after``. Raises ``CalendarError``."""
    if config.business_hours and hours is not None:
        return hours.add_business(since, config.lasting)
    return since + config.lasting


def minutes_between(
    since: datetime, now: datetime, config: InboxTimeConfig, hours: BusinessHours | None
) -> int:
    """How long it has lasted, as the config counts, in whole minutes. Raises ``CalendarError``."""
    if config.business_hours and hours is not None:
        return int(hours.business_between(since, now) / timedelta(minutes=1))
    return int((now - since) / timedelta(minutes=1))


def _no_reply(standing: Standing, config: InboxTimeConfig, hours: BusinessHours | None) -> Wait | None:
    first = standing.unanswered_by_people if config.people_only else standing.unanswered
    return Wait(first.id, first.at, moment_after(first.at, config, hours)) if first is not None else None


def _customer_silent(standing: Standing, config: InboxTimeConfig, hours: BusinessHours | None) -> Wait | None:
    """Counted from our last message; but one silence it is until the customer writes, whatever we write into it: else
    the reminder that it starts would start the next."""
    last = standing.last_out
    if last is None or not standing.customers_turn:
        return None
    key = standing.last_in.id if standing.last_in is not None else standing.conversation_id
    return Wait(key, last.at, moment_after(last.at, config, hours))


def _window_closing(standing: Standing, config: InboxTimeConfig, hours: BusinessHours | None) -> Wait | None:
    if standing.window is None or standing.last_in is None or config.before is None:
        return None
    closes = standing.last_in.at + standing.window
    return Wait(standing.last_in.id, standing.last_in.at, closes - config.before.delta, until=closes)


def _unassigned(standing: Standing, config: InboxTimeConfig, hours: BusinessHours | None) -> Wait | None:
    since = standing.unassigned
    return Wait(since.id, since.at, moment_after(since.at, config, hours)) if since is not None else None


@dataclass(frozen=True, slots=True)
class Kind:
    """``begins`` are the events with which such a wait may begin."""

    begins: frozenset[str]
    wait: Callable[[Standing, InboxTimeConfig, BusinessHours | None], Wait | None]


_RECEIVED, _SENT, _FAILED = types.MESSAGE_RECEIVED.code, types.MESSAGE_SENT.code, types.MESSAGE_FAILED.code
_OPENED, _ASSIGNED = types.CONVERSATION_OPENED.code, types.CONVERSATION_ASSIGNED.code

KINDS: Mapping[InboxTimeKind, Kind] = {
    # An answer that did not arrive is none: the customer goes on waiting.
    InboxTimeKind.NO_REPLY: Kind(frozenset({_RECEIVED, _FAILED}), _no_reply),
    InboxTimeKind.CUSTOMER_SILENT: Kind(frozenset({_SENT}), _customer_silent),
    InboxTimeKind.WINDOW_CLOSING: Kind(frozenset({_RECEIVED}), _window_closing),
    InboxTimeKind.UNASSIGNED: Kind(frozenset({_OPENED, _ASSIGNED}), _unassigned),
}
