"""Contacts that may be one person: the same phone number, e-mail address or name in any spelling."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, Q, QuerySet

from core.text import fold
from crm.models import Contact

Reason = Literal["phone", "email", "name"]
#: How many contacts are asked for their names: the newest.
MOST_NAMES = 50_000
#: How many contacts of one group are shown; the rest can be found once these are merged.
MOST_OF_A_GROUP = 10
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts that share ``value``, the oldest first."""

    reason: Reason
    value: str
    ids: tuple[uuid.UUID, ...]


def duplicates(*, limit: int = 50) -> list[Group]:
    """The surest groups first: those of a phone number, of an address, of a name with two words at least. A group that
    is part of one before it is left out."""
    groups: list[Group] = []
    seen: set[tuple[uuid.UUID, ...]] = set()
    for group in _groups(limit):
        if group.ids not in seen:
            seen.add(group.ids)
            groups.append(group)
        if len(groups) == limit:
            break
    return groups


def _groups(limit: int) -> Iterator[Group]:
    yield from _sharing("phone", limit)
    yield from _sharing("email", limit)
    yield from _namesakes(limit)


def _sharing(column: Literal["phone", "email"], limit: int) -> Iterator[Group]:
    rows = Contact.objects.order_by().exclude(**{column: ""})
    shared = rows.values(column).annotate(n=Count("id")).filter(n__gt=1).order_by("-n", column)
    values = list(shared.values_list(column, flat=True)[:limit])
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    pairs = rows.filter(**{f"{column}__in": values}).order_by("id").values_list(column, "id")
    for value, contact_id in pairs if values else ():
        found[value].append(contact_id)
    for value in values:
        yield Group(column, value, tuple(found[value][:MOST_OF_A_GROUP]))


def _namesakes(limit: int) -> Iterator[Group]:
    """A first name alone says nothing."""
    found: dict[str, list[uuid.UUID]] = defaultdict(list)
    named = Contact.objects.exclude(name="").order_by("-id").values_list("id", "name")[:MOST_NAMES]
    shown: dict[str, str] = {}
    for contact_id, name in named:
        key = name_key(name)
        if key:
            found[key].append(contact_id)
            shown[key] = name
    several = sorted((key for key, ids in found.items() if len(ids) > 1), key=lambda key: -len(found[key]))
    for key in several[:limit]:
        yield Group("name", shown[key], tuple(sorted(found[key])[:MOST_OF_A_GROUP]))


def name_key(name: str) -> str:
    """What makes two names the same; empty for one that says too little."""
    key = fold(name)
    return key if len(key) >= _SHORTEST_NAME and " " in key else ""


def duplicates_of(contact: Contact) -> list[Group]:
    """The groups that a contact is in; it comes first in each."""
    found = (_TWINS[reason](contact) for reason in ("phone", "email", "name"))
    groups = [group for group in found if group is not None]
    return [group for n, group in enumerate(groups) if group.ids not in [g.ids for g in groups[:n]]]


def _same(column: Literal["phone", "email"], contact: Contact) -> Group | None:
    value = getattr(contact, column)
    return _group(column, value, contact, Contact.objects.filter(**{column: value})) if value else None


def _same_name(contact: Contact) -> Group | None:
    key = name_key(contact.name)
    if not key:
        return None
    near = Contact.objects.filter(search__startswith=key).exclude(id=contact.id).order_by("id")
    ids = [one for one, name in near.values_list("id", "name")[:1_000] if name_key(name) == key]
    return Group("name", contact.name, (contact.id, *ids[: MOST_OF_A_GROUP - 1])) if ids else None


def _group(reason: Reason, value: str, contact: Contact, rows: QuerySet[Contact]) -> Group | None:
    others = rows.filter(~Q(id=contact.id)).order_by("id").values_list("id", flat=True)
    ids = tuple(others[: MOST_OF_A_GROUP - 1])
    return Group(reason, value, (contact.id, *ids)) if ids else None


_TWINS: dict[str, Callable[[Contact], Group | None]] = {
    "phone": lambda contact: _same("phone", contact),
    "email": lambda contact: _same("email", contact),
    "name": _same_name,
}
