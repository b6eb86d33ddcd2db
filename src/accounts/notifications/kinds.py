"""The kinds of notifications, and how each reaches people who have not chosen otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from core.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationKind:
    """``title`` and ``description`` are English; the web UI translates them by the kind's name."""

    title: str
    description: str
    in_app: bool = True
    email: bool = False


KINDS: Registry[NotificationKind] = Registry("notification kind", base=NotificationKind)

KINDS.add(
    "workflow", NotificationKind(title="From workflows", description="What a workflow was built to tell you.")
)
KINDS.add(
    "approval",
    NotificationKind(title="Approvals", description="A workflow waits for your decision.", email=True),
)
KINDS.add(
    "mention",
    NotificationKind(title="Mentions", description="A colleague named you in a note.", email=True),
)
KINDS.add(
    "snooze", NotificationKind(title="Snoozed", description="A conversation that you put away is back.")
)
KINDS.add(
    "scheduled",
    NotificationKind(
        title="Sent later", description="A message that you had scheduled could not go.", email=True
    ),
)
