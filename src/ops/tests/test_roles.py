"""The app's role reads and writes rows and can change nothing else; the owner's role can."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import errors, sql

from ops.stack import Stack

ROWS = ["INSERT INTO {} VALUES (1)", "UPDATE {} SET id = 2", "SELECT * FROM {}", "DELETE FROM {}"]
SHAPE = [
    "DROP TABLE {}",
    "ALTER TABLE {} ADD extra int",
    "TRUNCATE {}",
    "CREATE INDEX ON {} (id)",
    "ALTER TABLE {} OWNER TO wasl_app",
]


@pytest.fixture(scope="module")
def tables(running: Stack) -> list[sql.Identifier]:
    """A table of the public schema and one of a tenant's, made by the owner."""
    with psycopg.connect(running.info.owner_url) as owner:
        owner.execute("CREATE SCHEMA alice")
        owner.execute("CREATE TABLE public.shared (id int)")
        owner.execute("CREATE TABLE alice.contact (id int)")
    return [sql.Identifier("public", "shared"), sql.Identifier("alice", "contact")]


@pytest.mark.parametrize("statement", ROWS)
def test_app_works_with_rows(running: Stack, tables: list[sql.Identifier], statement: str) -> None:
    for table in tables:
        with psycopg.connect(running.info.app_url) as app:
            app.execute(sql.SQL(statement).format(table))


@pytest.mark.parametrize("statement", SHAPE)
def test_app_cannot_change_a_table(running: Stack, tables: list[sql.Identifier], statement: str) -> None:
    for table in tables:
        with psycopg.connect(running.info.app_url) as app, pytest.raises(errors.InsufficientPrivilege):
            app.execute(sql.SQL(statement).format(table))


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION vector SCHEMA pg_catalog VERSION '0.1'",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "DROP DATABASE postgres",
        "ALTER ROLE wasl_app SUPERUSER",
        "SET ROLE wasl_owner",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
def test_app_makes_nothing(running: Stack, statement: str) -> None:
    with psycopg.connect(running.info.app_url, autocommit=True) as app:
        with pytest.raises((errors.InsufficientPrivilege, errors.DuplicateObject)):
            app.execute(statement)
        row = app.execute(
            "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False)
        owned = app.execute("SELECT count(*) FROM pg_class WHERE relowner = 'wasl_app'::regrole").fetchone()
        assert owned == (0,)


def test_sequences_and_vectors_are_usable(running: Stack) -> None:
    with psycopg.connect(running.info.owner_url) as owner:
        owner.execute("CREATE TABLE embedded (id bigserial, at vector(3))")
    with psycopg.connect(running.info.app_url) as app:
        app.execute("INSERT INTO embedded (at) VALUES ('[1,2,3]')")
        assert app.execute("SELECT id, at <-> '[1,2,4]' FROM embedded").fetchone() == (1, 1.0)


def test_a_database_made_for_tests_has_the_same_grants(running: Stack) -> None:
    with psycopg.connect(running.info.owner_url, autocommit=True) as owner:
        owner.execute("CREATE DATABASE test_wasl")
    with psycopg.connect(running.info.owner_url, dbname="test_wasl") as owner:
        owner.execute("CREATE TABLE embedded (at vector(3))")
    with psycopg.connect(running.info.app_url, dbname="test_wasl") as app:
        assert app.execute("SELECT * FROM embedded").fetchall() == []
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("DROP TABLE embedded")


def test_wrong_and_missing_passwords_are_refused(running: Stack) -> None:
    for password in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(running.info.superuser_url, password=password)
