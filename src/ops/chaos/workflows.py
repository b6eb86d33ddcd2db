"""The workflows of a run: every effect carries the message's own text, so that each can be counted afterwards."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

NAME, JOURNEY, PART = "chaos", "chaos journey", "chaos part"

#: Replies, tags and notes, one after the other.
STRAIGHT: Json = {
    "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
    "actions": [
        {"id": "note", "action": "add_note", "config": {"text": "note {{ event.data.content }}"}},
        {"id": "tag", "action": "add_tag", "config": {"tag": "chaos"}},
        {"id": "reply", "action": "send_message", "config": {"text": "re {{ event.data.content }}"}},
    ],
}

#: Every fifth message of a contact goes on a journey: it makes thirty times the work of the straight workflow.
JOURNEY_EVERY = 5
#: What the journey below notes for each of them.
JOURNEY_NOTES = ("waited", "called", "part", "heard", "turn 1", "turn 2", "done")


def _note(node_id: str, text: str) -> Json:
    return {"id": node_id, "action": "add_note", "config": {"text": text}}


def _edge(source: str, target: str, port: str = "next") -> Json:
    return {"source": source, "target": target, "port": port}


#: The workflow that the journey calls.
CALLED: Json = {
    "triggers": [{"type": "called"}],
    "nodes": [
        {"id": "rest", "type": "wait", "config": {"seconds": 1}},
        _note("part", "part {{ event.data.inputs.text }}"),
        {"id": "out", "type": "exit", "config": {"output": {"text": "{{ event.data.inputs.text }}"}}},
    ],
    "edges": [_edge("rest", "part"), _edge("part", "out")],
}


def journey(*, part: str, sink_url: str) -> Json:
    """Four branches (a wait, a call to the outside, a called workflow, an awaited event), a join, a loop."""
    content = "{{ event.data.content }}"
    heard = {
        "event_type": "NOTE_ADDED",
        "by": {"field": "event.data.text", "value": f"waited {content}"},
        "timeout": "10 minutes",
    }
    nodes = [
        {"id": "fork", "type": "parallel", "config": {"branches": ["time", "call", "sub", "event"]}},
        {"id": "rest", "type": "wait", "config": {"seconds": 2}},
        _note("waited", f"waited {content}"),
        {
            "id": "post",
            "action": "http_request",
            "config": {"method": "POST", "url": sink_url, "body_kind": "json", "body": {"text": content}},
            "retry": {"attempts": 20, "backoff_s": 1},
        },
        _note("called", f"called {content}"),
        {"id": "sub", "type": "sub_workflow", "config": {"workflow": part, "inputs": {"text": content}}},
        {"id": "listen", "type": "wait", "config": {"event": heard}},
        _note("heard", f"heard {content}"),
        {"id": "meet", "type": "join"},
        {"id": "set", "type": "set_variables", "config": {"values": {"turns": [1, 2]}}},
        {"id": "each", "type": "loop", "config": {"items": "vars.turns"}},
        _note("turn", "turn {{ loop.item }} " + content),
        _note("done", "done {{ steps.sub.output.text }}"),
    ]
    edges = [
        _edge("fork", "rest", "time"),
        _edge("rest", "waited"),
        _edge("waited", "meet"),
        _edge("fork", "post", "call"),
        _edge("post", "called"),
        _edge("called", "meet"),
        _edge("fork", "sub", "sub"),
        _edge("sub", "meet"),
        _edge("fork", "listen", "event"),
        _edge("listen", "heard"),
        _edge("heard", "meet"),
        _edge("meet", "set"),
        _edge("set", "each"),
        _edge("each", "turn", "each"),
        _edge("turn", "each"),
        _edge("each", "done"),
    ]
    some = {"field": "event.data.content", "op": "matches_regex", "value": "#[0-9]{4}[05] "}
    return {
        "triggers": [{"event_type": "MESSAGE_RECEIVED", "predicate": some}],
        "nodes": nodes,
        "edges": edges,
    }
