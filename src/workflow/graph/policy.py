"""A workflow's policy: who may enter again, what takes one out, and how much may run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """Base of the document's parts: an unknown key is an error."""

    model_config = ConfigDict(extra="forbid")


class Reentry(Strict):
    """How often a contact may enter, and what happens when it is inside already."""

    rule: Literal["every_time", "once", "after_days", "once_per_key"] = Field(
        default="every_time", description="How often one contact may enter."
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

    event_type: str
    predicate: dict[str, Any] = Field(default_factory=dict)


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

    goal: Goal | None = None
    signals: list[str] = Field(
        default_factory=list, max_length=10, description="Ready-made reasons to leave: reply, opt_out."
    )
    events: list[ExitEvent] = Field(default_factory=list, max_length=20)
    unless: dict[str, Any] = Field(
        default_factory=dict,
        description="A predicate that must still hold whenever a wait is over; else the execution leaves.",
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

    per_contact_per_hour: Annotated[int, Field(ge=1)] | None = None
    per_hour: Annotated[int, Field(ge=1)] | None = None
    pause_when_failing: PauseRule | None = Field(default_factory=PauseRule)


class Policy(Strict):
    """All of it."""

    reentry: Reentry = Field(default_factory=Reentry)
    exits: Exits = Field(default_factory=Exits)
    limits: Limits = Field(default_factory=Limits)
