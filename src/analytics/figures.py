"""The figures: what each counts or measures, in one place, so that a figure and the rows behind it are never two things.

A family is a relation with the columns of ``COLUMNS``, a row for each thing that happened; ``figure`` says what it counts
for and ``at`` when it happened. Measured ones have ``began`` too: what is measured is the time from there until ``at``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.registry import Registry

#: How long before a period a conversation may have begun to be measured in it: what takes longer is another matter than
#: how fast people answer, and would have all of history read for each report.
MEASURED_FOR = timedelta(days=90)

COLUMNS = (
    "figure", "at", "began", "id", "channel_id", "member", "conversation_id", "contact_id", "workflow_id", "execution_id",
    "reason",
)  # fmt: skip


class Unit(StrEnum):
    """What a figure's value is."""

    COUNT = "count"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """``sql`` reads the rows. Its parameters are ``first`` and ``last``, between which ``at`` must lie for the row to be
    wanted (the reader checks it again), ``first_id``, the smallest id made since then, and ``oldest``, that of the oldest
    conversation whose answers and end are measured (see ``MEASURED_FOR``)."""

    sql: str
    #: The rights that reading its rows needs, besides seeing reports.
    scope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``by_channel`` and ``by_member``: whether its rows have one, so that it can be narrowed to it and told apart by it.
    ``reasons``: whether they say why. ``good``: whether more of it is better (``None``: neither)."""

    key: str
    family: str
    unit: Unit = Unit.COUNT
    by_channel: bool = True
    by_member: bool = False
    reasons: bool = False
    good: bool | None = None


# A message is stored when it comes or is written, never much before the moment that it names: the clocks of others may be
# some minutes ahead of ours. Late ones have later ids, so there is no upper bound.
_MESSAGES = """
SELECT CASE m.direction WHEN 'in' THEN 'messages_in' ELSE 'messages_out' END AS figure, m.sent_at AS at,
       NULL::timestamptz AS began, m.id, m.channel_id,
       CASE WHEN m.author LIKE 'member:%%' THEN substr(m.author, 8) END AS member, m.conversation_id,
       NULL::uuid AS contact_id, NULL::uuid AS workflow_id, NULL::uuid AS execution_id, '' AS reason
FROM channels_app_message m
WHERE m.id >= %(first_id)s
  AND (m.direction = 'in' OR (m.direction = 'out' AND m.state IN ('sent', 'delivered', 'read')))
"""
_CONVERSATIONS = """
SELECT x.figure, x.at, NULL::timestamptz AS began, c.id, c.channel_id, x.member, c.id AS conversation_id, c.contact_id,
       NULL::uuid AS workflow_id, NULL::uuid AS execution_id, '' AS reason
FROM channels_app_conversation c
CROSS JOIN LATERAL (VALUES ('conversations_opened', c.created_at, NULL),
                           ('conversations_closed', c.closed_at, c.assignee_id::text)) AS x(figure, at, member)
"""
_FAILURES = """
SELECT 'send_failures' AS figure, s.settled_at AS at, NULL::timestamptz AS began, m.id, m.channel_id,
       CASE WHEN m.author LIKE 'member:%%' THEN substr(m.author, 8) END AS member, m.conversation_id,
       NULL::uuid AS contact_id, NULL::uuid AS workflow_id, NULL::uuid AS execution_id, s.error_code AS reason
FROM channels_app_send s JOIN channels_app_message m ON m.id = s.message_id
WHERE s.state = 'failed' AND s.settled_at >= %(first)s AND s.settled_at < %(last)s
"""
_EXECUTIONS = """
SELECT x.figure, x.at, NULL::timestamptz AS began, e.id, NULL::uuid AS channel_id, NULL AS member, e.conversation_id,
       e.contact_id, e.workflow_id, e.id AS execution_id, '' AS reason
