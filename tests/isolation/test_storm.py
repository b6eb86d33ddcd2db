"""Fifty tenants, threads and async tasks, cancelled statements: no row is read or written across tenants."""

from __future__ import annotations

import logging

import pytest

from tests.isolation.storm import Storm, many_tenants


@pytest.fixture(autouse=True)
def _quiet_pool(caplog):
    """Cut connections are discarded by the pool with a warning each."""
    caplog.set_level(logging.ERROR, "psycopg.pool")


def blow(*, tenants: int, seconds: float, threads: int, tasks: int) -> Storm:
    with many_tenants(tenants) as refs:
        storm = Storm(refs, seconds=seconds, seed=20)
        storm.run(threads=threads, tasks=tasks)
        assert storm.wrong == []
        assert storm.misplaced() == []
    return storm


def test_nothing_crosses_in_a_short_storm(committed_db):
    storm = blow(tenants=50, seconds=6, threads=12, tasks=40)
    assert storm.counts["done"] > 500
    assert storm.counts["async"] > 50
    assert storm.counts["cancels"] > 50, "it was no storm"


@pytest.mark.heavy
def test_nothing_crosses_in_a_long_storm(committed_db):
    storm = blow(tenants=50, seconds=180, threads=32, tasks=200)
    print(f"\nisolation: 50 tenants, {dict(storm.counts)}, 0 crossed")
    assert storm.counts["done"] > 20_000
