"""``python -m ops.chaos.install``: two tenants with a WhatsApp account each and the workflows of the run; prints the accounts."""

from __future__ import annotations

import argparse
import secrets
import sys
from typing import Any

import django
from pydantic import TypeAdapter

from ops.chaos import workflows
from ops.chaos.plan import Account


def main() -> None:
    """Migrate, set up, and write the accounts to stdout as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulator-url", required=True)
    simulator_url: str = parser.parse_args().simulator_url
    django.setup()
    from tenants.services.migrating import migrate_public

    migrate_public()
    accounts = [
        _tenant("demo", "متجر الجزائر", account_id="1001", own_app=False, simulator_url=simulator_url),
        _tenant("other", "فروشگاه دیگر", account_id="2002", own_app=True, simulator_url=simulator_url),
    ]
    sys.stdout.write(TypeAdapter(list[Account]).dump_json(accounts).decode())


def _tenant(slug: str, name: str, *, account_id: str, own_app: bool, simulator_url: str) -> Account:
    from django.conf import settings
    from django.db import transaction

    from channels_app.selectors import webhook_paths
    from channels_app.services.channels import create_channel
    from tenants.scope import tenant_scope
    from tenants.services.provisioning import create_tenant
    from workflow.services.event_types import install_event_types

    tenant = create_tenant(slug=slug, name=name)
    token, own_secret = secrets.token_urlsafe(32), secrets.token_hex(16)
    credentials = {"phone_number_id": account_id, "waba_id": account_id, "access_token": token}
    if own_app:
        credentials |= {"app_secret": own_secret, "verify_token": "chaos"}
    with tenant_scope(tenant), transaction.atomic():
        install_event_types()
        part = _active(workflows.PART, workflows.CALLED)
        sink_url = f"{simulator_url}/sink/{slug}"
        _active(workflows.JOURNEY, workflows.journey(part=part, sink_url=sink_url))
        _active(workflows.NAME, workflows.STRAIGHT)
        channel = create_channel(
            provider="whatsapp",
            name="chaos",
            credentials=credentials,
            settings={"base_url": f"{simulator_url}/graph"},
        )
        path = webhook_paths([channel.id])[channel.id]
    return Account(
        slug=slug,
        tenant_id=str(tenant.id),
        schema_name=tenant.schema_name,
        account_id=account_id,
        token=token,
        app_secret=own_secret if own_app else settings.WHATSAPP_APP_SECRETS[0],
        webhook_path=path,
    )


def _active(name: str, document: dict[str, Any]) -> str:
    from workflow.models import Workflow
    from workflow.services.publishing import activate, publish_draft

    workflow = Workflow.objects.create(name=name, draft=document)
    publish_draft(workflow, by="chaos")
    activate(workflow)
    return str(workflow.id)


if __name__ == "__main__":
    main()
