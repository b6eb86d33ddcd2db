"""Headers: the events that concern executions of a version, read from its document without compiling it.

Executions keep the version that they began with, so that those of a hundred old ones are asked after with each event; what
runs on them is compiled only when its turn comes.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from workflow.actions.base import ACTIONS
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import Policy
from workflow.models import Version

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Header:
    """The event types of a version's ``exits``; of its ``goals`` for how many days they count; and of what its nodes wait
    for, ``(event type, correlation path)`` (an empty path is the contact)."""

    exits: frozenset[str]
    goals: Mapping[str, float]
    waits: frozenset[tuple[str, str]]


def header_of(document: Mapping[str, Any]) -> Header:
    """The header of a published document. Raises what its parts raise when they are not valid."""
    exits = Policy.model_validate(document.get("policy", {})).exits
    goals = {exits.goal.event_type: exits.goal.within_days} if exits.goal is not None else {}
    signals = {EXIT_SIGNALS.get(slug).event_type for slug in exits.signals}
    return Header(
        exits=frozenset({*goals, *signals, *(rule.event_type for rule in exits.events)}),
        goals=goals,
        waits=frozenset(
            wanted
            for node in document.get("nodes", ())
            if node.get("action") in ACTIONS
            for wanted in ACTIONS.get(node["action"]).awaits(node.get("config", {}))
        ),
    )


#: Versions never change, so a header is kept by its version's id, whatever the tenant (ids are unique across all).
_headers: dict[uuid.UUID, Header] = {}
_MAX_HEADERS = 100_000
#: Documents are large, and none is kept.
_READ_AT_ONCE = 20


def headers_of(version_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Header]:
    """The headers of several versions; reads only those that are not kept yet. Leaves out what cannot be read any more."""
    if len(_headers) > _MAX_HEADERS:
        _headers.clear()
    found = {version_id: _headers[version_id] for version_id in version_ids if version_id in _headers}
    missing = [version_id for version_id in version_ids if version_id not in found]
    for first in range(0, len(missing), _READ_AT_ONCE):
        rows = Version.objects.filter(id__in=missing[first : first + _READ_AT_ONCE])
        for version_id, document in rows.values_list("id", "document"):
            try:
                found[version_id] = _headers[version_id] = header_of(document)
            except Exception as exc:
                log.error(
                    "version cannot be read", version=str(version_id), error=f"{type(exc).__name__}: {exc}"
                )
    return found
