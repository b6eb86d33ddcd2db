"""Examples for the API's document; a test sends each of them."""

from __future__ import annotations

from core.api.schema import EXAMPLES, Example

_EVENT = "01a1f94e-2b74-769a-9604-23d64343f07c"
_WORKFLOW = "01a1f94e-0aa1-7c11-8a5e-6f1f6c1f2b3d"

_DRAFT = {
    "triggers": [
        {
            "event_type": "MESSAGE_RECEIVED",
            "predicate": {
                "all": [
                    {"field": "event.data.content", "op": "icontains", "value": "coupon"},
                    {"field": "user.tags", "op": "contains", "value": "interested"},
                ]
            },
        }
    ],
    "actions": [
        {"action": "send_message", "config": {"text": "سلام {{ user.first_name }}، کد شما: VIP20"}},
        {"action": "wait", "config": {"event": {"event_type": "MESSAGE_RECEIVED", "timeout": "2h"}}},
        {"action": "add_tag", "config": {"tag": "coupon_sent"}},
    ],
    "policy": {"reentry": {"rule": "after_days", "days": 30}, "exits": {"signals": ["opt_out"]}},
}

for _operation, _example in {
    "workflow_triggers_process_event_create": Example(
        summary="A message that a program of yours has received",
        request={
            "event_type": "MESSAGE_RECEIVED",
            "data": {"message_id": "msg-1", "content": "Do you have a coupon?"},
            "user_id": "customer-123",
            "conversation_id": "chat-9",
            "timestamp": "2026-01-01T10:00:00Z",
        },
        response={
            "event_id": _EVENT,
            "status": "queued",
            "matched": [{"workflow": _WORKFLOW, "name": "coupon"}],
            "links": {"explain": f"https://demo.example/api/v1/workflow/events/{_EVENT}/explain/"},
        },
        status="202",
    ),
    "workflow_workflows_create": Example(
        summary="A coupon for whoever asks for one, at most once in thirty days",
        request={"name": "coupon", "description": "A coupon for the interested", "draft": _DRAFT},
    ),
    "workflow_workflows_execute_create": Example(
        summary="Run it for one contact now",
        request={"user_id": "customer-123", "data": {"reason": "asked by phone"}},
    ),
    "workflow_triggers_create": Example(
        summary="A named trigger",
        request={
            "name": "asks for a coupon",
            "event_type": "MESSAGE_RECEIVED",
            "predicate": {"field": "event.data.content", "op": "matches_regex", "value": "(?i)coupon|تخفیف"},
        },
    ),
    "workflow_conditions_create": Example(
        summary="A named condition",
        request={
            "name": "is a good customer",
            "predicate": {"any": [{"field": "user.tags", "op": "contains", "value": "vip"}]},
        },
    ),
    "workflow_actions_create": Example(
        summary="A named action",
        request={"name": "greet", "type": "send_message", "config": {"text": "سلام {{ user.first_name }}"}},
    ),
    "workflow_event_types_create": Example(
        summary="An event type of your own",
        request={
            "code": "ORDER_PLACED",
            "label": "Order placed",
            "schema": {"type": "object", "properties": {"order_id": {"type": "string"}}},
        },
    ),
}.items():
    EXAMPLES.add(_operation, _example)
