"""Contacts asked for by a predicate: translated to SQL as far as that is exact, looked at one by one for the rest."""

from crm.querying.columns import Column, column_of, columns
from crm.querying.ordering import InvalidOrderingError, order_by
from crm.querying.search import ContactFilter, Found, InvalidFilterError, find_contacts, ids_after, size_of

__all__ = [
    "Column",
    "ContactFilter",
    "Found",
    "InvalidFilterError",
    "InvalidOrderingError",
    "column_of",
    "columns",
    "find_contacts",
    "ids_after",
    "order_by",
    "size_of",
]
