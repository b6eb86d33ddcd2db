"""What each tenant has from the beginning, and is brought to with each release: the built-in event types, and the nightly
cleanup."""

from __future__ import annotations

import json

from events.types import EVENT_TYPES
from tenants.services.migrating import on_migrated
from tenants.services.plan import part_of_version
from tenants.services.provisioning import on_provisioned
from workflow.services.cleanup import schedule_cleanup
from workflow.services.event_types import install_event_types


@on_provisioned
@on_migrated
def seed_event_types() -> None:
    """Install the event types."""
    install_event_types()


@part_of_version
def event_types_version() -> str:
    """All that the rows of built-in event types are made of."""
    return json.dumps(
        [
            [declared.code, declared.label, declared.description, declared.json_schema()]
            for declared in EVENT_TYPES.values()
        ],
        sort_keys=True,
    )


@on_provisioned
@on_migrated
def seed_cleanup() -> None:
    """Schedule the cleanup."""
    schedule_cleanup()
