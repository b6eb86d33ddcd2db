"""``date_field``: the date in a contact's field has come, or will come in some days, or came some days ago."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field

from core.calendar import DateOffset, UnknownZoneError, zone
from core.forms import shown
from crm.events import CONTACT_DATE_REACHED
from crm.selectors import InvalidDateFieldError, check_date_field, timezone_name
from events.queue.enqueue import NewItem, enqueue, withdraw
from workflow.graph import NodeConfig, TriggerSpec, TriggerType, register_trigger
from workflow.models import ArmedTrigger

#: The queue's kind for a look at the dates: ``ref`` is ``address:tick``.
TICK = "crm.dates"
_PERIOD_S = 15 * 60


class DateFieldConfig(NodeConfig):
    """Which date, and how far from it. A time of day is the contact's own, by their time zone; half of all contacts have
    none, and get that of the business."""

    field: Annotated[str, shown("Date", plain=True)] = Field(
        max_length=70,
        description="`custom.<slug>` of a date or a date and time, or `created_at`.",
        examples=["custom.birthday"],
    )
    offset: Annotated[
        DateOffset, shown("How far from it", "Before or after the date; the date itself if nothing is set.")
    ] = Field(default_factory=DateOffset)


@register_trigger
class DateFieldTrigger(TriggerType):
    """Dates are looked at each quarter of an hour, on the quarter. What it remembers in ``state``: ``since`` when it is in
    force, until when it has ``looked``, ``next_at``, and the ``problem`` of a field that is gone."""

    slug = "date_field"
    label = "Date of a contact"
    icon = "calendar"
    description = "A birthday, an appointment, a renewal: on the day, or some time before or after it."
    Config = DateFieldConfig
    example: ClassVar[dict[str, Any]] = {
        "field": "custom.birthday",
        "offset": {"at": "09:00", "repeat": "yearly"},
    }

    def event_type(self, spec: TriggerSpec) -> str:
        """That of dates that have come."""
        return CONTACT_DATE_REACHED.code

    def problems(self, spec: TriggerSpec) -> list[str]:
        """The field is a date, and the business has a time zone."""
        problems = []
        try:
            check_date_field(DateFieldConfig.model_validate(spec.config).field)
        except InvalidDateFieldError as exc:
            problems.append(str(exc))
        try:
            zone(timezone_name())
        except UnknownZoneError as exc:
            problems.append(f"the business has no usable time zone; set one: {exc}")
        return problems

    def arm(self, armed: ArmedTrigger) -> None:
        """Queue the next look. What came before it was in force does not count; a changed config goes on where the old
        one was."""
        now = datetime.now(UTC)
        _withdraw(armed)
        armed.state = {"since": now.isoformat(), "looked": now.isoformat(), **armed.state, "problem": ""}
        set_timer(armed, after=now)

    def disarm(self, armed: ArmedTrigger) -> None:
        """Take the next look out of the queue: dates that come in a pause are dropped."""
        _withdraw(armed)
        armed.state = {}


def set_timer(armed: ArmedTrigger, *, after: datetime) -> None:
    """Queue the look at the first full quarter of an hour after that. The caller saves ``state``."""
    tick = datetime.fromtimestamp((after.timestamp() // _PERIOD_S + 1) * _PERIOD_S, UTC)
    armed.state = {**armed.state, "next_at": tick.isoformat()}
    enqueue(NewItem(lane=f"dates:{armed.id}", kind=TICK, ref=f"{armed.id}:{tick.isoformat()}", run_at=tick))


def _withdraw(armed: ArmedTrigger) -> None:
    if armed.state.get("next_at"):
        withdraw(f"{TICK}:{armed.id}:{armed.state['next_at']}")
