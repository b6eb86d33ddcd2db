"""Runs of the floor on a scenario's servers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import psycopg

from bench import load, sink
from bench.installation import PARENT, Installation
from bench.messages import TAG, Customer
from bench.results import say
from ops.errors import OpsError
from ops.ports import LOOPBACK, free_port
from ops.processes import PYTHON, ProcessSpec, Supervisor

SCHEMA_SQL = Path(__file__).with_name("floor_schema.sql")
_DEADLINE_S = 120.0
_POLL_S = 0.05


def make_tables(url: str, people: Sequence[Customer]) -> None:
    """The floor's schema, with the same customers."""
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA_SQL.read_bytes())
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY floor.contact (id, phone, name, tags) FROM STDIN") as copy,
        ):
            for person in people:
                copy.write_row((uuid.uuid4(), f"+{person.wa_id}", person.name, [TAG]))


def run(installed: Installation, requests: Sequence[bytes], *, connections: int, drains: int) -> float:
    """Completed executions a second, first request to last completion. Raises ``OpsError`` when any is missing."""
    url = installed.stack.info.superuser_url
    env = {**installed.env, "FLOOR_URL": url, "FLOOR_SINK": installed.sink_url}
    port = free_port()
    before = sink.count(installed.sink_port)
    with (
        psycopg.connect(url, autocommit=True) as connection,
        Supervisor(env=env, log_dir=PARENT / "log", run_dir=installed.stack.run) as supervisor,
    ):
        start = _completed(connection)
        supervisor.start(_accept(port))
        for number in range(drains):
            supervisor.start(ProcessSpec(name=f"floor-{number}", argv=(PYTHON, "-m", "bench.floor")))
        supervisor.wait_healthy("floor-accept")
        time.sleep(1.0)  # the drains connect
        own = ("floor-accept", *(f"floor-{number}" for number in range(drains)))
        cpu = installed.cpu({name: supervisor.pid(name) for name in own})
        report = load.saturating(requests, port=port, connections=connections)
        deadline = time.monotonic() + _DEADLINE_S
        while (done := _completed(connection) - start) < report.accepted and time.monotonic() < deadline:
            if supervisor.ended():
                raise OpsError(f"a process of the floor ended; its log is in {supervisor.log_dir}")
            time.sleep(_POLL_S)
        elapsed = time.time() - report.began_at
        spent = installed.cpu({name: supervisor.pid(name) for name in own}).ms_each_since(cpu, done)
    calls = sink.count(installed.sink_port).since(before)
    if not done == calls.distinct == len(requests):
        raise OpsError(f"the floor completed {done} of {len(requests)} with {calls.distinct} calls")
    say(
        f"floor: {done} executions in {elapsed:.1f} s, accepted at {report.per_second:.0f}/s, ms of CPU each: {spent}"
    )
    return done / elapsed


def _accept(port: int) -> ProcessSpec:
    server = (PYTHON, "-m", "granian", "--interface", "asginl", "bench.floor:application")
    return ProcessSpec(
        name="floor-accept",
        argv=(*server, "--host", LOOPBACK, "--port", str(port), "--workers", "1", "--log-level", "warning"),
        health_url=f"http://{LOOPBACK}:{port}/",
    )


def _completed(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT count(*) FROM floor.execution WHERE state = 'completed'").fetchone()
    assert row is not None
    return row[0]
