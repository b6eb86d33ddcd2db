"""The settings of a tenant's engine: read with the installation's defaults, changed, told to every process."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from core.errors import PermanentError
from workflow.actions.base import ACTIONS
from workflow.models import EngineSettings
from workflow.services.touching import touch

MAX_RETENTION_DAYS = 3_650
MAX_PER_HOUR = 2_000_000_000
MAX_COST = 1_000_000_000


class InvalidSettingError(PermanentError):
    """A setting is not valid. ``field`` names it, ``problem`` says what to do."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSettings:
    """What holds, the installation's own settings where the tenant set none; ``None`` is no limit."""

    retention_days: int
    executions_per_hour: int | None
    contact_executions_per_hour: int | None
    action_costs: Mapping[str, float]


def engine_settings() -> EngineSettings:
    """What the tenant has set; a row that is not stored yet while it has set nothing."""
    return EngineSettings.objects.filter(id=1).first() or EngineSettings()


def effective_settings(own: EngineSettings | None = None) -> EffectiveSettings:
    """What holds in the current tenant."""
    own = own or engine_settings()
    return EffectiveSettings(
        retention_days=settings.WORKFLOW_RETENTION_DAYS if own.retention_days is None else own.retention_days,
        executions_per_hour=own.executions_per_hour,
        contact_executions_per_hour=own.contact_executions_per_hour,
        action_costs=own.action_costs,
    )


def check_settings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """``changes`` as they are stored. Raises ``InvalidSettingError``."""
    return {field: _CHECKS[field](field, value) for field, value in changes.items()}


def change_settings(changes: Mapping[str, Any]) -> EngineSettings:
    """Set the named settings and leave the others. Raises ``InvalidSettingError``."""
    checked = check_settings(changes)
    with transaction.atomic():
        EngineSettings.objects.get_or_create(id=1)
        own = EngineSettings.objects.select_for_update().get(id=1)
        for field, value in checked.items():
            setattr(own, field, value)
        own.save(update_fields=list(checked))
        # The limits are held by what every process keeps of the active workflows.
        touch()
    return own


def _retention(field: str, value: Any) -> int | None:
    return _whole(field, value, most=MAX_RETENTION_DAYS)


def _limit(field: str, value: Any) -> int | None:
    return _whole(field, value, most=MAX_PER_HOUR)


def _whole(field: str, value: Any, *, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidSettingError(field, f"Write a whole number from 1 to {most:,}, or null.")
    return value


def _costs(field: str, value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InvalidSettingError(field, "Write a number for each action's slug.")
    for slug, cost in value.items():
        if slug not in ACTIONS:
            raise InvalidSettingError(field, f"There is no action {slug!r}; known: {', '.join(ACTIONS)}.")
        if (
            isinstance(cost, bool)
            or not isinstance(cost, int | float)
            or not math.isfinite(cost)
            or not 0 <= cost <= MAX_COST
        ):
            raise InvalidSettingError(field, f"The cost of {slug!r} must be a number from 0 to {MAX_COST:,}.")
    return dict(value)


_CHECKS = {
    "retention_days": _retention,
    "executions_per_hour": _limit,
    "contact_executions_per_hour": _limit,
    "action_costs": _costs,
}
