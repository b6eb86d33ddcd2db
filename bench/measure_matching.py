"""Matching, timed within one process; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import argparse
import json
import time
from datetime import UTC, datetime

import django

django.setup()

from bench.messages import WORD, customers  # noqa: E402  (needs the apps to be loaded)
from bench.prepare import account_id, tenant_with_workflows  # noqa: E402
from bench.workloads import WORKLOADS  # noqa: E402
from core.ids import uuid7  # noqa: E402
from crm.models import Contact  # noqa: E402
from events.models import Event  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from workflow.engine.matching import match  # noqa: E402

CONTACTS = 2_000


def main() -> None:
    """Print the measurements as one line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    options = parser.parse_args()
    lines = []
    for number, name in enumerate(("pure", "branchy", "thousand"), 500):
        workload = WORKLOADS[name]
        documents = workload.documents("http://127.0.0.1:9/")
        made = tenant_with_workflows(f"bench-{name}", account_id(number), customers(CONTACTS), documents)
        with tenant_scope(made.tenant):
            contacts = list(Contact.objects.values_list("id", flat=True))
            now = datetime.now(UTC)
            events = [
                Event(
                    id=uuid7(),
                    type="MESSAGE_RECEIVED",
                    data={"content": f"سلام، {WORD} دارید؟ {number}"},
                    contact_id=contacts[number % CONTACTS],
                    occurred_at=now,
                    recorded_at=now,
                )
                for number in range(options.events)
            ]
            match(events[: options.batch])  # compiles
            began, found = time.perf_counter(), 0
            for first in range(0, options.events, options.batch):
                found += len(match(events[first : first + options.batch])[0])
            elapsed = time.perf_counter() - began
        lines.append(
            {
                "workload": name,
                "active_workflows": len(documents),
                "events": options.events,
                "matches": found,
                "us_per_event": round(elapsed / options.events * 1e6, 1),
                "wrong": found != options.events * workload.executions,
            }
        )
    print(json.dumps(lines))


if __name__ == "__main__":
    main()
