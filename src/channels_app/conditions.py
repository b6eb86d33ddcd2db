"""What the inbox brings to predicates and templates: the root ``conversation`` and its fields."""

from __future__ import annotations

from channels_app.models import Control, ConversationStatus
from channels_app.selectors import conversation_views
from core.predicates import FieldSpec, FieldType
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
