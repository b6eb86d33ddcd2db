"""The time that a report is about: from when to when, in what steps, and the equally long time before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from core.calendar.wall import first_showing, wall_clock
from core.calendar.zones import zone
from workflow.selectors import Step, buckets_between
from workflow.selectors.series import first_weekday
from workflow.tenant_view import tenant_view


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """All moments are in UTC. ``bounds`` are the buckets' beginnings and the end, the first and last cut to the period, so
    that the buckets' sum is the period's."""

    since: datetime
    until: datetime
    before: datetime
    step: Step
    timezone: str
    bounds: tuple[datetime, ...]

    @property
    def all_bounds(self) -> list[datetime]:
        """The bucket of the time before, then the period's: for ``width_bucket``, which numbers them from 1."""
        return [self.before, *self.bounds[:-1]]

    @property
    def tz(self) -> tzinfo:
        """The tenant's clock."""
        return zone(self.timezone)


def period_between(since: datetime, until: datetime, *, step: Step, now: datetime) -> Period:
    """The period on the tenant's calendar. What lies ahead of ``now`` is cut off, so that an unfinished day is compared
    with as much of an earlier one.

    The time before it is as long by the clock on the tenant's wall: seven days before seven days, also where one of them
    has 23 hours. Raises ``EmptySpanError`` and ``TooManyBucketsError``.
    """
    view = tenant_view()
    tz = zone(view["timezone"])
    until = min(until, now)
    whole = buckets_between(since, until, step=step, tz=tz, first_weekday=first_weekday(view))
    shown_since, shown_until = wall_clock(since, tz), wall_clock(until, tz)
    before = first_showing(shown_since - (shown_until - shown_since), tz)
    inner = [bound for bound in whole if since < bound < until]
    return Period(
        since=since.astimezone(UTC),
        until=until.astimezone(UTC),
        before=min(before, since).astimezone(UTC),
        step=step,
        timezone=view["timezone"],
        bounds=tuple(moment.astimezone(UTC) for moment in (since, *inner, until)),
    )
