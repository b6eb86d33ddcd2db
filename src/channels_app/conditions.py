"""What the inbox brings to predicates, templates and policies: the roots ``conversation`` and ``business`` with their
fields, and an exit signal."""

from __future__ import annotations

from channels_app.events import MESSAGE_RECEIVED
from channels_app.models import Control, ConversationStatus
from channels_app.selectors import business_views, conversation_views
from core.predicates import FieldSpec, FieldType
from workflow.exit_signals import ExitSignal, add_exit_signal
from workflow.roots import Root, add_root

add_root(
    Root("conversation", "conversation_id", conversation_views),
    [
        FieldSpec(path="conversation.id", label="Conversation id", type=FieldType.TEXT, example="0190…"),
        FieldSpec(
            path="conversation.status",
            label="Status",
            type=FieldType.TEXT,
            choices=tuple(ConversationStatus.values),
            example="open",
        ),
        FieldSpec(
            path="conversation.control",
            label="Who answers",
            type=FieldType.TEXT,
            choices=tuple(Control.values),
            example="bot",
        ),
        FieldSpec(path="conversation.channel", label="Channel", type=FieldType.TEXT, example="WhatsApp"),
        FieldSpec(path="conversation.provider", label="Provider", type=FieldType.TEXT, example="whatsapp"),
        FieldSpec(path="conversation.assigned", label="Assigned", type=FieldType.BOOLEAN, example=True),
        FieldSpec(
            path="conversation.assignee_id",
            label="Assigned to (user id)",
            type=FieldType.TEXT,
            example="01900000-0000-7000-8000-000000000000",
        ),
        FieldSpec(
            path="conversation.last_inbound_at",
            label="Last message from the customer",
            type=FieldType.DATETIME,
            example="2026-01-01T10:00:00Z",
        ),
    ],
)
add_root(
    Root("business", "now", business_views),
    [
        FieldSpec(path="business.open_now", label="Open now", type=FieldType.BOOLEAN, example=True),
        FieldSpec(
            path="business.next_open",
            label="Opens next",
            type=FieldType.DATETIME,
            example="2026-01-04T08:00:00Z",
        ),
    ],
)
add_exit_signal(ExitSignal("reply", "The contact replies", MESSAGE_RECEIVED.code))
