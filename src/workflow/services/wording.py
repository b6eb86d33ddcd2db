"""Wording: every sentence that tells people why a workflow ran, did not run, waits or ended; here alone, to be translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from core.calendar import zone as zone_named
from core.predicates import OPERATORS
from workflow.engine.matching import MAX_DEPTH
from workflow.exit_signals import EXIT_SIGNALS
from workflow.models import MatchResult
from workflow.services.nearness import Line, Nearness
from workflow.tenant_view import tenant_view

if TYPE_CHECKING:
    from workflow.services.findings import TriggerFinding

Detail = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """``reason`` says why, ``remedy`` what would let it in; empty where nothing would."""

    reason: str
    remedy: str = ""


def tenant_zone() -> tzinfo:
    """The zone in which times are told."""
    return zone_named(tenant_view()["timezone"])


def when(moment: datetime) -> str:
    """``10 Nov 2026, 14:05``, in the tenant's zone."""
    local = moment.astimezone(tenant_zone())
    return f"{local.day} {local:%b %Y, %H:%M}"


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def _days(days: float) -> str:
    return f"{days:g} day" if days == 1 else f"{days:g} days"


# -- what kept a match from starting ---------------------------------------------------------------------------------


def refusal(result: str, detail: Detail) -> Telling:
    """Why a trigger that listened started nothing, by a log's ``result`` and ``detail``."""
    tell = _REFUSALS.get(result)
    return tell(detail) if tell is not None else Telling(f"It was refused: {result}.")


def _reentry(detail: Detail) -> Telling:
    if detail.get("problem"):
        return Telling(
            "It enters once for each business key, and the event has no such key.",
            "Send events that carry the key, or choose another field as the key.",
        )
    last = _moment(detail.get("last_entered_at"))
    entered = f"entered on {when(last)}" if last else "entered a moment before"
    return _RULES.get(str(detail.get("rule")), _once)(detail, last, entered)


def _once(detail: Detail, last: datetime | None, entered: str) -> Telling:
    return Telling(
        f"A contact enters once only, and this one {entered}.", "Change the re-entry rule to let it in again."
    )


def _after_days(detail: Detail, last: datetime | None, entered: str) -> Telling:
    days = float(detail.get("days") or 0)
    reason = f"The contact {entered}, and may enter again after {_days(days)}"
    if last is None:
        return Telling(f"{reason}.")
    again = when(last + timedelta(days=days))
    return Telling(f"{reason}: from {again}.", f"An event after {again} lets it in.")


def _once_per_key(detail: Detail, last: datetime | None, entered: str) -> Telling:
    return Telling(
        f"Each business key enters once, and “{detail.get('key', '')}” {entered}.",
        "An event with another key lets it in.",
    )


_RULES: dict[str, Callable[[Detail, datetime | None, str], Telling]] = {
    "once": _once,
    "after_days": _after_days,
    "once_per_key": _once_per_key,
}

_LIMITS = {
    "tenant_per_hour": "all workflows together may start {n} executions an hour",
    "per_hour": "the workflow may start {n} executions an hour",
    "tenant_contact_per_hour": "one contact may start {n} executions an hour in all workflows together",
    "per_contact_per_hour": "one contact may start {n} executions an hour of the workflow",
}


def _limit(detail: Detail) -> Telling:
    limit = _LIMITS.get(str(detail.get("limit")), "{n} executions may start an hour")
    return Telling(
        f"A limit was reached: {limit.format(n=detail.get('at_most', '?'))}.",
        "Raise the limit, or wait until fewer have started within the last hour.",
    )


def _inside(detail: Detail) -> Telling:
    return Telling(
        "The contact was inside already, and the rule is to skip whoever is.",
        "It can enter again when its execution has ended.",
    )


def _stopped(detail: Detail) -> Telling:
    name = detail.get("name") or detail.get("workflow") or ""
    return Telling(
        f"The workflow “{name}” took the event, and its trigger stops all others.",
        "Give this trigger a higher priority, or let the other one not stop others.",
    )


def _too_deep(detail: Detail) -> Telling:
    return Telling(
        f"The event came out of a chain of more than {detail.get('limit', MAX_DEPTH)} workflow steps, "
        "which is cut off.",
        "Look for workflows that start one another in a circle.",
    )


