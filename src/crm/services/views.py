"""Views of the table of contacts: made and changed by those who may."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from core.errors import PermanentError
from core.text import strip_nul
from crm.models import ContactView
from crm.querying import ContactFilter, column_of, columns, order_by
from crm.services.exports import InvalidColumnsError

_MOST = 100


class TooManyViewsError(PermanentError):
    """There are 100 views already; delete one."""


def visible_to(user_id: uuid.UUID | None) -> QuerySet[ContactView]:
    """A member's own views, and those that are shared."""
    shown = Q(shared=True)
    return ContactView.objects.filter(shown | Q(owner_id=user_id) if user_id is not None else shown)


def save_view(view: ContactView, values: Mapping[str, Any]) -> ContactView:
    """Write a new or changed view. Raises ``InvalidColumnsError``, ``InvalidOrderingError``, ``InvalidFilterError`` and
    ``TooManyViewsError``."""
    fresh = view._state.adding
    for name, value in values.items():
        setattr(view, name, value)
    view.name = strip_nul(view.name).strip()
    _check_columns(view.columns)
    order_by(view.ordering)
    ContactFilter(predicate=view.predicate, search=view.search)
    if fresh and visible_to(view.owner_id).count() >= _MOST:
        raise TooManyViewsError
    view.updated_at = datetime.now(UTC)
    view.save()
    view.refresh_from_db()
    return view


def _check_columns(keys: Sequence[str]) -> None:
    known = columns()
    wrong = [key for key in keys if column_of(key, known) is None]
    if wrong:
        raise InvalidColumnsError(f"Contacts have no column {', '.join(wrong)}.")
