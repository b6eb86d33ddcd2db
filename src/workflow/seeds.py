"""What each new tenant begins with: the built-in event types, and the nightly cleanup."""

from __future__ import annotations

from tenants.services.provisioning import on_provisioned
from workflow.services.cleanup import schedule_cleanup
from workflow.services.event_types import install_event_types


@on_provisioned
def seed_event_types() -> None:
    """Install the event types."""
    install_event_types()


@on_provisioned
def seed_cleanup() -> None:
    """Schedule the cleanup."""
    schedule_cleanup()
