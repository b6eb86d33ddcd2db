"""``wait``: let time pass, until a moment, a slot of the week, a date of the contact's, or an event."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.calendar import DateOffset, Duration, LocalSlot, ZoneSource, moment_for, next_moment
from core.errors import PermanentError
from core.forms import shown
from core.predicates.paths import path_reader
from workflow.actions.base import (
    ActionContext,
    Awaited,
    Config,
    Effect,
    InternalAction,
    Output,
    Park,
    register,
)
from workflow.compiling import compile_predicate, roots_used
from workflow.correlation import contact_key, value_key

MAX_DAYS = 366


class DateField(Config):
    """A field that holds a date, and how far from it."""

    field: Annotated[
        str,
        Field(min_length=1, max_length=300, examples=["user.custom.appointment"]),
        shown("Field", "The field that holds the date.", widget="field"),
    ]
    offset: Annotated[
        DateOffset, shown("How far from it", "Before or after the date; the date itself if nothing is set.")
    ] = Field(default_factory=DateOffset)


class EventField(Config):
    """How the awaited event is known to be meant: its ``field`` holds ``value``."""

    field: Annotated[
        str,
        Field(pattern=r"^event\.", max_length=200, examples=["event.data.order_id"]),
        shown("Field of the event", "What tells the event that is meant.", widget="field", roots=["event"]),
    ]
    value: Annotated[
        str, Field(min_length=1, max_length=180), shown("Value", "What the field must hold; may use Liquid.")
    ]


class AwaitedEvent(Config):
    """An event of the same contact, or one that a field of its own ties to this execution. ``look_back`` counts what came
    so long before the wait began; ``timeout`` is when the step leaves by its port ``timeout``."""

    event_type: Annotated[
        str,
        Field(min_length=1, max_length=60),
        shown("Event", "Which event ends the wait.", relation="event-type"),
    ]
    by: Annotated[
        EventField | None,
        shown("Tied by", "A field that ties the event to this execution; left out, the contact does."),
    ] = None
    look_back: Annotated[
        Duration | None, shown("Look back", "Counts what came so long before the wait began.")
    ] = None
    timeout: Annotated[Duration, shown("Time-out", "When to go on without the event.")]


class WaitConfig(Config):
    """One way to wait: a duration (the parts add up), ``until`` a moment, a ``slot``, a ``date``, or an ``event``, which
    ``matching`` may narrow by a predicate on it."""

    days: Annotated[float, Field(ge=0, le=MAX_DAYS), shown("Days", "Days of 24 hours.")] = 0
    hours: Annotated[float, Field(ge=0, le=MAX_DAYS * 24), shown("Hours", "Hours; the parts add up.")] = 0
    minutes: Annotated[
        float, Field(ge=0, le=MAX_DAYS * 24 * 60), shown("Minutes", "Minutes; the parts add up.")
    ] = 0
    seconds: Annotated[
        float,
        Field(ge=0, le=MAX_DAYS * 24 * 60 * 60),
        shown("Seconds", "Seconds; the parts add up.", advanced=True),
    ] = 0
    until: Annotated[
        str, Field(max_length=200, description="A date and time, ISO 8601."), shown("Until", advanced=True)
    ] = ""
    slot: Annotated[
        LocalSlot | None,
        shown("Until a time of the week", "The next time of day, on the days that are chosen."),
    ] = None
    date: Annotated[
        DateField | None,
        shown("Until a date of the contact", "A field that holds a date, and how far from it."),
    ] = None
    event: Annotated[AwaitedEvent | None, shown("Until an event", "Until it happens, or a time-out.")] = None
    matching: Annotated[dict[str, Any], shown("Only if", widget="predicate", roots=["event"])] = Field(
        default_factory=dict, description="A predicate on the awaited event."
    )

    @property
    def duration(self) -> timedelta:
        """The sum of the parts."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)

    @model_validator(mode="after")
    def _one_way(self) -> WaitConfig:
        ways = [bool(self.duration), bool(self.until), bool(self.slot), bool(self.date), bool(self.event)]
        if sum(ways) != 1 or self.duration > timedelta(days=MAX_DAYS):
            raise ValueError(
                "choose one way to wait: for more than nothing and at most "
                f"{MAX_DAYS} days (days, hours, minutes, seconds), until, slot, date or event"
            )
        if self.matching and self.event is None:
            raise ValueError("'matching' goes with 'event': it is a predicate on the awaited event")
        return self


