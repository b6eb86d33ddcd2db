"""The floor: the scenario's rows and calls with bare SQL and an event loop, to show what the machine could do.

Not a product: one tenant, one rule, no retries, no recovery of calls whose process died. Two programs: ``application``
accepts (ASGI, group commit); ``python -m bench.floor`` works deliveries off in claimed batches.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
import uuid
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString

import aiohttp
import orjson
import psycopg
import uvloop
from uuid_utils.compat import uuid7

from bench.messages import APP_SECRET, FIELD, TAG, WORD

CHANNEL = uuid.UUID(int=1)
WORKFLOW = uuid.UUID(int=2)
BATCH = 200
CALLS_AT_ONCE = 32
_IDLE_S = 0.005

_STORE = """
INSERT INTO floor.delivery (id, channel_id, key, lane, body)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[]) ON CONFLICT (channel_id, key) DO NOTHING
"""
_CLAIM = """
UPDATE floor.delivery SET lease_until = now() + interval '30 s' WHERE id IN (
    SELECT id FROM floor.delivery WHERE processed_at IS NULL AND (lease_until IS NULL OR lease_until < now())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id, key, body
"""
_CONTACTS = "SELECT phone, id, name, tags FROM floor.contact WHERE phone = ANY(%s)"
_CONVERSATIONS = """
INSERT INTO floor.conversation AS c (contact_id, last_seq, last_message_at)
SELECT * FROM unnest(%s::uuid[], %s::int[], %s::timestamptz[]) AS x(k, n, t) ORDER BY k
ON CONFLICT (contact_id) DO UPDATE SET last_seq = c.last_seq + EXCLUDED.last_seq, last_message_at = EXCLUDED.last_message_at
RETURNING contact_id, id, last_seq
"""
_SET_FIELD = """
UPDATE floor.contact AS c SET custom = c.custom || x.v, updated_at = now()
FROM (SELECT * FROM unnest(%s::uuid[], %s::jsonb[]) AS y(k, v) ORDER BY k) x WHERE c.id = x.k
"""
_END_EXECUTIONS = """
UPDATE floor.execution AS e SET state = 'completed', outputs = x.o, ended_at = now()
FROM unnest(%s::uuid[], %s::jsonb[]) AS x(id, o) WHERE e.id = x.id
"""
_END_CALLS = """
UPDATE floor.step AS s SET state = 'completed', input = x.i, output = x.o, ended_at = now()
FROM unnest(%s::uuid[], %s::jsonb[], %s::jsonb[]) AS x(id, i, o) WHERE s.id = x.id
"""
_DONE = "UPDATE floor.delivery SET processed_at = now() WHERE id = ANY(%s)"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def _connect() -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(
        os.environ["FLOOR_URL"], autocommit=True, prepare_threshold=1
    )


# -- accepting ---------------------------------------------------------------------------------------------------------


class _Accept:
    """Checks the signature, cuts out the message and answers after the commit that it shares with its neighbours."""

    def __init__(self) -> None:
        self._waiting: list[tuple[tuple[Any, ...], asyncio.Future[None]]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(scope["type"])  # the server goes on without a lifespan
        body = await _body(receive)
        status = 200
        if scope["method"] == "POST":
            status = 200 if _signed(scope["headers"], body) else 403
            if status == 200:
                await self._store(_row(body))
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def _store(self, row: tuple[Any, ...]) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._commit())
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, future))
        self._wake.set()
        await future

    async def _commit(self) -> None:
        connection = await _connect()
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            await connection.execute(
                _STORE, [list(column) for column in zip(*(row for row, _ in batch), strict=True)]
            )
            for _, future in batch:
                if not future.cancelled():
                    future.set_result(None)


application = _Accept()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _signed(headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bool:
    given = next((value for name, value in headers if name.lower() == b"x-hub-signature-256"), b"")
    expected = "sha256=" + hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given.decode(), expected)


def _row(body: bytes) -> tuple[Any, ...]:
    value = orjson.loads(body)["entry"][0]["changes"][0]["value"]
    message = value["messages"][0]
    fragment = {"contact": value["contacts"][0], "item": message}
    return (uuid7(), CHANNEL, message["id"], message["from"], orjson.dumps(fragment).decode())


# -- working off -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Job:
    """One delivery on its way, with the ids of the rows that it becomes."""

    delivery_id: uuid.UUID
    key: str
    item: dict[str, Any]
    contact_id: uuid.UUID
    phone: str
    name: str
    message_id: uuid.UUID
    event_id: uuid.UUID
    execution_id: uuid.UUID
    call_id: uuid.UUID
    conversation_id: uuid.UUID | None = None
    seq: int = 0
    matched: bool = False
    body: bytes = b""
    answer: Any = None

    @property
    def text(self) -> str:
        return str(self.item["text"]["body"])


async def _work() -> None:
    connector = aiohttp.TCPConnector(limit=CALLS_AT_ONCE)
    connection = await _connect()
    async with aiohttp.ClientSession(connector=connector) as http:
        while True:
            jobs = await _begin(connection)
            if not jobs:
                await asyncio.sleep(_IDLE_S)
                continue
            matched = [job for job in jobs if job.matched]
            await asyncio.gather(*(_call(http, job) for job in matched))
            await _finish(connection, jobs, matched)


async def _begin(connection: psycopg.AsyncConnection[Any]) -> list[_Job]:
    """One transaction: the claim, the messages and events, the executions and the intents of their calls."""
    async with connection.transaction():
        claimed = await (await connection.execute(_CLAIM, [BATCH])).fetchall()
        if not claimed:
            return []
        bodies = [orjson.loads(body) for _, _, body in claimed]
        phones = list({f"+{body['item']['from']}" for body in bodies})
        contacts = {row[0]: row for row in await (await connection.execute(_CONTACTS, [phones])).fetchall()}
        jobs = []
        for (delivery_id, key, _), body in zip(claimed, bodies, strict=True):
            phone, contact_id, name, tags = contacts[f"+{body['item']['from']}"]
            message, event, execution, step = (uuid7() for _ in range(4))
            job = _Job(
                delivery_id, key, body["item"], contact_id, phone, name, message, event, execution, step
            )
            job.matched = WORD.casefold() in job.text.casefold() and TAG in tags
            jobs.append(job)
        await _number(connection, jobs)
        await _write_begun(connection, jobs)
        return jobs


async def _number(connection: psycopg.AsyncConnection[Any], jobs: Sequence[_Job]) -> None:
    """Conversations, and each message's place in its own."""
    counts: dict[uuid.UUID, int] = {}
    for job in jobs:
        counts[job.contact_id] = counts.get(job.contact_id, 0) + 1
    now = datetime.now(UTC)
    rows = await connection.execute(
        _CONVERSATIONS, [list(counts), list(counts.values()), [now] * len(counts)]
    )
    found = {row[0]: (row[1], row[2] - counts[row[0]]) for row in await rows.fetchall()}
    for job in jobs:
        conversation_id, last = found[job.contact_id]
        job.conversation_id, job.seq = conversation_id, last + 1
        found[job.contact_id] = (conversation_id, last + 1)


async def _write_begun(connection: psycopg.AsyncConnection[Any], jobs: Sequence[_Job]) -> None:
    await _copy(
        connection,
        "COPY floor.message (id, conversation_id, channel_id, seq, type, text, search, data, provider_message_id, sent_at) FROM STDIN",
        [
            (j.message_id, j.conversation_id, CHANNEL, j.seq, "text", j.text, j.text.casefold(), "{}", j.key, _sent(j))
            for j in jobs
        ],
    )  # fmt: skip
    await _copy(
        connection, _COPY_EVENTS, [_event(j, "MESSAGE_RECEIVED", j.event_id, _content(j)) for j in jobs]
    )
    matched = [job for job in jobs if job.matched]
    await _copy(
        connection,
        "COPY floor.execution (id, workflow_id, event_id, contact_id, conversation_id, state) FROM STDIN",
        [(j.execution_id, WORKFLOW, j.event_id, j.contact_id, j.conversation_id, "waiting") for j in matched],
    )
    await _copy(
        connection,
        "COPY floor.step (id, execution_id, node, action, state) FROM STDIN",
        [(j.call_id, j.execution_id, "call", "webhook", "running") for j in matched],
    )
    await _copy(
        connection,
        "COPY floor.trigger_log (id, event_id, workflow_id, execution_id, result) FROM STDIN",
        [(uuid7(), j.event_id, WORKFLOW, j.execution_id, "started") for j in matched],
    )


_COPY_EVENTS: LiteralString = (
    "COPY floor.event (id, type, occurred_at, contact_id, conversation_id, data, actor) FROM STDIN"
)


def _sent(job: _Job) -> datetime:
    return datetime.fromtimestamp(int(job.item["timestamp"]), UTC)


def _content(job: _Job) -> dict[str, Any]:
    return {
        "message_id": str(job.message_id),
        "content": job.text,
        "type": "text",
        "timestamp": job.item["timestamp"],
    }


def _event(job: _Job, kind: str, event_id: uuid.UUID, data: dict[str, Any]) -> tuple[Any, ...]:
    return (
        event_id,
        kind,
        _sent(job),
        job.contact_id,
        job.conversation_id,
        orjson.dumps(data).decode(),
        "bench",
    )


async def _copy(
    connection: psycopg.AsyncConnection[Any], statement: LiteralString, rows: Sequence[tuple[Any, ...]]
) -> None:
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)


