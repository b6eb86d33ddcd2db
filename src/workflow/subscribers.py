"""The engine's reactions to events: executions that leave, that wake, that start."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from events.subscribing import subscribe
from workflow.engine.active import wants
from workflow.engine.exits import in_turns, leave_by
from workflow.engine.matching import match
from workflow.engine.starting import start
from workflow.engine.waking import wake_for


@subscribe("workflow", wants=wants)
def run_workflows(events: Sequence[Event]) -> None:
    """What the events end comes before what they start, so that who leaves may enter again."""
    for turn in in_turns(events):
        leave_by(turn)
        wake_for(turn)
        start(*match(turn))
