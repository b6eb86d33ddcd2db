"""What the database holds, to be compared before and after: every row of every table, the queue's too."""

from __future__ import annotations

from django.db import connection

_TABLES = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN (current_schema(), 'public') AND table_type = 'BASE TABLE' ORDER BY 1, 2
"""


def snapshot() -> dict[str, tuple[int, int]]:
    """``(rows, checksum of their texts)`` by table."""
    found: dict[str, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        for schema, table in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM "{schema}"."{table}" t'
            )
            found[f"{schema}.{table}"] = cursor.fetchone()
    return found
