"""A batch of rows brought in: matched with the contacts that there are, made or changed through the services."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from crm.models import Contact
from crm.services.cause import Cause
from crm.services.consent import Wish, set_opted_out_many
from crm.services.contacts import Change, new_contact, save_new, update_contacts
from crm.services.finding import KEYS, lock_identities
from crm.services.importing.options import ImportOptions
from crm.services.importing.values import Fault, Parsed
from crm.services.segment_evaluation import settle
from crm.services.tagging import Tagging, add_tags

_NO_KEY = "has none of {keys}, by which it could be found again; fill one in, or match by another column"
_AMBIGUOUS = "{count} contacts have this {key}; give the row an external_id, or merge them first"
_OTHER_ID = "the contact with this {key} has another external_id, {own}; correct one of the two"
_TAKEN = "another contact has this external_id; correct it, or merge the two"


@dataclass(slots=True)
class Outcome:
    """What became of a batch. ``unchanged``: known, and nothing in the row was news. ``bad`` are the rows left out."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    bad: list[Parsed] = field(default_factory=list)

    @property
    def good(self) -> int:
        """How many rows were taken."""
        return self.created + self.updated + self.unchanged + self.skipped


def bring_in(rows: Sequence[Parsed], options: ImportOptions, cause: Cause) -> Outcome:
    """Write the rows that are well, in the caller's transaction; those that are not come back with their faults.

    Publishes ``USER_CREATED``, ``USER_UPDATED``, ``TAG_ADDED`` and ``USER_OPTED_OUT`` as any other change does. Raises
    ``ContactTakenError`` when someone else made one of the contacts at the same moment.
    """
    outcome = Outcome(bad=[row for row in rows if row.faults])
    well = [row for row in rows if not row.faults]
    identities = sorted({(name, row.values[name]) for row in well for name in KEYS if row.values.get(name)})
    lock_identities(identities)
    known = _Known(identities)
    fresh: list[tuple[Contact, Cause]] = []
    changes: list[tuple[Parsed, Change]] = []
    taken: list[tuple[Parsed, uuid.UUID]] = []
    for row in well:
        fault, contact = known.match(row, options)
        if fault is not None:
            row.faults.append(fault)
            outcome.bad.append(row)
        elif contact is None:
            made = new_contact(row.values, row.custom, country=options.region)
            known.add(made)
            fresh.append((made, cause))
            taken.append((row, made.id))
        elif options.existing == "skip":
            outcome.skipped += 1
        else:
            known.learn(contact, row)
            change = Change(contact_id=contact.id, values=row.values, custom=row.custom, cause=cause)
            changes.append((row, change))
            taken.append((row, contact.id))
    save_new(fresh)
    outcome.created = len(fresh)
    _change(changes, taken, options, cause, outcome)
    if cause.quiet:
        settle({contact_id for _, contact_id in taken}, cause)
    return outcome


def _change(
    changes: Sequence[tuple[Parsed, Change]],
    taken: Sequence[tuple[Parsed, uuid.UUID]],
    options: ImportOptions,
    cause: Cause,
    outcome: Outcome,
) -> None:
    """Fields, tags and opt-outs; a known contact that gained any of them is updated."""
    differences = update_contacts([change for _, change in changes])
    news = {id(row) for (row, _), difference in zip(changes, differences, strict=True) if difference}
    taggings = [(row, contact_id, tag) for row, contact_id in taken for tag in [*row.tags, *options.tags]]
    added = add_tags([Tagging(contact_id, tag, cause) for _, contact_id, tag in taggings])
    news |= {id(row) for (row, _, _), did in zip(taggings, added, strict=True) if did}
    out = [(row, contact_id) for row, contact_id in taken if row.opted_out]
    wishes = [
        Wish(contact_id=contact_id, opted_out=True, reason="import", cause=cause) for _, contact_id in out
    ]
    news |= {
        id(row)
        for (row, _), did in zip(out, set_opted_out_many(wishes) if wishes else [], strict=True)
        if did
    }
    outcome.updated = sum(id(row) in news for row, _ in changes)
    outcome.unchanged = len(changes) - outcome.updated


class _Known:
    """The contacts that have one of the identities of a batch, and those that it makes."""

    def __init__(self, identities: Iterable[tuple[str, str]]) -> None:
        self._contacts: dict[tuple[str, str], dict[uuid.UUID, Contact]] = {}
        pairs = list(identities)
        having = Q(pk__in=[])
        for name in KEYS:
            texts = [text for key, text in pairs if key == name]
            if texts:
                having |= Q(**{f"{name}__in": texts})
        for contact in Contact.objects.filter(having).order_by("id"):
            self.add(contact)

    def add(self, contact: Contact) -> None:
        """Keep it under all that identifies it."""
        for name in KEYS:
            text = getattr(contact, name)
            if text:
                self._contacts.setdefault((name, text), {})[contact.id] = contact

    def learn(self, contact: Contact, row: Parsed) -> None:
        """From now on it has the row's identities; a later row of the batch may come by one of them."""
        for name in KEYS:
            text = row.values.get(name)
            if text:
                setattr(contact, name, text)
        self.add(contact)

    def match(self, row: Parsed, options: ImportOptions) -> tuple[Fault | None, Contact | None]:
        """The contact that the row is about, if there is one; or why that cannot be said."""
        given = [key for key in options.match_by if row.values.get(key)]
        if not given:
            keys = ", ".join(options.match_by)
            return Fault("", "no_key", _NO_KEY.format(keys=keys)), None
        own_id = row.values.get("external_id", "")
        owner = next(iter(self._contacts.get(("external_id", own_id), {}).values()), None) if own_id else None
        for key in given:
            found = list(self._contacts.get((key, row.values[key]), {}).values())
            if len(found) > 1:
                return Fault(key, "ambiguous", _AMBIGUOUS.format(count=len(found), key=key)), None
            if found:
                return self._agreed(row, found[0], key, owner)
        if owner is not None:
            return Fault("external_id", "own_id_taken", _TAKEN), None
        return None, None

    def _agreed(
        self, row: Parsed, contact: Contact, key: str, owner: Contact | None
    ) -> tuple[Fault | None, Contact | None]:
        own_id = row.values.get("external_id", "")
        if owner is not None and owner.id != contact.id:
            return Fault("external_id", "own_id_taken", _TAKEN), None
        if own_id and contact.external_id and contact.external_id != own_id:
            return Fault(key, "other_own_id", _OTHER_ID.format(key=key, own=contact.external_id)), None
        return None, contact