class WaitOutput(Output):
    """When the wait is over, ISO 8601; what ended it: ``time``, ``event`` or ``timeout``; and the event that did."""

    until: datetime
    outcome: str = "time"
    event: dict[str, Any] | None = None


class NoDateError(PermanentError):
    """There is no date to wait for."""


class NoKeyError(PermanentError):
    """There is nothing by which to know the awaited event: no contact, and no value to look for."""


@register
class Wait(InternalAction[WaitConfig, WaitOutput]):
    """The execution rests in the queue as one timer row and costs nothing else."""

    slug = "wait"
    label = "Wait"
    icon = "clock"
    description = "Wait for some time, until a moment, or until something happens."
    category = "flow"
    effect = Effect.READ
    Config = WaitConfig
    Output = WaitOutput
    example: ClassVar = {"minutes": 10}
    example_output: ClassVar = {"until": "2026-01-01T10:10:00Z", "outcome": "time", "event": None}
    ports = ("next", "timeout", "error")
    verbatim = frozenset({"matching"})
    pauses = True

    def compile(self, config: dict[str, Any]) -> Any:
        """The predicate on the awaited event."""
        return compile_predicate(config.get("matching", {}))

    def roots(self, config: dict[str, Any]) -> frozenset[str]:
        """What it needs to know: of the contact its zone and dates, where they are asked for."""
        event = config.get("event")
        if isinstance(event, dict):
            return roots_used(config.get("matching", {}))
        date = config.get("date")
        named = {str(date.get("field", "")).split(".", 1)[0]} if isinstance(date, dict) else set[str]()
        return frozenset(named | ({"user"} if date or config.get("slot") or config.get("until") else set()))

    def awaits(self, config: dict[str, Any]) -> Collection[tuple[str, str]]:
        """The event type, and the field that ties it to the execution."""
        event = config.get("event")
        if not isinstance(event, dict):
            return ()
        by = event.get("by") or {}
        return [(str(event.get("event_type", "")), str(by.get("field", "")))]

    def run(self, config: WaitConfig, context: ActionContext) -> Park:
        """Park until the moment. One that has passed already is over at once."""
        now = context.now
        if config.event is not None:
            return _for_event(config.event, context, now)
        until = _moment(config, context, now)
        return Park(until, WaitOutput(until=until))


def _moment(config: WaitConfig, context: ActionContext, now: datetime) -> datetime:
    if config.slot is not None:
        return config.slot.next_slot(now, _zone(config.slot.zone, context))
    if config.date is not None:
        value = path_reader(config.date.field)(context.data)
        if value in (None, ""):
            raise NoDateError(f"There is no date in {config.date.field!r} to wait for.")
        zone = _zone(ZoneSource.CONTACT, context)
        if config.date.offset.repeat == "yearly":
            moment = next_moment(value, config.date.offset, zone, after=now)
            if moment is None:
                raise NoDateError(f"{config.date.field!r} does not come again.")
            return moment
        return moment_for(value, config.date.offset, zone)
    if config.until:
        return moment_for(config.until, DateOffset(), _zone(ZoneSource.CONTACT, context))
    return now + config.duration


def _zone(source: ZoneSource, context: ActionContext) -> Any:
    user = context.data.get("user") or {}
    return source.zone(contact=user.get("timezone") or "", tenant=context.data["tenant"]["timezone"])


def _for_event(event: AwaitedEvent, context: ActionContext, now: datetime) -> Park:
    if event.by is not None:
        key = value_key(event.by.field, event.by.value)
    elif context.contact_id is not None:
        key = contact_key(context.contact_id)
    else:
        raise NoKeyError
    until = now + event.timeout.delta
    since = now - event.look_back.delta if event.look_back is not None else now
    return Park(
        until,
        WaitOutput(until=until, outcome="timeout"),
        port="timeout",
        event=Awaited(event_type=event.event_type, key=key, since=since),
    )