def _undecided(detail: Detail) -> Telling:
    return Telling(
        "Its trigger could not be decided: a line ended in an error.", "Mend the line that is marked."
    )


def _unfit(detail: Detail) -> Telling:
    problem = detail.get("problem") or detail.get("reason") or "it has no trigger of that sort"
    return Telling(f"It cannot be started so: {problem}.")


_REFUSALS: dict[str, Callable[[Detail], Telling]] = {
    MatchResult.REENTRY: _reentry,
    MatchResult.LIMIT: _limit,
    MatchResult.INSIDE: _inside,
    MatchResult.STOPPED: _stopped,
    MatchResult.TOO_DEEP: _too_deep,
    MatchResult.ERROR: _undecided,
    MatchResult.UNFIT: _unfit,
}

# -- what else keeps a workflow from running -------------------------------------------------------------------------

RAN = Telling("It ran.")
BROKEN = Telling("Its version cannot be run any more; publish it anew.", "Publish the workflow anew.")
NOT_ADDRESSED = Telling(
    "Its trigger takes only events that are addressed to it, and this one is addressed to another.",
)
MATCHES = Telling("Its trigger matches.")
MATCHES_NOW = Telling("Its trigger matches now; either it did not then, or the event is still waiting.")
UNDECIDED_NOW = Telling(
    "Its trigger cannot be decided: a line ends in an error.", "Mend the line that is marked."
)
NO_MATCH = Telling("Its trigger does not match.")
OTHER_CONTACT = Telling("The event is about another contact.")


def not_active(status: str) -> Telling:
    """A draft, or paused. ``status`` is the label."""
    return Telling(f"The workflow is {status.lower()}.", "Activate it.")


def published_later(number: int) -> Telling:
    """Nothing was in force at the time of the event."""
    return Telling(f"Version {number} was published after the event.")


def other_type(event_type: str) -> Telling:
    """No trigger waits for such events."""
    return Telling(f"None of its triggers waits for {event_type}.", "Add a trigger for it.")


def near_miss(found: Nearness) -> Telling:
    """All but one line hold."""
    (line,) = found.missing
    return Telling(
        f"Its trigger does not match: one of its {found.lines} lines does not hold: {line_text(line)}.",
        "It would have started if that line held.",
    )


def ran_for(whereabouts: str) -> str:
    """That it ran, and where that led."""
    return f"{RAN.reason} {whereabouts}"


def nothing_happened(event_types: Sequence[str], days: int) -> str:
    """No event came that might have started it."""
    if not event_types:
        return "The workflow was not published then, so nothing could start it."
    return f"Nothing came from this contact within {_days(days)} that it waits for: {', '.join(event_types)}."


def asked_text(line: Line) -> str:
    """``user.tags contains 'vip'``."""
    found = line.explanation
    phrase = OPERATORS.get(found.op).phrase if found.op else ""
    asked = " ".join(part for part in (found.field, phrase, found.expected) if part)
    return f"not {asked}" if line.negated else asked


def line_text(line: Line) -> str:
    """``user.tags contains 'vip' (it is ['جدید'])``."""
    found = line.explanation
    return f"{asked_text(line)} ({found.reason or f'it is {found.actual}'})"


def judged_by(number: int, active: int | None) -> str:
    """That a version other than today's was asked."""
    if active is None:
        return f"Judged by version {number}, which was in force then."
    return f"Judged by version {number}, which was in force then; version {active} is now."


WOULD_ENTER = "Re-entry and limits would let it in now."
WOULD_INTERRUPT = "It would be let in now, and take the place of the execution that the contact is inside of."


def triggers(result: str, findings: Sequence[TriggerFinding], event_type: str) -> Telling:
    """What the triggers of a version say together (``findings.sum_up``)."""
    if result == "near_miss":
        return near_miss(next(finding.near for finding in findings if finding.near is not None))
    return other_type(event_type) if result == "other_type" else _TOGETHER[result]


_TOGETHER = {
    "matches": MATCHES,
    "error": UNDECIDED_NOW,
    "not_addressed": NOT_ADDRESSED,
    "no_match": NO_MATCH,
}


