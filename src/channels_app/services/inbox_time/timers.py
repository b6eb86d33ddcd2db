"""The timers of the inbox: at most one for each trigger and conversation. A timer says when to look; what is true then is
read from the conversation, so that one too many does no harm."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from django.db.models import Q
from pydantic import ValidationError

from channels_app.events import CONVERSATION_TIME_REACHED, MESSAGE_FAILED
from channels_app.models import Conversation, ConversationStatus
from channels_app.selectors import business_hours, known_business_hours
from channels_app.services.inbox_time.config import InboxTimeConfig, InboxTimeKind
from channels_app.services.inbox_time.kinds import (
    KINDS,
    Standing,
    Wait,
    minutes_between,
    moment_after,
    wait_of,
)
from channels_app.services.inbox_time.standing import lock_conversations, standings_of
from core.calendar import BusinessHours, CalendarError
from events.queue.dead import forget
from events.queue.enqueue import NewItem, enqueue
from events.services.publishing import NewEvent, publish_many
from tenants.scope import require_tenant
from tenants.selectors import TimedCache
from workflow.engine.active import active_plans
from workflow.models import ArmedTrigger

log = structlog.get_logger(__name__)

TRIGGER = "inbox_time"
#: The queue's kinds: a timer (``ref`` is ``address:conversation:rule``), and a page of the look at what waits already
#: (``address:last conversation:when it began``).
TIMER = "channels.inbox_time"
SCAN = "channels.inbox_scan"
SCAN_PAGE = 500
#: A trigger that comes into force looks at conversations in which something was said since then.
_SCANNED = timedelta(days=7)
#: How long a process goes on believing which events matter; a look begins only after that.
_WANTED_TTL_S = 2.0
_SETTLE = timedelta(seconds=_WANTED_TTL_S + 0.5)

_wanted: TimedCache[frozenset[str]] = TimedCache(ttl_s=_WANTED_TTL_S)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something happened in a conversation with which a wait may begin. ``channel_id`` and ``window`` where they are known
    without a look."""

    type: str
    conversation_id: uuid.UUID
    at: datetime
    channel_id: uuid.UUID | None = None
    window: timedelta | None = None


def wanted_types() -> frozenset[str]:
    """The event types with which something may begin that a trigger in force waits for; as a rule none. Kept for two
    seconds, since every event that is published asks."""
    return _wanted.get(
        require_tenant().id,
        lambda: frozenset(code for _, config in _in_force() for code in KINDS[config.kind].begins),
    )


def forget_wanted() -> None:
    """Look again next time: a trigger came into force, or went out of it."""
    _wanted.clear()


def expect(signs: Sequence[Sign]) -> None:
    """Set a timer for each trigger and conversation that has none; in the caller's transaction."""
    hours = known_business_hours()
    items = [
        _timer(armed_id, sign.conversation_id, config, hours, run_at=moment)
        for armed_id, config in _in_force()
        for sign in signs
        for moment in _moments(sign, config, hours)
    ]
    _set(items)


def start_scan(armed_id: uuid.UUID) -> None:
    """Queue the look at what waits already, for a trigger that has come into force or counts anew."""
    now = datetime.now(UTC)
    _queue_page(armed_id, uuid.UUID(int=0), stamp=now.isoformat(), run_at=now + _SETTLE)


def rescan_for_hours() -> None:
    """The opening hours changed: every trigger that goes by them counts anew."""
    for armed_id, config in _in_force():
        if config.business_hours:
            start_scan(armed_id)


