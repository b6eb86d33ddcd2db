"""What a run left in the database, counted there, and waiting until it is all there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from bench.messages import FIELD
from bench.results import say

STALLED_AFTER_S = 60.0
_POLL_S = 0.05
_LOOK_S = 2.0

_COUNTS = """
SELECT (SELECT count(*) FROM {s}.channels_app_inbounddelivery),
       (SELECT count(*) FROM {s}.channels_app_message),
       (SELECT count(*) FROM {s}.events_event WHERE type = 'MESSAGE_RECEIVED'),
       (SELECT count(*) FROM {s}.workflow_workflowexecution WHERE state = 'completed' AND ended_at IS NOT NULL),
       (SELECT count(*) FROM {s}.workflow_workflowexecution WHERE state <> 'completed'),
       (SELECT count(*) FROM {s}.workflow_actionexecution WHERE state = 'completed'),
       (SELECT count(*) FROM {s}.workflow_triggereventlog WHERE result = 'started')
"""
_CONTACTS_SET = "SELECT count(*) FROM {s}.crm_contact WHERE custom ? %s"
_QUEUE = "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1) FROM public.queue_item WHERE tenant_id = %s"
_BUSY = "SELECT EXISTS (SELECT 1 FROM public.queue_item WHERE tenant_id = %s AND state = 0)"
_END_TO_END = """
SELECT extract(epoch FROM x.ended_at - d.received_at)::float8
FROM {s}.workflow_workflowexecution x JOIN {s}.events_event e ON e.id = x.event_id
JOIN {s}.channels_app_message m ON m.id = (e.data->>'message_id')::uuid
JOIN {s}.channels_app_inbounddelivery d ON d.channel_id = m.channel_id AND d.key = m.provider_message_id
WHERE x.state = 'completed' AND x.started_at >= to_timestamp(%s)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one tenant."""

    deliveries: int
    messages: int
    events: int
    completed: int
    not_completed: int
    steps: int
    logs: int

    def since(self, before: Counts) -> Counts:
        """What was added after ``before``."""
        return Counts(**{name: value - asdict(before)[name] for name, value in asdict(self).items()})


class Ledger:
    """One tenant's rows, read over a connection of its own (the server's superuser: it sees every schema)."""

    def __init__(self, url: str, *, tenant_id: str, schema: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._tenant_id = tenant_id
        self._schema = sql.Identifier(schema)

    def counts(self) -> Counts:
        """Everything so far."""
        return Counts(*self._row(_COUNTS))

    def contacts_set(self) -> int:
        """Contacts on whom the workflow has set its field."""
        return int(self._row(_CONTACTS_SET, [FIELD])[0])

    def queue(self) -> tuple[int, int]:
        """Items pending and dead."""
        pending, dead = self._row(_QUEUE, [self._tenant_id])
        return pending, dead

    def end_to_end_s(self, since: float) -> list[float]:
        """Seconds from the commit of a delivery to the end of its execution, of executions started since then."""
        statement = sql.SQL(_END_TO_END).format(s=self._schema)
        return [row[0] for row in self._connection.execute(statement, [since])]

    def wait_until_idle(self, look: Callable[[], object]) -> float:
        """Wait until no item of the tenant is pending; returns the time (epoch) at which that was seen.

        An item ends in the transaction that writes its effects and queues what follows, so an empty queue means that
        everything accepted is finished. Calls ``look`` every two seconds. Gives up when a minute brings nothing new.
        """
        progress, moved_at, looked_at = -1, time.monotonic(), time.monotonic()
        while self._row(_BUSY, [self._tenant_id])[0]:
            now = time.monotonic()
            if now - looked_at > _LOOK_S:
                looked_at = now
                look()
                completed = self.counts().completed
                if completed != progress:
                    progress, moved_at = completed, now
                elif now - moved_at > STALLED_AFTER_S:
                    say(
                        f"no execution ended for {STALLED_AFTER_S:g} s: giving up, {self.queue()[0]} items wait"
                    )
                    break
            time.sleep(_POLL_S)
        return time.time()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _row(self, statement: LiteralString, parameters: list[str] | None = None) -> tuple[int, ...]:
        row = self._connection.execute(sql.SQL(statement).format(s=self._schema), parameters).fetchone()
        assert row is not None
        return row
