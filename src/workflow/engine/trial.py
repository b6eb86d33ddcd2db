"""Trials: runs that are only tried, with a clock of their own and a record of where they have been."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from core.errors import PermanentError

if TYPE_CHECKING:
    from workflow.engine.run import Run
    from workflow.models import ActionExecution

#: What was done instead of the real thing: time was skipped, an event taken to have come, a call answered by an example.
Instead = Literal["", "waited", "event", "example", "approved"]


class TrialTimeoutError(PermanentError):
    """The trial took too long and was stopped; a real run would take its time. Try with a shorter list or fewer turns."""


@dataclass(slots=True)
class Visit:
    """A node that a tried run came by. ``port`` is empty where it ended; ``state`` and ``reason`` are then how. ``at`` and
    ``until`` are by the trial's clock. ``grounds`` is why a node that decides left as it did."""

    run: Run
    node: str
    at: datetime
    port: str = ""
    state: str = ""
    reason: str = ""
    error: str = ""
    step: ActionExecution | None = None
    output: Any = None
    grounds: Any = None
    instead: Instead = ""
    until: datetime | None = None


@dataclass(slots=True)
class Trial:
    """One tried execution with its children. Waits are skipped (``lapse``: by their time-out instead of their event),
    outside calls answer with their example. Whoever tries takes care that nothing is kept.

    ``deadline`` (``time.monotonic()``) stops it; ``roots`` replace what would be read, until an action changes them;
    ``grounds`` asks for the reasons of decisions, which take time to write down.
    """

    lapse: bool = False
    deadline: float | None = None
    grounds: bool = False
    roots: dict[str, Any] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    branches: dict[uuid.UUID, list[Run]] = field(default_factory=lambda: defaultdict(list))
    waited: list[Run] = field(default_factory=list)
    _instead: dict[uuid.UUID, tuple[Instead, datetime | None]] = field(default_factory=dict)

    def check_time(self) -> None:
        """Raises ``TrialTimeoutError``."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise TrialTimeoutError

    def dress(self, run: Run) -> None:
        """Give a run's context the trial's own time and roots."""
        if run.clock is not None:
            run.context["now"] = run.clock.isoformat()
        run.context.update(self.roots)

    def skip(self, run: Run, until: datetime, instead: Instead) -> None:
        """The step in hand would wait until then. What the steps after it see is read anew, as after a real wait."""
        assert run.step is not None
        self._instead[run.step.id] = (instead, until)
        if instead == "waited" and run.clock is not None:
            run.clock = max(run.clock, until)
        run.context.clear()
        self.waited.append(run)

    def stand_in(self, run: Run, instead: Instead) -> None:
        """The step in hand was not really done."""
        assert run.step is not None
        self._instead[run.step.id] = (instead, None)

    def left(self, run: Run, port: str) -> None:
        """The run leaves its node."""
        self._note(run, port=port)

    def ended(self, run: Run, state: str, error: str, reason: str) -> None:
        """The run is over. A branch that is not needed any more ends when its parent finds so, whatever it waited for."""
        if reason == "not_needed" and run.parent is not None and run.clock and run.parent.clock:
            run.clock = min(run.clock, run.parent.clock)
        self._note(run, state=state, error=error, reason=reason)

    def stopped(self, run: Run) -> None:
        """The trial was stopped while the run stood here."""
        self._note(run, state="stopped")

    def _note(self, run: Run, **how: Any) -> None:
        assert run.clock is not None, "a tried run has a clock"
        step, node = run.step, run.execution.node
        instead, until = self._instead.get(step.id, ("", None)) if step is not None else ("", None)
        visit = Visit(run, node, run.clock, step=step, instead=instead, until=until, **how)
        visit.output = run.execution.outputs.get(node)
        visit.error = visit.error or (step.error if step is not None else "")
        if self.grounds and node in run.plan.nodes:
            visit.grounds = run.plan.nodes[node].type.grounds(run)
        self.visits.append(visit)
