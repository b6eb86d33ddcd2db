"""What a thread shows of its messages besides themselves: authors by name, quoted messages, reactions."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from accounts.models import ApiKey, User
from channels_app.models import Message
from channels_app.providers.base import DeliveryState, MessageType
from tenants.scope import require_tenant
from workflow.models import Workflow

_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Author:
    """``kind`` is contact, member, key, workflow, agent, broadcast, phone_app or system; ``id`` is theirs, if any."""

    kind: str
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A message that another answers."""

    id: uuid.UUID
    seq: int
    direction: str
    type: str
    text: str
    author: Author


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on a message, by the side that put it there."""

    emoji: str
    direction: str
    author: Author


@dataclass(frozen=True, slots=True)
class Facts:
    """For some messages: authors by how messages name them, quotes and reactions by the provider's id of the message."""

    authors: dict[str, Author] = field(default_factory=dict)
    quotes: dict[tuple[uuid.UUID, str], Quote] = field(default_factory=dict)
    reactions: dict[tuple[uuid.UUID, str], list[Reaction]] = field(default_factory=dict)

    def author(self, label: str) -> Author:
        """Who that is."""
        return self.authors.get(label) or _nameless(label)


def facts_of(messages: Sequence[Message]) -> Facts:
    """What is to be shown of these messages, with a query for each kind of thing that occurs in them."""
    ids = {(m.channel_id, m.provider_message_id) for m in messages if m.provider_message_id}
    conversations = {m.conversation_id for m in messages}
    reactions = _reactions_to(conversations, {key for _, key in ids})
    asked = {m.reply_to for m in messages if m.reply_to and m.type != MessageType.REACTION}
    quoted = (
        list(Message.objects.filter(channel_id__in={m.channel_id for m in messages}, provider_message_id__in=asked))
        if asked
        else []
    )  # fmt: skip
    authors = authors_named({row.author for row in [*messages, *reactions, *quoted]})
    facts = Facts(authors=authors)
    for row in quoted:
        facts.quotes[row.channel_id, row.provider_message_id or ""] = Quote(
            row.id, row.seq, row.direction, row.type, row.text[:_EXCERPT], facts.author(row.author)
        )
    facts.reactions.update(_latest(reactions, facts))
    return facts


def _reactions_to(conversations: Collection[uuid.UUID], ids: Collection[str]) -> list[Message]:
    if not ids:
        return []
    rows = Message.objects.filter(conversation__in=conversations, type=MessageType.REACTION, reply_to__in=ids)
    return list(rows.exclude(state=DeliveryState.FAILED).order_by("conversation_id", "seq"))


def _latest(rows: Sequence[Message], facts: Facts) -> dict[tuple[uuid.UUID, str], list[Reaction]]:
    """Of each side the newest word on each message: the providers let each have one emoji on it."""
    newest = {(row.channel_id, row.reply_to, row.direction): row for row in rows}
    found: dict[tuple[uuid.UUID, str], list[Reaction]] = defaultdict(list)
    for (channel_id, target, direction), row in newest.items():
        if row.text:
            found[channel_id, target].append(Reaction(row.text, direction, facts.author(row.author)))
    return found


# -- names -------------------------------------------------------------------------------------------------------------

_KINDS = {"contact": "contact", "phone app": "phone_app", "broadcast": "broadcast"}


def authors_named(labels: Collection[str]) -> dict[str, Author]:
    """The authors that messages name so, with their names; a query for each kind among them."""
    ids: dict[str, set[uuid.UUID]] = defaultdict(set)
    for label in labels:
        kind, _, text = label.partition(":")
        if kind in _NAMES and (author_id := _uuid(text)):
            ids[kind].add(author_id)
    names = {(kind, key): name for kind, wanted in ids.items() for key, name in _NAMES[kind](wanted).items()}
    return {label: _named(label, names) for label in labels}


def user_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What users are called: by their e-mail while they have given no name."""
    rows = User.objects.filter(id__in=ids).values_list("id", "name", "email")
    return {key: name or email for key, name, email in rows}


def _key_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = ApiKey.objects.filter(id__in=ids, tenant=require_tenant().id)
    return dict(rows.values_list("id", "name"))


def _workflow_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Workflow.objects.filter(id__in=ids).values_list("id", "name"))


_NAMES = {"member": user_names, "key": _key_names, "workflow": _workflow_names}


def _named(label: str, names: dict[tuple[str, uuid.UUID], str]) -> Author:
    kind, _, text = label.partition(":")
    author_id = _uuid(text)
    name = names.get((kind, author_id), "") if author_id is not None else ""
    return Author(kind, text, name) if name else _nameless(label)


def _nameless(label: str) -> Author:
    kind, _, text = label.partition(":")
    return Author(_KINDS.get(kind, kind if text else "system"), text)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
