"""What is not told to the audit, though it is a ``POST``: questions that need a body, and what leaves a record of its own.

By the names of their URLs. The hot path (events coming in) is here too: each event is stored with who sent it.
"""

from __future__ import annotations

QUIET = frozenset(
    {
        # Events: stored as such, with their sender.
        "workflow-trigger-process-event",
        # Questions.
        "contact-query",
        "segment-preview",
        "provider-test",
        "template-preview",
        "canned-reply-render",
        "workflow-dry-run",
        "workflow-schedule-preview",
        "workflow-template-preview",
        "workflow-trigger-test",
        "workflow-condition-test",
        # A member's own affairs.
        "conversation-read",
        "conversation-unread",
        "notification-read",
        "notification-read-all",
    }
)


def is_quiet(url_name: str) -> bool:
    """Whether a request to the URL of that name is none of the audit's."""
    return url_name.removeprefix("promised-") in QUIET
