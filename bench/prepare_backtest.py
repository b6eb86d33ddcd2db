"""A tenant with stored events and a back-test that waits for a worker; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

import django

django.setup()

from django.db import transaction  # noqa: E402  (needs the apps to be loaded)

from bench.messages import WORD, customers  # noqa: E402
from bench.prepare import account_id, tenant_with_workflows  # noqa: E402
from bench.workloads import MATCHES  # noqa: E402
from core.bulk import insert_rows  # noqa: E402
from core.ids import uuid7  # noqa: E402
from crm.models import Contact  # noqa: E402
from events.models import Event  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from workflow.models import Workflow  # noqa: E402
from workflow.services.backtesting import BacktestOrder, backtest  # noqa: E402

CONTACTS = 2_000
BATCH = 2_000
#: Every second event matches: tag, wait, note.
_DRAFT = {
    "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": MATCHES}],
    "actions": [
        {"action": "add_tag", "config": {"tag": "asked"}},
        {"action": "wait", "config": {"hours": 1}},
        {"action": "add_note", "config": {"text": "{{ user.first_name }}: {{ event.data.content }}"}},
    ],
}


def main() -> None:
    """Print the tenant as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, required=True)
    options = parser.parse_args()
    made = tenant_with_workflows("bench-backtest", account_id(950), customers(CONTACTS), [])
    with tenant_scope(made.tenant), transaction.atomic():
        contacts = list(Contact.objects.values_list("id", flat=True))
        for first in range(0, options.events, BATCH):
            now = datetime.now(UTC)
            insert_rows(
                [
                    Event(
                        id=uuid7(),
                        type="MESSAGE_RECEIVED",
                        occurred_at=now,
                        recorded_at=now,
                        contact_id=contacts[number % CONTACTS],
                        data={"content": f"سلام {WORD if number % 2 else ''} {number}"},
                        actor="contact",
                    )
                    for number in range(first, min(first + BATCH, options.events))
                ]
            )
        workflow = Workflow.objects.create(name="draft", draft=_DRAFT)
        backtest(workflow, BacktestOrder(days=1, max_events=options.events), by="bench")
    print(json.dumps(made.as_json()))


if __name__ == "__main__":
    main()
