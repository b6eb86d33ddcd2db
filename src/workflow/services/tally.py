"""The tally of a back-test: counts, errors and costs, added up batch by batch into the report."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from core.calendar.zones import zone
from events.models import Event
from workflow.engine.run import Run
from workflow.engine.trial import Visit
from workflow.models import ActionState
from workflow.services import wording
from workflow.services.nearness import Line
from workflow.services.trying import cost_of, uses_of
from workflow.tenant_view import tenant_view

#: Different texts of one sort that are told apart, and events named for each.
_MOST_TEXTS = 50
_MOST_EXAMPLES = 5
#: Executions that are named one by one.
_MOST_SAMPLES = 20
# What makes one error text differ from the next of its sort.
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4,}")
#: What an action says that was done, and was not.
_UNDONE = frozenset({"failed", "skipped"})

Report = dict[str, Any]


def new_report() -> Report:
    """All noughts. Counts by name, but for the lists ``errors``, ``skips`` and ``near_misses``: ``{"text", "count",
    "examples"}``, the examples being events' ids; ``days`` by the tenant's calendar, and ``samples``, the first executions."""
    return {
        "events": 0,
        "matched": 0,
        "near_missed": 0,
        "undecided": 0,
        "too_deep": 0,
        "blocked": {"reentry": 0, "inside": 0, "limit": 0},
        "executions": 0,
        "outcomes": {},
        "exit_reasons": {},
        "converted": 0,
        "uses": {},
        "cost": "0",
        "currency": tenant_view()["currency"],
        "nodes": {},
        "days": {},
        "samples": [],
        "skips": [],
        "errors": [],
        "near_misses": [],
        "first_event_at": None,
        "last_event_at": None,
        "seconds": 0.0,
        "events_per_s": None,
    }


class Tally:
    """Adds to a report in place."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def event(self, event: Event) -> None:
        """Looked at."""
        self.report["events"] += 1
        at = event.recorded_at.isoformat()
        self._day(event)["events"] += 1
        self.report["first_event_at"] = self.report["first_event_at"] or at
        self.report["last_event_at"] = at

    def count(self, name: str, *, of: str = "") -> None:
        """One more of ``name``, within the group ``of``."""
        counts = self.report[of] if of else self.report
        counts[name] = counts.get(name, 0) + 1

    def near_miss(self, event: Event, line: Line) -> None:
        """All but one line held."""
        self.count("near_missed")
        self._note("near_misses", wording.asked_text(line), event.id)

    def undecided(self, event: Event, reasons: Iterable[str]) -> None:
        """A trigger that cannot be decided."""
        self.count("undecided")
        self._note("errors", f"trigger: {'; '.join(reasons)}", event.id)

    def run(self, run: Run, *, stopped: str = "") -> None:
        """What became of an execution. ``stopped`` is why its trial was broken off."""
        trial, execution = run.trial, run.execution
        assert trial is not None
        self.count("executions")
        self._day(run.event)["started"] += 1
        self._sample(run, "stopped" if stopped else str(execution.state))
        self.count("stopped" if stopped else str(execution.state), of="outcomes")
        if execution.exit_reason:
            self.count(execution.exit_reason, of="exit_reasons")
        if execution.converted_at is not None:
            self.count("converted")
        if stopped or execution.error:
            self._note("errors", stopped or execution.error, run.event.id)
        for slug, times in uses_of(trial).items():
            self.report["uses"][slug] = self.report["uses"].get(slug, 0) + times
        for visit in trial.visits:
            self._visit(visit, run)

    def _day(self, event: Event) -> dict[str, int]:
        day = event.recorded_at.astimezone(zone(tenant_view()["timezone"])).date().isoformat()
        counts: dict[str, int] = self.report["days"].setdefault(day, {"events": 0, "started": 0})
        return counts

    def _sample(self, run: Run, outcome: str) -> None:
        if len(self.report["samples"]) < _MOST_SAMPLES:
            contact_id = run.event.contact_id
            self.report["samples"].append(
                {
                    "event": str(run.event.id),
                    "contact": str(contact_id) if contact_id is not None else None,
                    "at": run.event.recorded_at.isoformat(),
                    "outcome": outcome,
                }
            )

    def _visit(self, visit: Visit, root: Run) -> None:
        if visit.run.plan is root.plan:
            node = self.report["nodes"].setdefault(visit.node, {"entered": 0, "failed": 0, "ports": {}})
            node["entered"] += 1
            if visit.port:
                node["ports"][visit.port] = node["ports"].get(visit.port, 0) + 1
        step = visit.step
        if step is None:
            return
        if step.state == ActionState.FAILED:
            if visit.run.plan is root.plan:
                self.report["nodes"][visit.node]["failed"] += 1
            if visit.port == "error":
                self._note("errors", f"{visit.node}: {step.error}", root.event.id)
        elif isinstance(step.output, Mapping) and step.output.get("state") in _UNDONE:
            why = step.output.get("error") or step.output["state"]
            self._note("skips", f"{step.action}: {why}", root.event.id)

    def done(self, *, seconds: float) -> None:
        """A batch is over."""
        report = self.report
        report["seconds"] = round(report["seconds"] + seconds, 3)
        report["events_per_s"] = round(report["events"] / report["seconds"], 1) if report["seconds"] else None
        report["cost"] = cost_of(report["uses"])

    def _note(self, of: str, text: str, event_id: uuid.UUID) -> None:
        text = _VARYING.sub("…", text)[:300]
        rows: list[dict[str, Any]] = self.report[of]
        row = next((row for row in rows if row["text"] == text), None)
        if row is None:
            if len(rows) >= _MOST_TEXTS:
                self.count(f"{of}_untold")
                return
            row = {"text": text, "count": 0, "examples": []}
            rows.append(row)
        row["count"] += 1
        if len(row["examples"]) < _MOST_EXAMPLES and str(event_id) not in row["examples"]:
            row["examples"].append(str(event_id))
