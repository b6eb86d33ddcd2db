"""The checker: reads the databases and the provider after a run, by plain SQL and nothing of the product's code, and
compares them with what was acknowledged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from channels_app.simulator.client import SimulatorClient
from ops.chaos.findings import Expected, Findings, Reader
from ops.chaos.journeys import check_journeys
from ops.chaos.plan import Account, PlannedMessage

_INBOX = """
SELECT c.recipient, m.text, m.provider_message_id FROM {s}.channels_app_message m
JOIN {s}.channels_app_conversation c ON c.id = m.conversation_id WHERE m.direction = 'in' ORDER BY c.recipient, m.seq
"""
_EVENTS = """
SELECT i.provider_user_id, e.data->>'content', e.id::text FROM {s}.events_event e
JOIN {s}.crm_identity i ON i.contact_id = e.contact_id WHERE e.type = 'MESSAGE_RECEIVED' ORDER BY e.id
"""
_EXECUTIONS = """
SELECT i.provider_user_id, e.data->>'content', x.state FROM {s}.workflow_workflowexecution x
JOIN {s}.workflow_workflow w ON w.id = x.workflow_id AND w.name = 'chaos'
JOIN {s}.events_event e ON e.id = x.event_id JOIN {s}.crm_identity i ON i.contact_id = x.contact_id ORDER BY x.id
"""
_STEPS = """
SELECT count(*) FROM {s}.workflow_workflowexecution x
JOIN {s}.workflow_workflow w ON w.id = x.workflow_id AND w.name = 'chaos' LEFT JOIN LATERAL (
    SELECT count(*) AS all_steps, count(DISTINCT node) FILTER (WHERE state = 'completed') AS done
    FROM {s}.workflow_actionexecution a WHERE a.execution_id = x.id) n ON true