FROM workflow_workflowexecution e
CROSS JOIN LATERAL (VALUES ('executions_started', e.started_at),
                           (CASE e.state WHEN 'completed' THEN 'executions_completed' WHEN 'failed' THEN 'executions_failed' END,
                            e.ended_at),
                           ('goals_reached', e.converted_at)) AS x(figure, at)
WHERE e.parent_id IS NULL AND greatest(e.started_at, e.ended_at, e.converted_at) >= %(first)s AND x.figure IS NOT NULL
"""
# The first answer of a person in a conversation that began with the customer's message. Robots' answers count for nothing.
# Both halves are read from the index ``message_answers`` alone, in its order.
_FIRST_RESPONSES = """
SELECT 'first_response' AS figure, r.sent_at AS at, q.sent_at AS began, c.id, c.channel_id, substr(r.author, 8) AS member,
       c.id AS conversation_id, c.contact_id, NULL::uuid AS workflow_id, NULL::uuid AS execution_id, '' AS reason
FROM (
    SELECT DISTINCT ON (m.conversation_id) m.conversation_id, m.seq, m.sent_at, m.author
    FROM channels_app_message m
    WHERE m.direction = 'out' AND m.author LIKE 'member:%%' AND m.conversation_id >= %(oldest)s
    ORDER BY m.conversation_id, m.seq
) r
JOIN channels_app_message q ON q.conversation_id = r.conversation_id AND q.seq = 1 AND q.direction = 'in'
                           AND q.conversation_id >= %(oldest)s
JOIN channels_app_conversation c ON c.id = r.conversation_id
"""
# From the beginning of a conversation to its end, where a person took part.
_RESOLUTIONS = """
SELECT 'resolution' AS figure, c.closed_at AS at, c.created_at AS began, c.id, c.channel_id, c.assignee_id::text AS member,
       c.id AS conversation_id, c.contact_id, NULL::uuid AS workflow_id, NULL::uuid AS execution_id, '' AS reason
FROM channels_app_conversation c
JOIN (
    SELECT DISTINCT m.conversation_id FROM channels_app_message m
    WHERE m.direction = 'out' AND m.author LIKE 'member:%%' AND m.conversation_id >= %(oldest)s
) r ON r.conversation_id = c.id
WHERE c.closed_at >= %(first)s AND c.closed_at < %(last)s
"""

FAMILIES: dict[str, Family] = {
    "messages": Family(sql=_MESSAGES, scope="inbox:read"),
    "conversations": Family(sql=_CONVERSATIONS, scope="inbox:read"),
    "failures": Family(sql=_FAILURES, scope="inbox:read"),
    "executions": Family(sql=_EXECUTIONS, scope="workflow:read"),
    "first_responses": Family(sql=_FIRST_RESPONSES, scope="inbox:read"),
    "resolutions": Family(sql=_RESOLUTIONS, scope="inbox:read"),
}

#: In the order in which people read them.
DECLARED = (
    Figure(key="messages_in", family="messages"),
    Figure(key="messages_out", family="messages", by_member=True),
    Figure(key="conversations_opened", family="conversations"),
    Figure(key="conversations_closed", family="conversations", by_member=True, good=True),
    Figure(key="first_response", family="first_responses", unit=Unit.SECONDS, by_member=True, good=False),
    Figure(key="resolution", family="resolutions", unit=Unit.SECONDS, by_member=True, good=False),
    Figure(key="send_failures", family="failures", by_member=True, reasons=True, good=False),
    Figure(key="executions_started", family="executions", by_channel=False),
    Figure(key="executions_completed", family="executions", by_channel=False, good=True),
    Figure(key="executions_failed", family="executions", by_channel=False, good=False),
    Figure(key="goals_reached", family="executions", by_channel=False, good=True),
)
FIGURES: Registry[Figure] = Registry("figure", base=Figure)
for _figure in DECLARED:
    FIGURES.add(_figure.key, _figure)
#: For choices.
KEYS = [figure.key for figure in DECLARED]
