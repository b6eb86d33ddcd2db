"""What of a row may stand in the audit: its plain fields, secrets masked, long texts cut, and what differs between two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import BinaryField, Field, JSONField, Model

from core.redact import CUT, redact
from core.text import strip_nul

#: Longer texts are cut.
_MOST_CHARS = 300
#: What changes along with every change, and says nothing of it.
_BOOKKEEPING = frozenset({"updated_at", "revision", "search", "last_used_at"})
_AS_THEY_ARE = (int, float, bool, type(None))

Values = dict[str, Any]


def snapshot(row: Model) -> Values:
    """The fields that were loaded, by name. Sealed and binary ones are left out; keys never change."""
    deferred = row.get_deferred_fields()
    return {
        field.attname: getattr(row, field.attname)
        for field in _fields(type(row))
        if field.attname not in deferred
    }


def snapshot_now(row: Model, names: Mapping[str, Any]) -> Values | None:
    """The same fields as they are in the database now; ``None`` when the row is gone."""
    return type(row)._base_manager.filter(pk=row.pk).values(*names).first() if names else {}


def difference(model: type[Model], before: Values, after: Values) -> dict[str, list[Any]]:
    """``{field: [before, after]}`` for the fields that differ. Of JSON it is told that it changed, not what: whoever made
    it decided what is in it, and that may be a secret."""
    kinds = {field.attname: field for field in _fields(model)}
    changed = [name for name in before if name in after and before[name] != after[name]]
    return {name: [_told(kinds[name], before[name]), _told(kinds[name], after[name])] for name in changed}


def _fields(model: type[Model]) -> list[Field[Any, Any]]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, BinaryField) and not field.primary_key and field.name not in _BOOKKEEPING
    ]


def _told(field: Field[Any, Any], value: Any) -> Any:
    if isinstance(field, JSONField):
        return CUT
    masked = redact({field.attname: value})[field.attname]
    if isinstance(masked, list):
        return [_short(each) for each in masked[:50]]
    return _short(masked)


def _short(value: Any) -> Any:
    if isinstance(value, _AS_THEY_ARE):
        return value
    text = strip_nul(str(value))
    return text if len(text) <= _MOST_CHARS else text[:_MOST_CHARS] + CUT
