"""What actions that name members of the team share: the check that these are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from accounts.notifications.members import check_role, member_named
from core.errors import PermanentError

_LOOKUPS: dict[str, Callable[[str], Any]] = {"member": member_named, "role": check_role}


def team_problems(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``(key, problem)`` for a config's ``member`` and ``role``, where they name nobody."""
    problems: list[tuple[str, str]] = []
    for key, look_up in _LOOKUPS.items():
        named = str(config.get(key) or "").strip()
        try:
            if named:
                look_up(named)
        except PermanentError as exc:
            problems.append((key, str(exc)))
    return problems
