"""The database backend runs a query on the current tenant's schema, or not at all."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from contextlib import suppress
from unittest import mock

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, connections, transaction
from django_tenants.postgresql_backend import base as upstream

from events.models import Event
from tenants.db.base import DatabaseWrapper, WrongSearchPathError
from tenants.models import Tenant
from tenants.scope import current_tenant, public_scope, tenant_scope
from tenants.tests.conftest import mark, marks


def in_thread(work, *, context: contextvars.Context | None = None):
    """What ``work`` returned in a thread of its own, without this one's context unless one is given."""
    result: list[object] = []

    def run() -> None:
        try:
            result.append(context.run(work) if context else work())
        except Exception as exc:
            result.append(exc)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return result[0]


def test_a_scope_sees_its_tenant_and_scopes_nest(shop, rival):
    with tenant_scope(shop):
        assert marks() == {"demo"}
        with tenant_scope(rival):
            assert marks() == {"other"}
            with public_scope():
                assert Tenant.objects.count() >= 2
                assert current_tenant() is None
            assert marks() == {"other"}
        assert marks() == {"demo"}
    assert current_tenant() is None


def test_a_scope_ends_with_an_exception_too(shop, rival):
    with tenant_scope(shop):
        with suppress(ZeroDivisionError), tenant_scope(rival):
            raise ZeroDivisionError
        assert marks() == {"demo"}


def test_without_a_tenant_its_tables_do_not_exist(shop):
    with pytest.raises(ProgrammingError, match="does not exist"):
        marks()


def test_a_plain_thread_starts_on_public(shop):
    with tenant_scope(shop):
        assert marks() == {"demo"}
        outcome = in_thread(marks)
    assert isinstance(outcome, ProgrammingError)


def test_a_thread_given_the_context_has_its_tenant(shop, rival):
    with tenant_scope(shop):
        context = contextvars.copy_context()
    with tenant_scope(rival):
        assert in_thread(marks, context=context) == {"demo"}
        assert marks() == {"other"}


def test_pooled_connections_forget_the_tenant_before(shop, rival):
    """A connection goes back to the pool on a tenant's path; whoever gets it next is not that tenant."""
    for tenant in (shop, rival) * 5:
        with tenant_scope(tenant):
            assert marks() == {tenant.slug}
        connection.close()
    with pytest.raises(ProgrammingError):
        marks()


@pytest.mark.parametrize("statement", ["SET search_path = {}", "SET LOCAL search_path = {}"])
def test_a_path_set_behind_its_back_is_put_right_before_the_next_query(shop, rival, statement):
    with tenant_scope(shop), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format(rival.schema_name))
        assert marks() == {"demo"}


def test_a_path_that_cannot_be_put_right_refuses_the_query(shop, rival, monkeypatch):
    """As when ``SET search_path`` fails and nobody says so: upstream goes on, on the tenant before."""
    with tenant_scope(shop):
        marks()
    monkeypatch.setattr(upstream.DatabaseWrapper, "_handle_search_path", lambda self, cursor=None: None)
    with tenant_scope(rival), pytest.raises(WrongSearchPathError, match="refusing to run"):
        marks()
    with tenant_scope(rival), pytest.raises(WrongSearchPathError):
        mark(rival, "misplaced")
    monkeypatch.undo()
    with tenant_scope(shop):
        assert marks() == {"demo"}


def test_a_server_that_does_not_report_the_path_is_refused(shop):
    """Before PostgreSQL 18 nothing could be verified."""
    with (
        mock.patch.object(DatabaseWrapper, "reported_search_path", return_value=None),
        tenant_scope(shop),
        pytest.raises(WrongSearchPathError),
    ):
        marks()


def test_upstreams_own_switches_do_nothing(shop, rival):
    with tenant_scope(shop):
        connection.set_tenant(rival)
        connection.tenant = rival
        connection.schema_name = rival.schema_name
        assert marks() == {"demo"}
        assert connection.schema_name == shop.schema_name


def test_rolled_back_savepoints_and_transactions_keep_the_tenant(shop, rival):
    """``SET search_path`` is undone with the transaction that it ran in: the path must be looked at, not remembered."""
    with tenant_scope(shop), transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic(), tenant_scope(rival):
            assert marks() == {"other"}
            raise ZeroDivisionError
        assert marks() == {"demo"}
        with tenant_scope(rival), suppress(ZeroDivisionError), transaction.atomic():
            mark(rival, "undone")
            raise ZeroDivisionError
        assert marks() == {"demo"}
        with tenant_scope(rival):
            assert marks() == {"other"}
    with tenant_scope(rival):
        assert marks() == {"other"}


def test_after_an_error_in_a_transaction_only_the_rollback_runs(shop):
    with tenant_scope(shop):
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert marks() == {"demo"}


def test_a_cancelled_statement_changes_nobodys_tenant(shop, rival):
    for tenant in (shop, rival, shop):
        with tenant_scope(tenant):
            with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '5ms'")
                cursor.execute("SELECT pg_sleep(1)")
            assert marks() == {tenant.slug}


def test_a_server_side_cursor_reads_its_tenant(shop, rival):
    for n in range(20):
        mark(shop, f"demo {n}")
    with tenant_scope(rival):
        marks()
    with tenant_scope(shop), transaction.atomic():
        rows = Event.objects.filter(type="MARK").values_list("data", flat=True).iterator(chunk_size=5)
        assert {data["of"].split()[0] for data in rows} == {"demo"}


def test_a_reset_connection_finds_its_way_back(shop):
    with tenant_scope(shop):
        marks()
        with connection.cursor() as cursor:
            cursor.execute("DISCARD ALL")
        assert marks() == {"demo"}


def test_a_terminated_connection_fails_and_its_successor_is_right(shop, rival):
    with tenant_scope(shop):
        with suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.close()
        assert marks() == {"demo"}
    with tenant_scope(rival):
        assert marks() == {"other"}


# -- async --------------------------------------------------------------------------------------------------------------


async def test_async_tasks_keep_their_tenants_apart(shop, rival):
    async def work(tenant: Tenant) -> set[str]:
        seen: set[str] = set()
        with tenant_scope(tenant):
            for _ in range(10):
                await asyncio.sleep(0)
                seen |= {
                    data["of"]
                    async for data in Event.objects.filter(type="MARK").values_list("data", flat=True)
                }
        return seen

    results = await asyncio.gather(*(work(tenant) for tenant in (shop, rival) * 10))
    assert results == [{"demo"}, {"other"}] * 10
    await sync_to_async(connections.close_all)()


async def test_a_scope_entered_in_one_sync_call_does_not_leak_into_the_next(shop, rival):
    """Scope and query in separate ``sync_to_async`` calls: the scope that counts is the task's own."""
    with tenant_scope(shop):
        assert await sync_to_async(marks)() == {"demo"}

        def other() -> set[str]:
            with tenant_scope(rival):
                return marks()

        assert await sync_to_async(other)() == {"other"}
        assert await sync_to_async(marks)() == {"demo"}
    with pytest.raises(ProgrammingError):
        await sync_to_async(marks)()
    await sync_to_async(connections.close_all)()
