"""Health of channels: when they last heard and spoke, what fails, and what to do about it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from channels_app.models import Channel, ChannelCheck
from channels_app.providers.setup import Account, Code, Finding, Level
from channels_app.services.connecting import noted_check
from core.ids import uuid7_bound

#: How far back an outgoing message is looked for.
_LOOKED_BACK = timedelta(days=30)
_FAILURES_OF = timedelta(hours=24)
_RANK = {Level.OK: 0, Level.WARNING: 1, Level.ERROR: 2}

# Per channel: two walks down an index to the newest row, and the few failures.
_FACTS = """
SELECT c.id,
  (SELECT max(v.last_inbound_at) FROM channels_app_conversation v WHERE v.channel_id = c.id),
  (SELECT m.created_at FROM channels_app_message m
   WHERE m.channel_id = c.id AND m.direction = 'out' AND m.id >= %(since)s ORDER BY m.id DESC LIMIT 1),
  (SELECT count(*) FROM channels_app_send s JOIN channels_app_message m ON m.id = s.message_id
   WHERE s.state = 'failed' AND s.settled_at >= %(failed_since)s AND m.channel_id = c.id),
  EXISTS (SELECT FROM channels_app_inbounddelivery d WHERE d.channel_id = c.id)
FROM unnest(%(ids)s::uuid[]) AS c(id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """``level`` is that of the worst finding. ``token_valid`` and ``account`` are as of ``checked_at``, ``None`` while nobody
    has asked; ``webhook_verified``: something signed has come from the provider, ever. ``last_outbound_at`` looks back 30 days."""

    channel_id: uuid.UUID
    level: Level
    findings: Sequence[Finding]
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    failures_24h: int
    webhook_verified: bool
    token_valid: bool | None
    account: Account
    checked_at: datetime | None
    connected_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Facts:
    last_inbound_at: datetime | None
    last_outbound_at: datetime | None
    failures: int
    received: bool


def health_of(channels: Sequence[Channel]) -> list[Health]:
    """How each of these channels stands, in two queries."""
    facts = _facts([channel.id for channel in channels])
    checks = ChannelCheck.objects.in_bulk([channel.id for channel in channels])
    return [_health(channel, facts[channel.id], checks.get(channel.id)) for channel in channels]


def _facts(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Facts]:
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS,
            {"ids": list(ids), "since": uuid7_bound(now - _LOOKED_BACK), "failed_since": now - _FAILURES_OF},
        )
        return {row[0]: _Facts(*row[1:]) for row in cursor.fetchall()}


def _health(channel: Channel, facts: _Facts, row: ChannelCheck | None) -> Health:
    checked = noted_check(row) if row is not None else None
    findings = [*_seen_here(channel, facts), *(checked.findings if checked else ())]
    worst = max((finding.level for finding in findings), key=_RANK.__getitem__, default=Level.OK)
    codes = {finding.code for finding in checked.findings} if checked else set()
    valid: bool | None = None
    if Code.CREDENTIALS_VALID in codes:
        valid = not channel.problem
    elif Code.CREDENTIALS_REFUSED in codes:
        valid = False
    return Health(
        channel_id=channel.id,
        level=worst,
        findings=findings,
        last_inbound_at=facts.last_inbound_at,
        last_outbound_at=facts.last_outbound_at,
        failures_24h=facts.failures,
        webhook_verified=facts.received,
        token_valid=valid,
        account=checked.account if checked else Account(),
        checked_at=row.checked_at if row else None,
        connected_at=row.connected_at if row else None,
    )


def _seen_here(channel: Channel, facts: _Facts) -> list[Finding]:
    found = []
    if not channel.is_active:
        found.append(Finding(code=Code.SWITCHED_OFF, level=Level.WARNING))
    if channel.problem:
        found.append(Finding(code=Code.PROBLEM, level=Level.ERROR, detail=channel.problem))
    if facts.failures:
        found.append(Finding(code=Code.SENDS_FAILING, level=Level.WARNING, detail=str(facts.failures)))
    if not facts.received:
        found.append(Finding(code=Code.NEVER_RECEIVED, level=Level.WARNING))
    return found
