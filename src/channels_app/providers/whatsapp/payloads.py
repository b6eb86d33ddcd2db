"""WhatsApp webhook bodies: cut into fragments, and fragments understood.

A fragment's payload is ``{"kind", "waba_id", "field", "metadata", "contact", "item"}``: everything that is needed to
understand one message, status or notice alone. Source: Meta, "WhatsApp › Webhooks › Reference".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.providers.base import Fragment, Inbound, Notice
from channels_app.providers.whatsapp.payloads_messages import parse_echo, parse_message
from channels_app.providers.whatsapp.payloads_statuses import parse_status
from channels_app.providers.wire import (
    as_dict,
    as_id,
    as_list,
    as_text,
    bounded,
    digest,
    first_id,
    load_object,
)

#: The lane of everything that is about no one customer.
MISC_LANE = "misc"
#: Edits and revocations carry ids of their own, which Meta does not promise to be unique.
KEYED_BY_DIGEST = frozenset({"edit", "revoke"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """What the items of one ``changes[]`` entry share."""

    waba_id: str
    field: str
    time: Any
    metadata: dict[str, Any]
    contacts: list[dict[str, Any]]

    def fragment(
        self, kind: str, item: Any, *, key: str = "", lane: str = "", contact: Any = None
    ) -> Fragment:
        payload = {
            "kind": kind,
            "waba_id": self.waba_id,
            "field": self.field,
            "metadata": self.metadata,
            "contact": contact,
            "item": item,
        }
        # The entry's time tells the second "approved" of a template from a repeated delivery of the first.
        return Fragment(
            account_id=as_id(self.metadata.get("phone_number_id")),
            key=bounded(key) if key else digest([payload, self.time]),
            lane=bounded(lane) if lane else MISC_LANE,
            payload=payload,
        )

    def contact_of(self, ids: set[str], *, alone: bool) -> dict[str, Any] | None:
        """The contact card of the person with one of these ids; a lone card belongs to a lone message."""
        for contact in self.contacts:
            if ids & {as_id(contact.get("wa_id")), as_id(contact.get("user_id"))} - {""}:
                return contact
        return self.contacts[0] if alone and len(self.contacts) == 1 else None


def split(body: bytes) -> list[Fragment]:
    """One fragment per message, status and notice. Raises ``ValueError`` when the body has no list of entries."""
    entries = load_object(body).get("entry")
    if not isinstance(entries, list):
        raise ValueError("the body has no list of entries")
    return [fragment for entry in entries for fragment in _split_entry(entry)]


def parse(payload: Mapping[str, Any]) -> list[Inbound]:
    """Understand one fragment's payload; what is unknown becomes a ``Notice``."""
    parser = _PARSERS.get(as_text(payload.get("kind")), _parse_notice)
    return parser(payload)


def _split_entry(entry: Any) -> Iterator[Fragment]:
    source = as_dict(entry)
    waba_id, time = as_id(source.get("id")), source.get("time")
    changes = source.get("changes")
    for change in changes if isinstance(changes, list) and changes else [entry]:
        value = as_dict(change).get("value")
        shared = _Change(
            waba_id=waba_id,
            field=as_text(as_dict(change).get("field")),
            time=time,
            metadata=as_dict(as_dict(value).get("metadata")),
            contacts=[
                contact for contact in as_list(as_dict(value).get("contacts")) if isinstance(contact, dict)
            ],
        )
        if isinstance(value, dict):
            yield from _split_value(shared, value)
        else:
            yield shared.fragment("odd", change)


def _split_value(change: _Change, value: dict[str, Any]) -> Iterator[Fragment]:
    rest = {name: item for name, item in value.items() if name not in _SHARED_FIELDS}
    if not rest:
        yield change.fragment("notice", value)
    for name, cut in _ITEM_LISTS.items():
        items = rest.get(name)
        if isinstance(items, list):
            del rest[name]
            for item in items:
                yield (
                    cut(change, item, len(items) == 1)
                    if isinstance(item, dict)
                    else change.fragment("odd", item)
                )
    if rest:
        yield change.fragment("notice", rest)


def _cut_message(change: _Change, item: dict[str, Any], alone: bool) -> Fragment:
    system = as_dict(item.get("system"))
    lane = first_id(item, "from_user_id", "from") or first_id(system, "previous_user_id", "user_id", "wa_id")
    ids = {as_id(item.get("from_user_id")), as_id(item.get("from"))}
    key = as_id(item.get("id"))
    if not key or not lane:
        return change.fragment("message", item, contact=change.contact_of(ids, alone=alone))
    return change.fragment(
        "message",
        item,
        key="" if as_text(item.get("type")) in KEYED_BY_DIGEST else key,
        lane=lane,
        contact=change.contact_of(ids, alone=alone),
    )


def _cut_echo(change: _Change, item: dict[str, Any], alone: bool) -> Fragment:
    lane, key = first_id(item, "to_user_id", "to"), as_id(item.get("id"))
    contact = change.contact_of({as_id(item.get("to_user_id")), as_id(item.get("to"))}, alone=alone)
    by_digest = not key or not lane or as_text(item.get("type")) in KEYED_BY_DIGEST
    return change.fragment(
        "echo", item, key="" if by_digest else key, lane=lane if key else "", contact=contact
    )


def _cut_status(change: _Change, item: dict[str, Any], alone: bool) -> Fragment:
    message_id, status = as_id(item.get("id")), as_id(item.get("status"))
    lane = first_id(item, "recipient_user_id", "recipient_id")
    if not message_id or not status or not lane:
        return change.fragment("status", item)
    key = f"{message_id}:{status}:{as_id(item.get('timestamp'))}"
    # In a group each member has their own "delivered" for the one message.
    if participant := first_id(item, "recipient_participant_user_id", "recipient_participant_id"):
        key += f":{participant}"
    return change.fragment("status", item, key=key, lane=lane)


def _cut_notice(change: _Change, item: dict[str, Any], alone: bool) -> Fragment:
    return change.fragment("notice", item, lane=_person_of(item))


def _person_of(item: Mapping[str, Any]) -> str:
    """The customer that a notice is about, or empty."""
    renamed = as_id(as_dict(item.get("user_id")).get("previous"))
    return renamed or first_id(item, "user_id", "from_user_id", "wa_id")


def _parse_notice(payload: Mapping[str, Any]) -> list[Inbound]:
    item = payload.get("item")
    data = item if isinstance(item, dict) else {"item": item}
    kind = as_text(payload.get("field")) if payload.get("kind") == "notice" else ""
    if kind == "messages" and "code" in data:
        # Errors of the account stand beside the messages that they are not about.
        kind = "errors"
    return [Notice(kind=kind or "odd", data=data, user_id=_person_of(data))]


_SHARED_FIELDS = frozenset({"messaging_product", "metadata", "contacts"})
_ITEM_LISTS: dict[str, Callable[[_Change, dict[str, Any], bool], Fragment]] = {
    "messages": _cut_message,
    "statuses": _cut_status,
    "message_echoes": _cut_echo,
    "errors": _cut_notice,
    "user_preferences": _cut_notice,
    "user_id_update": _cut_notice,
    "calls": _cut_notice,
}
_PARSERS: dict[str, Callable[[Mapping[str, Any]], list[Inbound]]] = {
    "message": parse_message,
    "echo": parse_echo,
    "status": parse_status,
}
