"""The worker and its doorbell: rung after the commit, coalesced, and not needed."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import pytest
from django.db import transaction

from config.celery import app
from events.queue import claim, doorbell
from events.queue.models import Pool
from events.queue.tests.helpers import done, item, process_env, put
from events.queue.tests.probes import CALL_KIND
from events.queue.worker import STUCK_STATUS, Worker
from events.tasks import ring as ring_task


@pytest.fixture
def rings(monkeypatch):
    """The doorbell tasks that were sent, as pools; starts with a Redis that knows of no ring."""
    sent: list[int] = []
    monkeypatch.setattr(doorbell, "_local", threading.Event())
    monkeypatch.setattr(doorbell, "_down_until", 0.0)
    monkeypatch.setattr(app, "send_task", lambda name, args, **options: sent.append(*args))
    for pool in Pool:
        doorbell._redis().delete(doorbell._key(pool))
    yield sent
    for pool in Pool:
        doorbell._redis().delete(doorbell._key(pool))


@pytest.fixture
def redis_down(monkeypatch, settings):
    """A Redis that refuses every connection."""
    monkeypatch.setattr(doorbell, "_client", None)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(doorbell, "_down_until", 0.0)
    monkeypatch.setattr(doorbell, "_local", threading.Event())


@pytest.fixture
def worker(monkeypatch, probe, call_probe, settings):
    """A running worker with its poll at a quarter of a second, unless a test says otherwise before it starts."""
    monkeypatch.setattr(doorbell, "_local", threading.Event())
    worker = Worker()
    yield worker
    worker.stop(timeout_s=10)


def seconds_until(true) -> float:
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < 10, "did not happen in time"
        time.sleep(0.005)
    return time.monotonic() - started


def test_the_bell_rings_after_the_commit_and_not_after_a_rollback(shop, probe, rings):
    with transaction.atomic():
        put(shop, ("a", "1"))
        transaction.set_rollback(True)
    assert rings == []
    with transaction.atomic():
        put(shop, ("a", "1"))
        assert rings == []
    assert rings == [Pool.INTERNAL]


def test_rings_are_coalesced_until_somebody_answers(shop, probe, call_probe, rings, monkeypatch):
    monkeypatch.setattr(doorbell, "_COALESCE_MS", 5_000)  # a slow machine must not ring twice by itself
    for n in range(10):
        put(shop, ("a", f"{n}"))
    assert rings == [Pool.INTERNAL]
    put(shop, ("b", "call"), kind=CALL_KIND)
    assert rings == [Pool.INTERNAL, Pool.EXTERNAL]
    ring_task(int(Pool.INTERNAL))
    assert doorbell.wakeups[Pool.INTERNAL].is_set()
    put(shop, ("a", "later"))
    assert rings == [Pool.INTERNAL, Pool.EXTERNAL, Pool.INTERNAL]


def test_a_broken_bell_never_reaches_the_caller(shop, probe, redis_down):
    started = time.monotonic()
    for n in range(20):
        put(shop, ("a", f"{n}"))
    assert time.monotonic() - started < 2, "a bell that is out of order is left alone for a while"
    ring_task(int(Pool.INTERNAL))


def test_without_redis_the_poll_does_the_work_within_a_second_or_so(shop, worker, redis_down, settings):
    settings.QUEUE_POLL_S = 1.0
    worker.start()
    # The ring in this process is not heard either: only the poll can find the work.
    doorbell._local.clear()
    time.sleep(0.2)
    put(shop, ("a", "1"))
    assert seconds_until(lambda: done(shop) == ["1"]) < 1.5


def test_a_ring_is_quicker_than_the_poll(shop, worker, settings):
    settings.QUEUE_POLL_S = 30
    worker.start()
    time.sleep(0.3)
    put(shop, ("a", "1"))
    put(shop, ("b", "2"), kind=CALL_KIND)
    assert seconds_until(lambda: sorted(done(shop)) == ["1", "2"]) < 2


def test_a_loop_outlives_whatever_happens_in_it(shop, worker, monkeypatch, settings):
    settings.QUEUE_POLL_S = 0.1
    statement = claim._CLAIM_LANES
    monkeypatch.setattr(claim, "_CLAIM_LANES", "SELECT 1/0")
    worker.start()
    put(shop, ("a", "1"))
    time.sleep(0.5)
    assert done(shop) == []
    monkeypatch.setattr(claim, "_CLAIM_LANES", statement)
    seconds_until(lambda: done(shop) == ["1"])


def test_progress_tells_of_each_loop(worker, committed_db, settings):
    settings.QUEUE_POLL_S = 0.05
    worker.start()
    seconds_until(lambda: set(worker.progress) == {"drain", "pump", "ticker"})
    before = dict(worker.progress)
    seconds_until(lambda: all(worker.progress[name] > before[name] for name in before))


HANG = """
import django; django.setup()
import time
from django.conf import settings
from events.queue.tests.probes import Probe, register
from events.queue.worker import Worker
settings.QUEUE_LEASE_S = 0.5
probe = Probe()
probe.acts["hang"] = lambda: time.sleep(600)
register(probe)
Worker().start()
time.sleep(60)
"""


def test_a_worker_whose_loop_hangs_ends_itself(shop, probe):
    put(shop, ("a", "hang"))
    ended = subprocess.run(
        [sys.executable, "-c", HANG],
        env=process_env(),
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert ended.returncode == STUCK_STATUS, ended.stderr[-2000:]
    assert "handle" in ended.stderr, "the log says where it hung"
    assert item("hang").attempts == 1