def ring(pairs: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Timers rang, of (trigger, conversation): tell of what is due, once, and put off what is not."""
    configs = _configs({armed_id for armed_id, _ in pairs})
    live = [pair for pair in dict.fromkeys(pairs) if pair[0] in configs]
    ids = {conversation_id for _, conversation_id in live}
    # Whatever begins from now on will find this timer gone, and set its own.
    lock_conversations(ids)
    standings = standings_of(ids)
    hours, now = business_hours(), datetime.now(UTC)
    due: list[NewEvent] = []
    again: list[NewItem] = []
    for armed_id, conversation_id in live:
        standing, config = standings.get(conversation_id), configs[armed_id]
        wait = wait_of(standing, config, hours) if standing is not None else None
        if standing is None or wait is None or wait.lapsed(now):
            continue
        if wait.due > now:
            again.append(_timer(armed_id, conversation_id, config, hours, run_at=wait.due))
        else:
            due.append(_event(armed_id, standing, wait, config, hours, now))
    publish_many(due)
    if again:
        enqueue(*again)


def scan(armed_id: uuid.UUID, after: uuid.UUID, stamp: str) -> None:
    """Set timers for a page of conversations, and queue the next page."""
    config = _configs({armed_id}).get(armed_id)
    if config is None:
        return
    ids = _recent(config, after)
    standings = standings_of(ids)
    hours, now = business_hours(), datetime.now(UTC)
    waits = {standing.conversation_id: wait_of(standing, config, hours) for standing in standings.values()}
    items = [
        _timer(armed_id, conversation_id, config, hours, run_at=wait.due if wait.due > now else None)
        for conversation_id, wait in waits.items()
        if wait is not None and not wait.lapsed(now)
    ]
    _set(items)
    if len(ids) == SCAN_PAGE:
        _queue_page(armed_id, ids[-1], stamp=stamp, run_at=None)


def _recent(config: InboxTimeConfig, after: uuid.UUID) -> list[uuid.UUID]:
    since = datetime.now(UTC) - _SCANNED
    rows = Conversation.objects.filter(
        Q(last_message_at__gte=since) | Q(last_message_at=None, created_at__gte=since), id__gt=after
    ).order_by("id")
    if not config.include_closed:
        rows = rows.exclude(status=ConversationStatus.CLOSED)
    if config.channels is not None:
        rows = rows.filter(channel_id__in=config.channels)
    return list(rows.values_list("id", flat=True)[:SCAN_PAGE])


def _queue_page(armed_id: uuid.UUID, after: uuid.UUID, *, stamp: str, run_at: datetime | None) -> None:
    enqueue(
        NewItem(lane=f"inbox_scan:{armed_id}", kind=SCAN, ref=f"{armed_id}:{after}:{stamp}", run_at=run_at)
    )


def _set(items: Sequence[NewItem]) -> None:
    """Queue timers; one that was given up makes room, since whatever it fell over may be over."""
    if items:
        forget(*(f"{TIMER}:{item.ref}" for item in items))
        enqueue(*items)


def _timer(
    armed_id: uuid.UUID,
    conversation_id: uuid.UUID,
    config: InboxTimeConfig,
    hours: BusinessHours | None,
    *,
    run_at: datetime | None,
) -> NewItem:
    """A timer by another rule is another item, on a lane of its own: it may have to ring before the old one."""
    ref = f"{armed_id}:{conversation_id}:{_rule(config, hours)}"
    return NewItem(lane=f"inbox:{ref}", kind=TIMER, ref=ref, run_at=run_at)


def _rule(config: InboxTimeConfig, hours: BusinessHours | None) -> str:
    counted = hours.model_dump_json() if hours is not None and config.business_hours else ""
    return hashlib.blake2b((config.model_dump_json() + counted).encode(), digest_size=6).hexdigest()


def _moments(sign: Sign, config: InboxTimeConfig, hours: BusinessHours | None) -> Iterator[datetime | None]:
    """When to look for what may have begun with the sign (``None``: at once); nothing when that cannot be. Never too
    late: what began earlier has its timer already."""
    if sign.type not in KINDS[config.kind].begins:
        return
    if sign.channel_id is not None and not config.takes(sign.channel_id):
        return
    if sign.type == MESSAGE_FAILED.code:
        # What it was an answer to has been waiting for some time.
        yield None
    elif config.before is not None:
        if sign.window is not None:
            yield sign.at + sign.window - config.before.delta
    else:
        try:
            yield moment_after(sign.at, config, hours)
        except CalendarError as exc:
            log.warning("no timer set", conversation=str(sign.conversation_id), error=str(exc))


def _in_force() -> Iterator[tuple[uuid.UUID, InboxTimeConfig]]:
    for armed in active_plans().armed.get(TRIGGER, ()):
        config = _config(armed.id, armed.config)
        if config is not None:
            yield armed.id, config


def _configs(ids: set[uuid.UUID]) -> dict[uuid.UUID, InboxTimeConfig]:
    """Of those that are in force."""
    rows = ArmedTrigger.objects.filter(id__in=ids, type=TRIGGER, armed_at__isnull=False)
    found = {row.id: _config(row.id, row.config) for row in rows}
    return {armed_id: config for armed_id, config in found.items() if config is not None}


def _config(armed_id: uuid.UUID, raw: Any) -> InboxTimeConfig | None:
    """``None`` for one that this release cannot read any more: it must not stop the others."""
    try:
        return InboxTimeConfig.model_validate(raw)
    except ValidationError as exc:
        log.error("trigger not understood", trigger=str(armed_id), error=str(exc))
        return None


def _event(
    armed_id: uuid.UUID,
    standing: Standing,
    wait: Wait,
    config: InboxTimeConfig,
    hours: BusinessHours | None,
    now: datetime,
) -> NewEvent:
    closing = config.kind is InboxTimeKind.WINDOW_CLOSING
    return NewEvent(
        type=CONVERSATION_TIME_REACHED.code,
        contact_id=standing.contact_id,
        conversation_id=standing.conversation_id,
        occurred_at=wait.due,
        data={
            "trigger": str(armed_id),
            "kind": config.kind.value,
            "since": wait.since.isoformat(),
            "minutes": minutes_between(wait.since, now, config, hours),
            "closes_at": wait.until.isoformat() if closing and wait.until is not None else "",
            "waiting_for": "us" if standing.unanswered is not None else "customer",
            "channel_id": str(standing.channel_id),
        },
        idempotency_key=f"inbox:{armed_id}:{standing.conversation_id}:{config.kind}:{wait.key}",
    )
