"""Revisions: the number of the transaction that changed a row last, by which browsers ask for what they have missed."""

from __future__ import annotations

from django.db.models import BigIntegerField, Func


class CurrentTransaction(Func):
    """The number of the current transaction. PostgreSQL counts them in 64 bits, so that it never comes again."""

    template = "(pg_current_xact_id()::text)::bigint"
    output_field = BigIntegerField()


class RevisionField(BigIntegerField):
    """Set by the database when a row is made; whoever changes the row sets it anew (``services.revisions``).

    Transactions do not commit in the order of their numbers: a reader goes on from the lowest number that was still in
    progress when it read, and so may be told something twice, but never misses anything."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("db_default", CurrentTransaction())
        kwargs.setdefault("editable", False)
        super().__init__(**kwargs)  # type: ignore[arg-type]
