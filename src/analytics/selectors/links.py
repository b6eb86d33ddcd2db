"""The query of the rows behind a figure: what it was counted by, as the parameters of ``analytics/rows/``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from analytics.figures import Figure
from analytics.selectors.reading import Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsQuery:
    """Moments are in UTC. Empty parameters are left out of the address."""

    figure: str
    since: str
    until: str
    channel: str = ""
    member: str = ""
    reason: str = ""

    @classmethod
    def of(
        cls,
        figure: Figure,
        narrowing: Narrowing,
        *,
        since: datetime,
        until: datetime,
        channel: str = "",
        member: str = "",
        reason: str = "",
    ) -> RowsQuery:
        """The rows of ``figure``, narrowed as the report is and further to a channel, a member or a reason."""
        return cls(
            figure=figure.key,
            since=_written(since),
            until=_written(until),
            channel=channel or str(narrowing.channel_id or ""),
            member=member or str(narrowing.member_id or ""),
            reason=reason or (narrowing.reason or ""),
        )


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
