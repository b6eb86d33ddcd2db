"""Tenants for the engine's workloads; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import argparse
import json

import django

django.setup()

from django.db import transaction  # noqa: E402  (needs the apps to be loaded)

from bench.messages import customers  # noqa: E402
from bench.prepare import account_id, tenant_with_workflows  # noqa: E402
from bench.workloads import WORKLOADS  # noqa: E402
from crm.models import CustomField  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402


def main() -> None:
    """Print what was made as one line of JSON: tenants by workload."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workloads", help="their names as a JSON list")
    parser.add_argument("--contacts", type=int, required=True)
    parser.add_argument("--sink", required=True)
    options = parser.parse_args()
    people = customers(options.contacts)
    made = {}
    for number, name in enumerate(json.loads(options.workloads), 100):
        documents = WORKLOADS[name].documents(options.sink)
        made[name] = tenant_with_workflows(f"bench-{name}", account_id(number), people, documents)
        with tenant_scope(made[name].tenant), transaction.atomic():
            CustomField.objects.create(slug="greeting", label="Greeting")
    print(json.dumps({name: tenant.as_json() for name, tenant in made.items()}))


if __name__ == "__main__":
    main()
