"""What the queue's tests do to the queue from outside: put, look, let time pass, run a worker in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection, transaction

from events.queue.enqueue import NewItem, enqueue
from events.queue.models import Item, Lane
from events.queue.tests.probes import EFFECT, KIND, refs
from tenants.models import Tenant
from tenants.scope import public_scope, tenant_scope

SRC = Path(__file__).resolve().parents[3]


def put(tenant: Tenant, *pairs: tuple[str, str], kind: str = KIND, **fields: Any) -> None:
    """Queue ``(lane, ref)`` pairs for ``tenant`` in one transaction."""
    with tenant_scope(tenant), transaction.atomic():
        enqueue(*(NewItem(lane=lane, kind=kind, ref=ref, **fields) for lane, ref in pairs))


def done(tenant: Tenant, type_: str = EFFECT) -> list[str]:
    """The effects in ``tenant``, in order."""
    with tenant_scope(tenant):
        return refs(type_)


def item(ref: str) -> Item:
    """The item about ``ref``."""
    with public_scope():
        return Item.objects.get(ref=ref)


def lane(key: str) -> Lane:
    """The lane ``key``."""
    with public_scope():
        return Lane.objects.get(key=key)


def waiting() -> int:
    """Items that are neither done nor dead."""
    with public_scope():
        return Item.objects.filter(state=0).count()


def execute(statement: str, *parameters: object) -> None:
    """Run one statement on the shared tables."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def let_leases_end() -> None:
    """As if every lease had run out."""
    execute("UPDATE queue_lane SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL")


def pass_time(seconds: float) -> None:
    """As if ``seconds`` had passed for all that waits."""
    execute("UPDATE queue_item SET run_at = run_at - make_interval(secs => %s)", seconds)
    execute("UPDATE queue_lane SET wake_at = wake_at - make_interval(secs => %s)", seconds)


def delay_of(ref: str) -> float:
    """Seconds until the item may run, by the database's clock."""
    with public_scope(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM run_at - now())::float8 FROM queue_item WHERE ref = %s", [ref]
        )
        return cursor.fetchone()[0]


def process_env() -> dict[str, str]:
    """The environment of a process that works on this test run's database."""
    env = dict(os.environ)
    for variable, alias in (("DATABASE_URL", "default"), ("DATABASE_OWNER_URL", "owner")):
        url = urlsplit(env.get(variable) or env["DATABASE_URL"])
        env[variable] = urlunsplit(url._replace(path="/" + settings.DATABASES[alias]["NAME"]))
    return {**env, "PYTHONPATH": str(SRC), "DJANGO_SETTINGS_MODULE": "config.settings.test"}


def run_worker(*arguments: str, timeout_s: float = 60.0) -> int:
    """Run ``crash_worker`` with ``arguments`` in a process of its own; returns its exit status (-9: killed)."""
    command = [sys.executable, "-m", "events.queue.tests.crash_worker", *arguments]
    done_process = subprocess.run(
        command, env=process_env(), capture_output=True, text=True, timeout=timeout_s, check=False
    )
    if done_process.returncode not in (0, -9):
        raise AssertionError(done_process.stdout + done_process.stderr)
    return done_process.returncode
