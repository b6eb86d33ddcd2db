"""Tenants, customers and workflows for a run; needs Django, so the scenarios start it as a program."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import django

django.setup()

from django.db import transaction  # noqa: E402  (needs the apps to be loaded)

from bench.messages import FIELD, TAG, WABA_ID, Customer, customers  # noqa: E402
from bench.workloads import MATCHES, SET_FIELD, call, on_message  # noqa: E402
from channels_app.services.channels import create_channel  # noqa: E402
from core.ids import uuid7  # noqa: E402
from crm.models import Contact, ContactTag, CustomField, Identity, Tag  # noqa: E402
from crm.services.contacts import search_text  # noqa: E402
from tenants.models import Tenant  # noqa: E402
from tenants.scope import tenant_scope  # noqa: E402
from tenants.services.provisioning import create_tenant  # noqa: E402
from workflow.models import Workflow  # noqa: E402
from workflow.services.publishing import activate, publish_draft  # noqa: E402

if TYPE_CHECKING:
    import uuid


@dataclass(frozen=True, slots=True)
class Prepared:
    """A tenant with a WhatsApp channel, customers, and active workflows."""

    tenant: Tenant
    account_id: str
    channel_id: str

    def as_json(self) -> dict[str, str]:
        """For the scenario, which has no Django."""
        return {
            "tenant_id": str(self.tenant.id),
            "schema": self.tenant.schema_name,
            "slug": self.tenant.slug,
            "account_id": self.account_id,
            "channel_id": self.channel_id,
        }


def tenant_with_workflows(
    slug: str, account_id: str, people: Sequence[Customer], documents: Sequence[dict[str, Any]]
) -> Prepared:
    """A tenant with a WhatsApp channel, ``people`` as its tagged contacts, and the workflows, all active."""
    tenant: Tenant = create_tenant(slug=slug, name=slug)
    with tenant_scope(tenant), transaction.atomic():
        channel = create_channel(
            provider="whatsapp",
            name="WhatsApp",
            credentials={"phone_number_id": account_id, "waba_id": WABA_ID, "access_token": "bench"},
        )
        CustomField.objects.create(slug=FIELD, label="Last request")
        _add_contacts(channel.id, people)
        for number, document in enumerate(documents):
            workflow = Workflow.objects.create(name=f"workflow {number}", draft=document)
            publish_draft(workflow, by="bench")
            activate(workflow)
    return Prepared(tenant, account_id, str(channel.id))


def _add_contacts(channel_id: uuid.UUID, people: Sequence[Customer]) -> None:
    """Rows as the services make them, without the 2,000 events that would wait in the queue when the clock starts."""
    contacts = [Contact(id=uuid7(), name=person.name, phone=f"+{person.wa_id}") for person in people]
    for contact in contacts:
        contact.search = search_text(contact)
    Contact.objects.bulk_create(contacts)
    tag = Tag.objects.create(name=TAG)
    ContactTag.objects.bulk_create(
        [ContactTag(contact=contact, tag=tag, added_by="bench") for contact in contacts]
    )
    Identity.objects.bulk_create(
        [
            Identity(
                contact=contact,
                channel_id=channel_id,
                provider="whatsapp",
                provider_user_id=person.wa_id,
                phone=contact.phone,
            )
            for contact, person in zip(contacts, people, strict=True)
        ]
    )


def account_id(number: int) -> str:
    """The phone number id of the ``number``-th tenant."""
    return f"{106_540_352_000_000 + number}"


def main() -> None:
    """Print what was made as one line of JSON: a list of tenants."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tenants", type=int, required=True)
    parser.add_argument("--contacts", type=int, required=True, help="of each tenant")
    parser.add_argument("--sink", default="", help="address to call before the field is set")
    options = parser.parse_args()
    steps = ([call(options.sink)] if options.sink else []) + [SET_FIELD]
    people = customers(options.contacts)
    made = [
        tenant_with_workflows(f"bench-{number}", account_id(number), people, [on_message(MATCHES, *steps)])
        for number in range(options.tenants)
    ]
    print(json.dumps([tenant.as_json() for tenant in made]))


if __name__ == "__main__":
    main()
