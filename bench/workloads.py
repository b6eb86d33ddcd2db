"""The engine's workloads: which workflows a tenant has, and what one message makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.messages import FIELD, TAG, WORD

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """``documents`` makes the active workflows, given the sink's address; the counts are those of one message."""

    name: str
    summary: str
    documents: Callable[[str], list[Json]]
    executions: int = 1
    steps: int
    calls: int = 0


MATCHES: Json = {
    "all": [
        {"field": "event.data.content", "op": "icontains", "value": WORD},
        {"field": "user.tags", "op": "contains", "value": TAG},
    ]
}
SET_FIELD: Json = {
    "id": "remember",
    "action": "update_user",
    "config": {"custom": {FIELD: "{{ event.data.message_id }}"}},
}
SET_ANOTHER: Json = {
    "id": "greet",
    "action": "update_user",
    "config": {"custom": {"greeting": "سلام {{ user.first_name }}"}},
}


def call(sink_url: str) -> Json:
    """The step that calls the sink."""
    body = {"phone": "{{ user.phone }}", "name": "{{ user.name }}", "text": "{{ event.data.content }}"}
    return {"id": "call", "action": "webhook", "config": {"url": sink_url, "body": body}}


def on_message(predicate: Json, *steps: Json) -> Json:
    """A linear workflow on incoming messages."""
    return {
        "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": predicate}],
        "actions": list(steps),
    }


def _branchy(sink_url: str) -> list[Json]:
    """Twenty on one event type; two match, and each of them decides before it acts."""
    others = [
        on_message({"field": "event.data.content", "op": "icontains", "value": f"شماره {number}"}, SET_FIELD)
        for number in range(18)
    ]
    decide = {
        "id": "decide",
        "type": "condition",
        "predicate": {"field": "user.phone", "op": "starts_with", "value": "+213"},
    }
    matching = [
        {
            "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": MATCHES}],
            "nodes": [decide, step],
            "edges": [{"source": "decide", "target": step["id"], "port": "true"}],
        }
        for step in (SET_FIELD, SET_ANOTHER)
    ]
    return [*others, *matching]


def _among_a_thousand(sink_url: str) -> list[Json]:
    """One on messages, 999 on other event types."""
    others = [
        {
            "triggers": [
                {
                    "event_type": "TAG_ADDED" if number % 2 else "CONVERSATION_CLOSED",
                    "predicate": {"field": "event.data.tag", "op": "equals", "value": f"t{number}"},
                }
            ],
            "actions": [SET_FIELD],
        }
        for number in range(999)
    ]
    return [*others, on_message(MATCHES, SET_FIELD)]


WORKLOADS = {
    load.name: load
    for load in (
        Workload(
            name="core",
            summary="condition, call, set a field",
            documents=lambda sink: [on_message(MATCHES, call(sink), SET_FIELD)],
            steps=2,
            calls=1,
        ),
        Workload(
            name="three",
            summary="condition, call, set two fields",
            documents=lambda sink: [on_message(MATCHES, call(sink), SET_FIELD, SET_ANOTHER)],
            steps=3,
            calls=1,
        ),
        Workload(
            name="pure",
            summary="condition, set a field; no call",
            documents=lambda sink: [on_message(MATCHES, SET_FIELD)],
            steps=1,
        ),
        Workload(
            name="branchy",
            summary="20 active workflows on the event type, 2 match and decide",
            documents=_branchy,
            executions=2,
            steps=2,
        ),
        Workload(
            name="thousand",
            summary="pure, beside 999 active workflows on other event types",
            documents=_among_a_thousand,
            steps=1,
        ),
    )
}
