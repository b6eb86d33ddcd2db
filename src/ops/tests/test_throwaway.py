"""A throw-away stack ignores the environment's servers and leaves nothing, even when its run was killed."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from ops.stack import Stack
from ops.throwaway import throwaway_stack


def test_it_is_gone_afterwards(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production.invalid/wasl")
    with throwaway_stack(root) as stack:
        psycopg.connect(stack.info.app_url).close()
        assert "production" not in stack.info.env()["DATABASE_URL"]
    assert [path.name for path in root.iterdir()] == ["lock"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(stack_url(stack))


def stack_url(stack: Stack) -> str:
    return f"postgresql://wasl_app@127.0.0.1/{stack.root.name}?connect_timeout=1&port=1"


def test_runs_side_by_side_do_not_meet(root: Path) -> None:
    with throwaway_stack(root) as first, throwaway_stack(root) as second:
        assert first.info.app_url != second.info.app_url
        psycopg.connect(first.info.app_url).close()


def test_a_killed_run_is_cleared_away_by_the_next(root: Path) -> None:
    (root / "stack-killed").mkdir()
    killed = Stack(root / "stack-killed", environ={}, throwaway=True)
    url = killed.start().app_url  # not inside `with`: nobody holds it, as after kill -9
    with throwaway_stack(root):
        assert not killed.root.exists()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url)
