"""How lists of contacts are ordered: by any column that can be, the contact's id deciding between equals."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.db.models.expressions import OrderBy

from core.errors import PermanentError
from crm.querying.columns import Column, column_of, columns

_MOST = 3


class InvalidOrderingError(PermanentError):
    """Contacts cannot be ordered so."""


def order_by(keys: Sequence[str]) -> list[OrderBy]:
    """The ordering by these keys (``-`` in front for descending), the newest first when there are none; whoever has no
    value comes last. Raises ``InvalidOrderingError``."""
    if not keys:
        return [F("id").desc()]
    if len(keys) > _MOST:
        raise InvalidOrderingError(f"Order by at most {_MOST} columns.")
    known = columns()
    ordering = [_term(key, column_of(key.removeprefix("-"), known)) for key in keys]
    return [*ordering, F("id").desc()]


def _term(key: str, column: Column | None) -> OrderBy:
    if column is None or column.sorted_by is None:
        raise InvalidOrderingError(f"Contacts cannot be ordered by {key.removeprefix('-')!r}.")
    return OrderBy(column.sorted_by, descending=key.startswith("-"), nulls_last=True)
