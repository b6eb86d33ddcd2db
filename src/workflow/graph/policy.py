"""A workflow's policy: who may enter again, what takes one out, and how much may run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: How forms draw a predicate, and the choice of an event type.
PREDICATE = {"x-widget": "predicate"}
EVENT_TYPE = {"x-widget": "relation", "x-relation": "event-type"}


class Strict(BaseModel):
    """Base of the document's parts: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class Reentry(Strict):
    """How often a contact may enter, and what happens when it is inside already."""

    rule: Literal["every_time", "once", "after_days", "once_per_key"] = Field(
        default="every_time", title="Enter again", description="How often one contact may enter."
    )
    days: Annotated[float, Field(gt=0, le=3_660)] | None = Field(
        default=None, description="For after_days: how many days after the last entry."
    )
    key: str = Field(
        default="",
        max_length=300,
        description="For once_per_key: the field that holds the business key, such as event.data.order_id.",
    )
    when_inside: Literal["start", "skip", "interrupt"] = Field(
        default="start",
        description="While the contact is inside: start beside it, skip the new one, or interrupt the old one.",
    )

    @model_validator(mode="after")
    def _complete(self) -> Reentry:
        if (self.rule == "after_days") != (self.days is not None):
            raise ValueError("'days' goes with the rule 'after_days', and only with it")
        if (self.rule == "once_per_key") != bool(self.key):
            raise ValueError("'key' goes with the rule 'once_per_key', and only with it")
        return self


class ExitEvent(Strict):
    """An event of the contact that takes its executions out."""

    event_type: str = Field(
        title="Event", description="Which event it is.", json_schema_extra=dict(EVENT_TYPE)
    )
    predicate: dict[str, Any] = Field(
        default_factory=dict,
        title="Only if",
        description="What must hold for the event; nothing: any of its type.",
        json_schema_extra=dict(PREDICATE),
    )


class Goal(ExitEvent):
    """What the workflow is for: an event of the contact that counts as a conversion."""

    exit: bool = Field(default=True, description="Whether the execution ends when its goal is reached.")
    within_days: Annotated[float, Field(gt=0, le=365)] = Field(
        default=30,
        description="How long after the contact entered the goal still counts, when the execution has ended before it: as it "
        "has at once for those held out.",
    )


class Exits(Strict):
    """What takes an execution out before its end; always logged as its ``exit_reason``."""

    goal: Goal | None = Field(default=None, title="Goal", description="What the workflow is for.")
    signals: list[str] = Field(
        default_factory=list,
        max_length=10,
        title="Leave when",
        description="Ready-made reasons to leave: reply, opt_out.",
    )
    events: list[ExitEvent] = Field(
        default_factory=list,
        max_length=20,
        title="Leave after events",
        description="Events of the contact that take it out.",
    )
    unless: dict[str, Any] = Field(
        default_factory=dict,
        title="Stay only while",
        description="A predicate that must still hold whenever a wait is over; else the execution leaves.",
        json_schema_extra=dict(PREDICATE),
    )


class PauseRule(Strict):
    """When the engine pauses the workflow by itself."""

    share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.8, description="Share of contacts that must have failed, in the workflow or at one node."
    )
    at_least: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=50, description="How many contacts there must have been for the share to count."
    )
    within_minutes: Annotated[int, Field(ge=1, le=10_080)] = Field(
        default=60, description="How far back failures count."
    )


class Limits(Strict):
    """How much may run; what is over a limit does not start, and the log says so."""

    per_contact_per_hour: Annotated[int, Field(ge=1)] | None = Field(
        default=None, title="Starts per contact and hour", description="At most so many; empty: no limit."
    )
    per_hour: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        title="Starts per hour",
        description="At most so many for all contacts; empty: no limit.",
    )
    pause_when_failing: PauseRule | None = Field(
        default_factory=PauseRule,
        title="Pause when failing",
        description="When the engine pauses the workflow by itself; null: never.",
    )


class Policy(Strict):
    """All of it."""

    reentry: Reentry = Field(default_factory=Reentry, title="Re-entry", description="Who may enter again.")
    exits: Exits = Field(
        default_factory=Exits, title="Exits", description="What takes one out before the end."
    )
    limits: Limits = Field(default_factory=Limits, title="Limits", description="How much may run.")
