"""Simulated admission: re-entry, who is inside, and hourly limits, judged on the history of a back-test alone."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from workflow.graph import Policy
from workflow.models import EngineSettings, MatchResult

_HOUR_S = 3_600
_DAY_S = 86_400
#: Entries, and contacts inside, that are remembered; the oldest are forgotten first.
MOST_REMEMBERED = 20_000

State = dict[str, Any]


class SimulatedAdmission:
    """Judges events in their order, by their own times. Its state is a small JSON object that goes from batch to batch:
    short hashes of contacts and keys with seconds since 1970. Without limits and rules nothing is kept."""

    def __init__(self, policy: Policy, settings: EngineSettings, state: Mapping[str, Any]) -> None:
        self._policy = policy
        limits = policy.limits
        self._limits = [
            limit for limit in (limits.per_hour, settings.executions_per_hour) if limit is not None
        ]
        self._contact_limits = [
            limit
            for limit in (limits.per_contact_per_hour, settings.contact_executions_per_hour)
            if limit is not None
        ]
        self._entries: dict[str, float] = dict(state.get("entries", {}))
        self._inside: dict[str, float] = dict(state.get("inside", {}))
        self._starts: list[list[Any]] = [list(start) for start in state.get("starts", ())]
        self.forgotten: int = int(state.get("forgotten", 0))

    @property
    def state(self) -> State:
        """What the next batch needs to know."""
        return {
            "entries": self._entries,
            "inside": self._inside,
            "starts": self._starts,
            "forgotten": self.forgotten,
        }

    def copy(self) -> State:
        """The state as it is now, to come back to."""
        return {
            "entries": dict(self._entries),
            "inside": dict(self._inside),
            "starts": [list(start) for start in self._starts],
            "forgotten": self.forgotten,
        }

    def enter(self, contact_id: uuid.UUID | None, at: datetime, *, key: str | None) -> MatchResult:
        """Let a match in (``STARTED``), or say what keeps it out. ``key`` is its business key, where the rule asks for one:
        ``None`` when the event has none."""
        now, contact = at.timestamp(), _short(contact_id)
        checks = (
            (self._is_inside(contact, now), MatchResult.INSIDE),
            (self._is_over_limit(contact, now), MatchResult.LIMIT),
            (not self._may_enter(contact, now, key), MatchResult.REENTRY),
        )
        refusal = next((result for holds, result in checks if holds), None)
        if refusal is not None:
            return refusal
        if self._limits or self._contact_limits:
            self._starts.append([now, contact])
        entry = self._entry(contact, key)
        if entry is not None:
            self._entries.pop(entry, None)
            self._entries[entry] = now
            self._forget(self._entries)
        return MatchResult.STARTED

    def ran(self, contact_id: uuid.UUID | None, until: datetime) -> None:
        """The execution that was let in lasted until then, by its own clock."""
        if contact_id is not None and self._policy.reentry.when_inside == "skip":
            contact = _short(contact_id)
            self._inside[contact] = max(until.timestamp(), self._inside.pop(contact, 0.0))
            self._forget(self._inside)

    def _is_inside(self, contact: str, now: float) -> bool:
        return self._inside.get(contact, 0.0) > now

    def _is_over_limit(self, contact: str, now: float) -> bool:
        if not self._limits and not self._contact_limits:
            return False
        self._starts = [start for start in self._starts if start[0] > now - _HOUR_S]
        own = sum(1 for _, who in self._starts if who == contact) if contact else 0
        return any(len(self._starts) >= limit for limit in self._limits) or any(
            own >= limit for limit in self._contact_limits
        )

    def _may_enter(self, contact: str, now: float, key: str | None) -> bool:
        rule = self._policy.reentry
        if rule.rule == "once_per_key" and not key:
            return False
        entry = self._entry(contact, key)
        last = self._entries.get(entry) if entry is not None else None
        return last is None or (rule.days is not None and now - last >= rule.days * _DAY_S)

    def _entry(self, contact: str, key: str | None) -> str | None:
        """What an entry goes by; ``None`` where each time is as good as the first."""
        rule = self._policy.reentry.rule
        if rule == "once_per_key":
            return _short(f"{contact}\x00{key}")
        return contact if rule != "every_time" and contact else None

    def _forget(self, known: dict[str, float]) -> None:
        for oldest in list(_first(known, len(known) - MOST_REMEMBERED)):
            del known[oldest]
            self.forgotten += 1


def _first(known: Mapping[str, float], count: int) -> Iterator[str]:
    for _, key in zip(range(count), known, strict=False):
        yield key


def _short(value: Any) -> str:
    """Nine bytes of a hash: among 20,000 no two meet."""
    if value is None:
        return ""
    return hashlib.blake2b(str(value).encode(), digest_size=9).hexdigest()
