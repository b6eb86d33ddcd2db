"""The names of people and programs beside their ids, looked up once for all the rows of an answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey, User
from events.queue.explaining import ids_in
from workflow.roots import ROOTS

_CONTACTS = "contact_names"
_ACTORS = "actor_names"


def contact_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What people call these contacts: the name, else phone, e-mail or own id. Contacts that are gone are left out."""
    root = ROOTS.find("user")
    views = root.load(ids) if root is not None and ids else {}
    return {
        contact_id: next(
            (view[key] for key in ("name", "phone", "email", "external_id") if view.get(key)), ""
        )
        for contact_id, view in views.items()
    }


def actor_names(labels: Collection[str]) -> dict[str, str]:
    """What people call these actors, by the labels that events and versions keep: ``member:<id>``, ``key:<id>``. Those that
    are neither, or gone, are left out."""
    found: dict[str, str] = {}
    for kind, names_of in _ACTOR_NAMES.items():
        ids = ids_in([label.removeprefix(kind) for label in labels if label.startswith(kind)])
        if ids:
            found |= {f"{kind}{key}": name for key, name in names_of(ids.values()).items()}
    return found


def _members(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = User.objects.filter(id__in=ids).only("id", "name", "email")
    return {user.id: user.name or user.email for user in rows}


def _keys(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {key.id: key.name for key in ApiKey.objects.filter(id__in=ids).only("id", "name")}


_ACTOR_NAMES: Mapping[str, Callable[[Collection[uuid.UUID]], dict[uuid.UUID, str]]] = {
    "member:": _members,
    "key:": _keys,
}


class NamingListSerializer(serializers.ListSerializer[Any]):
    """Rows that are named together."""

    def to_representation(self, data: Any) -> list[Any]:
        """The rows."""
        rows = list(data.all() if hasattr(data, "all") else data)
        named = self.child
        assert isinstance(named, ContactNamed | ActorNamed)
        named.name_all(rows)
        return super().to_representation(rows)


class _Naming(serializers.Serializer[Any]):
    """What is called by names that stand elsewhere, which are kept for the whole answer."""

    def name_all(self, rows: Collection[Any]) -> None:
        """Look up the names of all these rows that are not known yet."""

    def _learn(
        self, cache: str, asked: set[Any], names_of: Callable[[Collection[Any]], Mapping[Any, str]]
    ) -> dict[Any, str]:
        context: dict[str, Any] = self.context  # type: ignore[assignment]
        names: dict[Any, str] = context.setdefault(cache, {})
        unknown = asked - names.keys() - {None, ""}
        names.update(dict.fromkeys(unknown, "") | dict(names_of(unknown)))
        return names


class ContactNamed(_Naming):
    """A serializer of rows that are about a contact."""

    contact_name = serializers.SerializerMethodField(
        help_text="Name, else phone, e-mail or own id; empty when it is about nobody, or the contact is gone."
    )

    def contact_of(self, row: Any) -> uuid.UUID | None:
        """Whom a row is about."""
        contact_id: uuid.UUID | None = row.contact_id
        return contact_id

    def name_all(self, rows: Collection[Any]) -> None:
        """The contacts' too."""
        super().name_all(rows)
        self._learn(_CONTACTS, {self.contact_of(row) for row in rows}, contact_names)

    def get_contact_name(self, row: Any) -> str:
        """From what was looked up."""
        contact_id = self.contact_of(row)
        return self._learn(_CONTACTS, {contact_id}, contact_names).get(contact_id, "")


class ActorNamed(_Naming):
    """A serializer of rows that somebody did; ``actor_field`` names where the label of who did stands."""

    actor_field = "actor"
    actor_name = serializers.SerializerMethodField(
        help_text="Of a member or an API key; empty for others, and for those that are gone."
    )

    def name_all(self, rows: Collection[Any]) -> None:
        """The actors' too."""
        super().name_all(rows)
        self._learn(_ACTORS, {getattr(row, self.actor_field) for row in rows}, actor_names)

    def get_actor_name(self, row: Any) -> str:
        """From what was looked up."""
        label = getattr(row, self.actor_field)
        return self._learn(_ACTORS, {label}, actor_names).get(label, "")
