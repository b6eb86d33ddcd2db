"""A storm of reads and writes over many tenants, with statements cancelled and connections cut, that counts what landed
where it does not belong."""

from __future__ import annotations

import asyncio
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection, connections, transaction

from events.models import Event
from tenants.scope import TenantRef, public_scope, tenant_scope

KIND = "TAG"


@contextmanager
def many_tenants(count: int) -> Iterator[list[TenantRef]]:
    """Schemas with the one table that the storm needs, made by the owner's role and removed afterwards."""
    refs = [TenantRef(id=uuid.uuid4(), schema_name=f"t_iso_{n}", slug=f"iso-{n}") for n in range(count)]
    with public_scope(), connections["owner"].cursor() as cursor:
        for ref in refs:
            cursor.execute(f"CREATE SCHEMA {ref.schema_name}")
            cursor.execute(
                f"CREATE TABLE {ref.schema_name}.events_event (LIKE t_demo.events_event INCLUDING ALL)"
            )
            cursor.execute(f"GRANT USAGE ON SCHEMA {ref.schema_name} TO wasl_app")
            cursor.execute(f"GRANT ALL ON {ref.schema_name}.events_event TO wasl_app")
    try:
        yield refs
    finally:
        connections.close_all()
        with public_scope(), connections["owner"].cursor() as cursor:
            for ref in refs:
                cursor.execute(f"DROP SCHEMA {ref.schema_name} CASCADE")
        connections.close_all()


class Storm:
    """``wrong`` lists every read that saw another tenant's row; ``counts`` tells how much was done."""

    def __init__(self, tenants: Sequence[TenantRef], *, seconds: float, seed: int) -> None:
        self.wrong: list[str] = []
        self.counts: Counter[str] = Counter()
        self._tenants = tenants
        self._seed = seed
        self._until = time.monotonic() + seconds
        self._over = threading.Event()

    def run(self, *, threads: int, tasks: int) -> None:
        """Blow with so many threads and so many async tasks until the time is up."""
        workers = [threading.Thread(target=self._thread, args=(self._seed + n,)) for n in range(threads)]
        workers.append(threading.Thread(target=lambda: asyncio.run(self._tasks(tasks))))
        canceller = threading.Thread(target=self._cancel)
        for worker in [*workers, canceller]:
            worker.start()
        for worker in workers:
            worker.join()
        self._over.set()
        canceller.join()

    def misplaced(self) -> list[str]:
        """Rows that lie in another tenant's schema than the one that they were written for."""
        found: list[str] = []
        for tenant in self._tenants:
            with tenant_scope(tenant):
                tags = set(Event.objects.filter(type=KIND).values_list("actor", flat=True))
            found += [f"{tag} in {tenant.slug}" for tag in tags - {tenant.slug}]
        return found

    def _blowing(self) -> bool:
        return time.monotonic() < self._until

    def _thread(self, seed: int) -> None:
        chance = random.Random(seed)
        while self._blowing():
            self._operation(chance)
            if chance.random() < 0.2:
                # Back to the pool, on whatever path it is.
                connection.close()
        connections.close_all()

    def _operation(self, chance: random.Random) -> None:
        tenant, other = chance.sample(list(self._tenants), 2)
        try:
            with tenant_scope(tenant):
                chance.choice(OPERATIONS)(self, tenant, other)
            self.counts["done"] += 1
        except (DatabaseError, InterfaceError):
            self.counts["refused"] += 1
            connection.close()

    def _read(self, tenant: TenantRef, other: TenantRef) -> None:
        rows = Event.objects.filter(type=KIND).order_by("-id").values_list("actor", flat=True)[:20]
        wrong = set(rows) - {tenant.slug}
        if wrong:
            self.wrong.append(f"{tenant.slug} read rows of {wrong}")

    def _write(self, tenant: TenantRef, other: TenantRef) -> None:
        Event.objects.create(type=KIND, occurred_at=datetime.now(UTC), actor=tenant.slug)

    def _nested(self, tenant: TenantRef, other: TenantRef) -> None:
        with tenant_scope(other):
            self._write(other, tenant)
        self._read(tenant, other)
        self._write(tenant, other)

    def _savepoint(self, tenant: TenantRef, other: TenantRef) -> None:
        with transaction.atomic():
            with suppress(ZeroDivisionError), transaction.atomic(), tenant_scope(other):
                self._write(other, tenant)
                raise ZeroDivisionError
            self._read(tenant, other)
            self._write(tenant, other)

    def _slow(self, tenant: TenantRef, other: TenantRef) -> None:
        """A statement that takes long enough to be hit."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.005)")
        self._write(tenant, other)

    async def _tasks(self, count: int) -> None:
        await asyncio.gather(*(self._task(self._seed * 1_000 + n) for n in range(count)))
        await asyncio.to_thread(connections.close_all)

    async def _task(self, seed: int) -> None:
        """Django's async queries and ``to_thread`` in turn, each its own call, with other tasks in between."""
        chance = random.Random(seed)
        while self._blowing():
            tenant = chance.choice(self._tenants)
            with tenant_scope(tenant):
                try:
                    await asyncio.sleep(0)
                    await Event.objects.acreate(type=KIND, occurred_at=datetime.now(UTC), actor=tenant.slug)
                    rows = (
                        Event.objects.filter(type=KIND).order_by("-id").values_list("actor", flat=True)[:10]
                    )
                    seen = {actor async for actor in rows}
                    seen |= await asyncio.to_thread(self._seen_in_a_thread)
                    self.counts["async"] += 1
                except (DatabaseError, InterfaceError):
                    self.counts["refused"] += 1
                    continue
            if seen - {tenant.slug}:
                self.wrong.append(f"task of {tenant.slug} read rows of {seen}")

    def _seen_in_a_thread(self) -> set[str]:
        try:
            return set(Event.objects.filter(type=KIND).values_list("actor", flat=True)[:10])
        finally:
            connection.close()

    def _cancel(self) -> None:
        """Cancel what runs, and now and then cut a connection."""
        chance = random.Random(self._seed)
        victims = "FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()"
        while not self._over.wait(0.004):
            how = "pg_terminate_backend" if chance.random() < 0.01 else "pg_cancel_backend"
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute(f"SELECT {how}(pid) {victims} AND state <> 'idle' ORDER BY random() LIMIT 1")
                self.counts["cancels"] += cursor.rowcount
        connections.close_all()


OPERATIONS = (Storm._read, Storm._read, Storm._write, Storm._nested, Storm._savepoint, Storm._slow)
