"""``wait``: let time pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Output, Park, register

MAX_DAYS = 366


class WaitConfig(Config):
    """How long; the parts add up."""

    days: Annotated[float, Field(ge=0, le=MAX_DAYS)] = 0
    hours: Annotated[float, Field(ge=0, le=MAX_DAYS * 24)] = 0
    minutes: Annotated[float, Field(ge=0, le=MAX_DAYS * 24 * 60)] = 0
    seconds: Annotated[float, Field(ge=0, le=MAX_DAYS * 24 * 60 * 60)] = 0

    @property
    def duration(self) -> timedelta:
        """The sum of the parts."""
        return timedelta(days=self.days, hours=self.hours, minutes=self.minutes, seconds=self.seconds)

    @model_validator(mode="after")
    def _some_time(self) -> WaitConfig:
        if not timedelta(0) < self.duration <= timedelta(days=MAX_DAYS):
            raise ValueError(
                f"wait for more than nothing and at most {MAX_DAYS} days; set days, hours, minutes or seconds"
            )
        return self


class WaitOutput(Output):
    """When the wait was over, ISO 8601."""

    until: datetime


@register
class Wait(InternalAction[WaitConfig, WaitOutput]):
    """The execution rests in the queue as one timer row and costs nothing else."""

    slug = "wait"
    label = "Wait"
    description = "Wait for some minutes, hours or days before the next step."
    category = "flow"
    effect = Effect.READ
    Config = WaitConfig
    Output = WaitOutput
    example: ClassVar = {"minutes": 10}
    example_output: ClassVar = {"until": "2026-01-01T10:10:00Z"}

    def run(self, config: WaitConfig, context: ActionContext) -> Park:
        """Park until the time has passed."""
        until = datetime.now(UTC) + config.duration
        return Park(until, WaitOutput(until=until))
