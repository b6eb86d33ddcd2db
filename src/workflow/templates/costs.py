"""What an execution of a template costs, by the tenant's own prices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.models import EngineSettings
from workflow.templates.document import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One action: how often it is used, and what one use costs; ``None`` where the tenant has set no price."""

    action: str
    uses: float
    each: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Per execution, in the tenant's currency. ``complete`` tells whether every action has a price."""

    currency: str
    total: float
    complete: bool
    lines: tuple[CostLine, ...]


@dataclass(frozen=True, slots=True)
class Prices:
    """What one use of each action costs, in ``currency``."""

    currency: str
    each: Mapping[str, float]


def prices() -> Prices:
    """The tenant's own."""
    settings = EngineSettings.objects.filter(id=1).first() or EngineSettings()
    each = {slug: float(value) for slug, value in settings.action_costs.items() if _is_number(value)}
    currency = Tenant.objects.values_list("currency", flat=True).get(id=require_tenant().id)
    return Prices(currency, each)


def cost_of(template: Template, known: Prices) -> Cost:
    """What one execution costs on average."""
    lines = tuple(
        CostLine(action=use.action, uses=use.uses, each=known.each.get(use.action))
        for use in template.estimated_cost
    )
    # By their texts, so that three times 0.1 is 0.3.
    total = sum((Decimal(str(line.uses)) * Decimal(str(line.each or 0)) for line in lines), Decimal())
    return Cost(
        currency=known.currency,
        total=float(total),
        complete=all(line.each is not None for line in lines),
        lines=lines,
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
