"""Group commit: deliveries that arrive together are stored in one transaction, and each caller waits for that commit."""

from __future__ import annotations

import asyncio
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import psycopg
import structlog
from asgiref.sync import sync_to_async
from django.db import connections
from psycopg import sql

from channels_app.providers.base import Fragment
from channels_app.services.updates import INBOUND
from core.errors import RetryableError
from core.ids import uuid7
from events.queue.doorbell import ring
from events.queue.enqueue import UPSERT_LANES
from events.queue.models import Pool
from tenants.scope import TenantRef

log = structlog.get_logger(__name__)

_MAX_BATCH = 300
_RING_EVERY_S = 0.03
_LANE_LENGTH = 200
_KEY_LENGTH = 250

# The tenant's schema is named, so that no search path is switched; a second copy of a delivery inserts nothing, and
# therefore queues nothing. Copies are looked for before ON CONFLICT does it: it would wait for a worker that is just
# changing the row, and that worker waits for our lane.
_STORE = sql.SQL("""
WITH given AS (
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[])
        WITH ORDINALITY AS x(id, channel_id, key, lane, body, n)
), stored AS (
    INSERT INTO {schema}.channels_app_inbounddelivery (id, channel_id, key, lane, body)
    SELECT id, channel_id, key, lane, body FROM given
    WHERE NOT EXISTS (
        SELECT FROM {schema}.channels_app_inbounddelivery old
        WHERE old.channel_id = given.channel_id AND old.key = given.key
    )
    ORDER BY n
    ON CONFLICT (channel_id, key) DO NOTHING RETURNING id
)
INSERT INTO public.queue_item (tenant_id, lane_key, kind, ref, dedupe_key)
SELECT %s, given.lane, %s, given.id::text, %s || given.id::text
FROM stored JOIN given USING (id) ORDER BY given.n
ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
""")


class StoreDownError(RetryableError):
    """The delivery could not be stored now; the provider must send it again."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A fragment that found its channel."""

    tenant: TenantRef
    channel_id: uuid.UUID
    fragment: Fragment

    @property
    def lane(self) -> str:
        """Messages of one customer on one channel are worked off in their order."""
        return f"in:{self.channel_id}:{self.fragment.lane}"[:_LANE_LENGTH].replace("\x00", "")


class Committer:
    """One connection, one transaction at a time, as large as what came in meanwhile. Belongs to one event loop."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Sequence[Accepted], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._ringing: asyncio.Task[None] | None = None
        self._unrung = False

    async def store(self, accepted: Sequence[Accepted]) -> None:
        """Return once the deliveries are committed. Raises ``StoreDownError``: then nothing may be acknowledged."""
        if not accepted:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((accepted, future))
        self._wake.set()
        await future

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:_MAX_BATCH], self._waiting[_MAX_BATCH:]
                await self._commit(batch)

    async def _commit(self, batch: list[tuple[Sequence[Accepted], asyncio.Future[None]]]) -> None:
        error: Exception | None = None
        try:
            await self._write([row for rows, _ in batch for row in rows])
        except (psycopg.Error, OSError) as exc:
            log.warning(
                "deliveries not stored", error=str(exc).splitlines()[0] if str(exc) else type(exc).__name__
            )
            await self._disconnect()
            error = StoreDownError()
        for _, future in batch:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
        if error is None:
            self._unrung = True
            if self._ringing is None or self._ringing.done():
                self._ringing = asyncio.create_task(self._ring())

    async def _ring(self) -> None:
        """Ring at once for the first commit, then at most once in a while: a ring costs more than a commit."""
        while self._unrung:
            self._unrung = False
            await asyncio.to_thread(ring, {Pool.INTERNAL})
            await asyncio.sleep(_RING_EVERY_S)

    async def _write(self, rows: list[Accepted]) -> None:
        connection = await self._connected()
        tenants: dict[TenantRef, list[Accepted]] = defaultdict(list)
        for row in rows:
            tenants[row.tenant].append(row)
        internal = int(Pool.INTERNAL)
        async with connection.pipeline(), connection.transaction():
            await connection.execute(
                UPSERT_LANES,
                [
                    [r.tenant.id for r in rows],
                    [r.lane for r in rows],
                    [internal] * len(rows),
                    [None] * len(rows),
                ],
            )
            for tenant, mine in tenants.items():
                await connection.execute(
                    _STORE.format(schema=sql.Identifier(tenant.schema_name)), _parameters(tenant, mine)
                )

    async def _connected(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            parameters = await sync_to_async(_parameters_of_default)()
            self._connection = await asyncio.wait_for(
                psycopg.AsyncConnection.connect(**parameters, autocommit=True), timeout=5
            )
        return self._connection

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _parameters_of_default() -> dict[str, Any]:
    parameters = connections["default"].get_connection_params()
    wanted = ("dbname", "user", "password", "host", "port", "options")
    return {key: parameters[key] for key in wanted if parameters.get(key)}


def _parameters(tenant: TenantRef, rows: Sequence[Accepted]) -> list[Any]:
    return [
        [uuid7() for _ in rows],
        [row.channel_id for row in rows],
        [_key(row.fragment.key) for row in rows],
        [row.lane for row in rows],
        [orjson.dumps(row.fragment.payload).decode() for row in rows],
        tenant.id,
        INBOUND,
        f"{INBOUND}:",
    ]


def _key(key: str) -> str:
    return key[:_KEY_LENGTH].replace("\x00", "")