WHERE x.state = 'completed' AND (n.all_steps <> 3 OR n.done <> 3)
"""
_NOTES = """
SELECT i.provider_user_id, n.text FROM {s}.crm_note n JOIN {s}.crm_identity i ON i.contact_id = n.contact_id
WHERE n.text LIKE 'note %' ORDER BY n.id
"""
_REPLIES = """
SELECT c.recipient, m.text, x.effect_key, x.state, x.calls FROM {s}.channels_app_message m
JOIN {s}.channels_app_conversation c ON c.id = m.conversation_id
LEFT JOIN {s}.channels_app_send x ON x.message_id = m.id WHERE m.direction = 'out' ORDER BY c.recipient, m.seq
"""
_TAGGED_TWICE = (
    "SELECT count(*) FROM {s}.events_event WHERE type = 'TAG_ADDED' GROUP BY contact_id HAVING count(*) > 1"
)
_CONTACTS = "SELECT count(*) FROM {s}.crm_contact"
_UNPROCESSED = "SELECT key FROM {s}.channels_app_inbounddelivery WHERE processed_at IS NULL OR error <> ''"
_DEAD = "SELECT ref, kind, error FROM public.queue_item WHERE state = 1 ORDER BY id"
_PENDING = "SELECT count(*) FROM public.queue_item WHERE state = 0"
_SLEEPING = """
SELECT count(*) FROM public.queue_item i LEFT JOIN public.queue_lane l ON l.tenant_id = i.tenant_id AND l.key = i.lane_key
WHERE i.state = 0 AND l.wake_at IS NULL
"""
_AWAKE = "SELECT count(*) FROM public.queue_lane WHERE wake_at IS NOT NULL OR lease_until IS NOT NULL"


def check(
    *,
    database_url: str,
    accounts: Sequence[Account],
    acknowledged: Sequence[PlannedMessage],
    simulator: SimulatorClient,
) -> Findings:
    """Compare everything. The run must be over: nothing waits in the queue any more."""
    findings = Findings()
    poison_events: set[str] = set()
    with psycopg.connect(database_url, autocommit=True) as connection:
        for number, account in enumerate(accounts):
            expected = Expected.of(acknowledged, number)
            reader = Reader(connection, account, findings)
            poison_events |= _check_inside(reader, expected)
            check_journeys(reader, expected, simulator.sink(account.slug, requests=False))
            _check_provider(reader, expected, simulator.outbox(account.account_id))
        _check_queue(connection, poison_events, findings)
    return findings


def _check_inside(reader: Reader, expected: Expected) -> set[str]:
    """The tenant's own tables; returns the ids of the poisoned messages' events."""
    findings, slug = reader.findings, reader.account.slug
    reader.compare("messages", reader.places("messages", reader.rows(_INBOX)), expected.acknowledged)
    events = reader.rows(_EVENTS)
    places = reader.places("events", events)
    reader.compare("events", places, expected.acknowledged)
    executions = reader.rows(_EXECUTIONS)
    reader.compare("executions", reader.places("executions", executions), expected.handled)
    findings.violate(
        "not_completed", (f"{slug}: {row[1]} is {row[2]}" for row in executions if row[2] != "completed")
    )
    findings.violate("duplicates", (f"{slug}: steps" for _ in range(reader.rows(_STEPS)[0][0])))
    reader.compare("notes", reader.places("notes", reader.rows(_NOTES)), expected.handled)
    findings.violate("duplicates", (f"{slug}: TAG_ADDED {n} times" for (n,) in reader.rows(_TAGGED_TWICE)))
    contacts = {contact for contact, _ in expected.acknowledged}
    if (found := reader.rows(_CONTACTS)[0][0]) != len(contacts):
        findings.violate("duplicates", [f"{slug}: {found} contacts for {len(contacts)} people"])
    findings.violate("lost", (f"{slug}: delivery {key}" for (key,) in reader.rows(_UNPROCESSED)))
    return {row[2] for row, place in zip(events, places, strict=False) if place in expected.poisoned}


def _check_provider(reader: Reader, expected: Expected, outbox: Sequence[dict[str, Any]]) -> None:
    """The ledger against what arrived at the provider."""
    findings, slug = reader.findings, reader.account.slug
    ledger = reader.rows(_REPLIES)
    reader.compare("replies", reader.places("replies", ledger), expected.handled)
    arrived = Counter(message["effect_key"] for message in outbox)
    entered = {key: (state, calls) for _, _, key, state, calls in ledger}
    findings.counts["provider_sends"] += len(outbox)
    # Shown by the ledger as more than one call: the provider refused the first in a way that allowed a second.
    repeated = {key: n for key, n in arrived.items() if n > 1}
    findings.counts["repeated_sends"] += sum(repeated.values()) - len(repeated)
    findings.violate("repeated_sends", (f"{slug}: {key} {n} times" for key, n in repeated.items()))
    findings.violate("unexpected", (f"{slug}: send {key}" for key in arrived.keys() - entered.keys()))
    for key, (state, _) in entered.items():
        if state == "unknown":
            findings.counts["unknown_arrived" if key in arrived else "unknown_never_arrived"] += 1
        elif key not in arrived:
            findings.violate("lost", [f"{slug}: send {key} is {state} and never arrived"])
    seen: set[str] = set()
    first = [m for m in outbox if not (m["effect_key"] in seen or seen.add(m["effect_key"]))]  # type: ignore[func-returns-value]
    rows = [(message["customer"], message["text"]) for message in sorted(first, key=lambda m: m["seq"])]
    reader.ascending(f"provider of {slug}", reader.places("provider", rows))


def _check_queue(
    connection: psycopg.Connection[tuple[Any, ...]], poison_events: set[str], findings: Findings
) -> None:
    dead = connection.execute(_DEAD).fetchall()
    refs = {ref for ref, _, _ in dead}
    findings.counts["dead_letters"] = len(dead)
    findings.dead = [f"{kind} {ref}: {error}" for ref, kind, error in dead]
    findings.violate(
        "wrongly_dead", (f"{kind} {ref}: {error}" for ref, kind, error in dead if ref not in poison_events)
    )
    findings.violate("not_dead", (f"event {ref}" for ref in poison_events - refs))
    for sort, query in (("pending", _PENDING), ("sleeping", _SLEEPING), ("awake", _AWAKE)):
        row = connection.execute(query).fetchone()
        findings.violate("queue_not_empty", (sort for _ in range(row[0] if row else 0)))


def pending(database_url: str) -> int | None:
    """Items that still wait, ``None`` while the database is away."""
    try:
        with psycopg.connect(database_url, autocommit=True, connect_timeout=5) as connection:
            row = connection.execute(_PENDING).fetchone()
            return int(row[0]) if row else 0
    except psycopg.OperationalError:
        return None
