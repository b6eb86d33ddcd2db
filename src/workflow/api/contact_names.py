"""The contact's name beside its id, looked up once for all the rows of an answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from rest_framework import serializers

from workflow.roots import ROOTS

_CACHE = "contact_names"


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


class NamingListSerializer(serializers.ListSerializer[Any]):
    """Rows whose contacts are named together."""

    def to_representation(self, data: Any) -> list[Any]:
        """The rows."""
        rows = list(data.all() if hasattr(data, "all") else data)
        named = self.child
        assert isinstance(named, ContactNamed)
        named.name_all(rows)
        return super().to_representation(rows)


class ContactNamed(serializers.Serializer[Any]):
    """A serializer of rows that are about a contact."""

    contact_name = serializers.SerializerMethodField(
        help_text="Name, else phone, e-mail or own id; empty when it is about nobody, or the contact is gone."
    )

    def contact_of(self, row: Any) -> uuid.UUID | None:
        """Whom a row is about."""
        contact_id: uuid.UUID | None = row.contact_id
        return contact_id

    def name_all(self, rows: Collection[Any]) -> None:
        """Look up the names of all the rows' contacts that are not known yet."""
        names: dict[uuid.UUID, str] = self.context.setdefault(_CACHE, {})
        asked = {contact for row in rows if (contact := self.contact_of(row)) is not None} - names.keys()
        names.update(dict.fromkeys(asked, "") | contact_names(asked))

    def get_contact_name(self, row: Any) -> str:
        """From what was looked up."""
        self.name_all([row])
        contact_id = self.contact_of(row)
        return "" if contact_id is None else self.context[_CACHE][contact_id]
