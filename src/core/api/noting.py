"""What a view tells the audit about its request, beyond what is seen from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model


@dataclass(slots=True)
class Noted:
    """``row`` is what the request is about as it was found, with ``before`` its values then; ``detail`` is JSON in the
    view's own words, with no secret in it."""

    row: Model | None = None
    before: dict[str, Any] = field(default_factory=dict)
    object_type: str = ""
    object_id: str = ""
    object_label: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def noted(request: Any) -> Noted:
    """The notes on a request (Django's or DRF's), the same at every call."""
    plain = getattr(request, "_request", request)
    notes: Noted | None = getattr(plain, "_wasl_noted", None)
    if notes is None:
        notes = plain._wasl_noted = Noted()
    return notes
