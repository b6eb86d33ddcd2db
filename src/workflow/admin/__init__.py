"""The engine in each tenant's admin."""

from workflow.admin import (
    approvals,
    blocks,
    dead_letters,
    events,
    executions,
    settings,
    workflows,
    working,
)

__all__ = [
    "approvals",
    "blocks",
    "dead_letters",
    "events",
    "executions",
    "settings",
    "workflows",
    "working",
]