async def _call(http: aiohttp.ClientSession, job: _Job) -> None:
    job.body = orjson.dumps({"phone": job.phone, "name": job.name, "text": job.text})
    headers = {"Content-Type": "application/json", "Idempotency-Key": job.call_id.hex}
    async with http.post(os.environ["FLOOR_SINK"], data=job.body, headers=headers) as response:
        response.raise_for_status()
        job.answer = {"status": response.status, "json_body": orjson.loads(await response.read())}


async def _finish(
    connection: psycopg.AsyncConnection[Any], jobs: Sequence[_Job], matched: Sequence[_Job]
) -> None:
    """One transaction: the answers, the field, the second step, the ends."""
    inputs = [job.body.decode() for job in matched]
    answers = [orjson.dumps(job.answer).decode() for job in matched]
    values = {job.contact_id: orjson.dumps({FIELD: str(job.message_id)}).decode() for job in matched}
    executions = [job.execution_id for job in matched]
    outputs = [orjson.dumps({"call": job.answer, "remember": _changes(job)}).decode() for job in matched]
    async with connection.transaction():
        await _copy(
            connection,
            "COPY floor.step (id, execution_id, node, action, state, input, output, ended_at) FROM STDIN",
            [
                (uuid7(), j.execution_id, "remember", "update_user", "completed",
                 orjson.dumps({"custom": {FIELD: str(j.message_id)}}).decode(), orjson.dumps(_changes(j)).decode(),
                 datetime.now(UTC))
                for j in matched
            ],
        )  # fmt: skip
        await _copy(
            connection, _COPY_EVENTS, [_event(j, "USER_UPDATED", uuid7(), _changes(j)) for j in matched]
        )
        async with connection.pipeline():
            await connection.execute(_SET_FIELD, [list(values), list(values.values())])
            await connection.execute(_END_CALLS, [[job.call_id for job in matched], inputs, answers])
            await connection.execute(_END_EXECUTIONS, [executions, outputs])
            await connection.execute(_DONE, [[job.delivery_id for job in jobs]])


def _changes(job: _Job) -> dict[str, Any]:
    return {"changes": {f"custom.{FIELD}": {"from": None, "to": str(job.message_id)}}}


if __name__ == "__main__":
    uvloop.run(_work())
