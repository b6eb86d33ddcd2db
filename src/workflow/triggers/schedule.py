"""``schedule``: the time has come, by a cron line or at an interval."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from core.calendar import CatchUp, Cron, Interval, Recurrence, UnknownZoneError, ZoneName, zone
from core.calendar.cron import checked_cron
from core.forms import shown
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.audiences import AudienceChoice
from workflow.events import SCHEDULE_DUE
from workflow.graph import NodeConfig, TriggerSpec, TriggerType, register_trigger
from workflow.models import ArmedTrigger
from workflow.tenant_view import tenant_view

#: The queue's kind for a tick: ``ref`` is ``address:tick``.
TICK = "workflow.schedule"


class ScheduleConfig(NodeConfig):
    """When, in which zone, for whom, and what becomes of ticks that were missed while nothing ran."""

    cron: Annotated[
        Annotated[str, Field(max_length=200), AfterValidator(checked_cron)] | None,
        shown("Times", widget="cron"),
    ] = Field(
        default=None,
        description="Five fields: minute, hour, day of month, month, weekday (0 and 7 are Sunday).",
        examples=["0 9 * * sun-thu"],
    )
    interval: Annotated[Interval | None, shown("Interval")] = Field(
        default=None, description="Every so many minutes, hours, days or weeks."
    )
    zone: Annotated[ZoneName | None, shown("Time zone", widget="timezone")] = Field(
        default=None, description="The time zone, as in Africa/Algiers; left out, that of the business."
    )
    catch_up: Annotated[
        CatchUp,
        shown(
            "Ticks that come late", "What becomes of those that were due while nothing ran.", advanced=True
        ),
    ] = Field(default_factory=CatchUp)
    audience: Annotated[AudienceChoice | None, shown("For whom")] = Field(
        default=None, description="One execution for each of these contacts; left out, one without a contact."
    )

    @model_validator(mode="after")
    def _one_rhythm(self) -> ScheduleConfig:
        if (self.cron is None) == (self.interval is None):
            raise ValueError("give either 'cron' or 'interval'")
        return self

    @property
    def recurrence(self) -> Recurrence:
        """The ticks."""
        if self.interval is not None:
            return self.interval
        assert self.cron is not None
        return Cron(expression=self.cron)

    def tz(self) -> ZoneInfo:
        """The zone that it is in. Raises ``UnknownZoneError`` for an unknown one of the tenant."""
        return zone(self.zone or tenant_view()["timezone"])

    def ticks(self, after: datetime, count: int) -> list[datetime]:
        """The next ``count`` ticks, in UTC."""
        ticks: list[datetime] = []
        for _ in range(count):
            ticks.append(self.recurrence.next_after(ticks[-1] if ticks else after, self.tz()))
        return ticks


@register_trigger
class ScheduleTrigger(TriggerType):
    """Each tick is one item of the queue, which puts the next one there. What it remembers in ``state``: ``next_at`` and
    ``last_at``, and how many ticks were ``missed``. A pause drops the ticks that fall into it."""

    slug = "schedule"
    label = "Schedule"
    icon = "calendar"
    description = "At fixed times, or every so often; for a group of contacts, or for nobody in particular."
    Config = ScheduleConfig
    example: ClassVar[dict[str, Any]] = {"cron": "0 9 * * sun-thu", "catch_up": {"policy": "one"}}

    def event_type(self, spec: TriggerSpec) -> str:
        """That of ticks."""
        return SCHEDULE_DUE.code

    def problems(self, spec: TriggerSpec) -> list[str]:
        """The zone is one, and the audience is there."""
        config = ScheduleConfig.model_validate(spec.config)
        problems = config.audience.problems() if config.audience is not None else []
        try:
            config.tz()
        except UnknownZoneError as exc:
            problems.append(f"the business has no usable time zone; name one here: {exc}")
        return problems

    def arm(self, armed: ArmedTrigger) -> None:
        """Queue the first tick from now on."""
        self.disarm(armed)
        config = ScheduleConfig.model_validate(armed.config)
        set_timer(armed, config.ticks(datetime.now(UTC), 1)[0])

    def disarm(self, armed: ArmedTrigger) -> None:
        """Take the next tick out of the queue."""
        if armed.state.get("next_at"):
            withdraw(f"{TICK}:{armed.id}:{armed.state['next_at']}")
        armed.state = {**armed.state, "next_at": None}


def set_timer(armed: ArmedTrigger, tick: datetime) -> None:
    """Queue a tick, and remember it as the next. The caller saves ``state``."""
    armed.state = {"last_at": None, "missed": 0, **armed.state, "next_at": tick.isoformat()}
    enqueue(
        NewItem(lane=f"schedule:{armed.id}", kind=TICK, ref=f"{armed.id}:{tick.isoformat()}", run_at=tick)
    )
