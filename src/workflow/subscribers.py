"""The engine's reaction to events: match, then run."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from events.subscribing import subscribe
from workflow.engine.matching import fresh, match
from workflow.engine.plan import wants
from workflow.engine.runner import start


@subscribe("workflow", wants=wants)
def run_workflows(events: Sequence[Event]) -> None:
    """Start what the events trigger."""
    matches, mismatches = match(events)
    start(fresh(matches), mismatches)
