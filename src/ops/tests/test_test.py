"""``./wasl test`` runs everything, the browser tests last, and fails when either part did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ops import test


@pytest.mark.parametrize(("statuses", "expected"), [((0, 0), 0), ((1, 0), 1), ((0, 3), 3), ((1, 3), 1)])
def test_both_parts_count(statuses: tuple[int, int], expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def run(command: Sequence[str], env: Mapping[str, str]) -> int:
        asked.append(command[-1])
        return statuses[len(asked) - 1]

    monkeypatch.setattr(test, "run_foreground", run)
    assert test.main([]) == expected
    assert asked == ["--ignore=tests/e2e", "tests/e2e"]
