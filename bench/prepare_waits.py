"""A tenant with executions that wait, made by the engine itself; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta

import django

django.setup()

from django.db import transaction  # noqa: E402  (needs the apps to be loaded)

from bench.messages import customers  # noqa: E402
from bench.prepare import account_id, tenant_with_workflows  # noqa: E402
from crm.models import Contact  # noqa: E402
from events.queue.drain import Drain  # noqa: E402
from events.services.publishing import NewEvent, publish_many  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402

CONTACTS = 5_000
BATCH = 1_000
#: Executions a second that a single process makes here, less than it can, to say when the first may be due.
_MADE_PER_S = 500.0
_WAITING = {
    "triggers": [{"event_type": "NOTE_ADDED"}],
    "actions": [{"action": "wait", "config": {"until": "{{ event.data.at }}"}}],
}


def main() -> None:
    """Print the tenant, and when the first wait is over (epoch), as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--waiting", type=int, required=True)
    parser.add_argument("--span", type=float, required=True)
    options = parser.parse_args()
    made = tenant_with_workflows("bench-waits", account_id(900), customers(CONTACTS), [_WAITING])
    due = datetime.now(UTC) + timedelta(seconds=30 + options.waiting / _MADE_PER_S)
    with tenant_scope(made.tenant):
        contacts = list(Contact.objects.values_list("id", flat=True))
    drain = Drain()
    for first in range(0, options.waiting, BATCH):
        with tenant_scope(made.tenant), transaction.atomic():
            publish_many(
                [
                    NewEvent(
                        type="NOTE_ADDED",
                        contact_id=contacts[number % CONTACTS],
                        data={
                            "at": (
                                due + timedelta(seconds=options.span * number / options.waiting)
                            ).isoformat()
                        },
                    )
                    for number in range(first, min(first + BATCH, options.waiting))
                ]
            )
        drain.run_until_empty()
    print(json.dumps({**made.as_json(), "due_at": due.timestamp()}))


if __name__ == "__main__":
    main()