# -- what a back-test leaves out -------------------------------------------------------------------------------------


def backtest_notes(
    *, lapse: bool, interrupts: bool, cut: int | None, forgotten: int | None, skipped: int
) -> list[str]:
    """What must be known to read its report. ``cut`` and ``forgotten`` are the bounds that were reached."""
    notes = [
        "Contacts, conversations and segments are as they are now; the clock stands at each event's own time.",
        "Whether a message may be sent (consent, reply window, quiet hours, caps) was judged as things stand now, not as "
        "they stood at the event's time.",
        "This workflow was tried alone, on its own history since the first event: what other workflows do, and events "
        "that take contacts out before their end, are left out.",
        "Calls to the outside were answered by their actions' examples; messages and calls went nowhere.",
        "Events that a wait is for were taken not to come."
        if lapse
        else "Events that a wait is for were taken to come at once.",
    ]
    if interrupts:
        notes.append(
            "An execution whose contact enters again is interrupted; here each was run to its end, so that steps are "
            "counted which the next entry would have cut off."
        )
    if cut is not None:
        notes.append(f"There were more events; the newest {cut:,} were looked at.")
    if forgotten is not None:
        notes.append(f"More than {forgotten:,} entries had to be remembered, and the oldest were forgotten.")
    if skipped:
        notes.append(
            f"{skipped} of its triggers take only events that are addressed to them, and were left out."
        )
    return notes


# -- where an execution is, and how it ended -------------------------------------------------------------------------

_EXITS = {
    "goal": "its goal was reached",
    "event": "an event took it out",
    "no_longer_matches": "after a wait the contact did not fit any more",
    "interrupted": "the contact entered again, which took its place",
    "exit": "it came to an exit",
    "hold_out": "the contact was held out for comparison",
    "not_needed": "it was not needed any more",
    "cancelled": "it was cancelled",
    "migrated": "the version that it was to go over to has no such node",
    "removed": "another workflow or a member took it out",
}


def exit_text(reason: str) -> str:
    """An ``exit_reason`` in words."""
    signal = EXIT_SIGNALS.find(reason)
    return _EXITS.get(reason) or (signal.label.lower() if signal is not None else reason.replace("_", " "))


def ended(state: str, *, at: datetime | None, node: str = "", error: str = "", reason: str = "") -> str:
    """How an execution ended."""
    on = f" on {when(at)}" if at is not None else ""
    told = f": {exit_text(reason)}" if reason else ""
    return _ENDS[state](on, told, node, error)


_ENDS: dict[str, Callable[[str, str, str, str], str]] = {
    "completed": lambda on, told, node, error: f"It completed{on}{told}.",
    "exited": lambda on, told, node, error: f"It left before its end{on}{told}.",
    "failed": lambda on, told, node, error: f"It failed{on} at “{node}”: {error or 'without a reason'}",
    "cancelled": lambda on, told, node, error: f"It was cancelled{on}{f' ({error})' if error else told}.",
    "stopped": lambda on, told, node, error: f"The trial was stopped at “{node}”: {error}",
}

RUNNING = "It is running."


def waits_until(node: str, until: datetime | None) -> str:
    """A wait for time."""
    return f"It waits at “{node}” until {when(until)}." if until else f"It waits at “{node}”."


def waits_for_event(node: str, event_type: str, until: datetime | None) -> str:
    """A wait for an event with its time-out."""
    return f"It waits at “{node}” for {event_type}" + (f", until {when(until)} at most." if until else ".")


def waits_for_approval(node: str, title: str, deadline: datetime | None) -> str:
    """A wait for people."""
    return f"It waits at “{node}” for the approval “{title}”" + (
        f", until {when(deadline)} at most." if deadline else "."
    )


def waits_for_answer(node: str, action: str) -> str:
    """An outside call that is queued or in the air."""
    return f"It waits at “{node}” for the answer to {action}."


def waits_to_retry(node: str, attempt: int, error: str) -> str:
    """A step that is tried again."""
    return f"It tries “{node}” again, attempt {attempt}: {error}"


def waits_for_branches(node: str) -> str:
    """Branches, turns or a called workflow."""
    return f"It waits at “{node}” for what it started."
