"""One case of the conformance table, with the words that the families share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

T, F, E = "true", "false", "error"
ABSENT = type("Absent", (), {"__repr__": lambda self: "absent"})()

PARIS, TEHRAN, ALGIERS = "Europe/Paris", "Asia/Tehran", "Africa/Algiers"
NOON = "2026-03-21T12:00:00Z"  # 15:30 in Tehran, 13:00 in Paris and Algiers
COUPON = "سلام، کد تخفیف دارید؟"

NOT_A_NUMBER = "not a number"
NOT_A_TIME = "not an ISO 8601 date or time"
NOT_TEXT = "not text"
NOT_TEXT_OR_LIST = "neither text nor a list"
A_LIST = "a list: use contains, or in for any of its items"
AN_OBJECT = "an object: compare one of its fields, as in field.name"
TOO_FAR = "too far from the present to be compared"
NO_ZONE = "not the name of a time zone"


@dataclass(frozen=True)
class Case:
    """``op`` on a field of ``type`` is to find ``result`` when ``value`` was asked for and ``actual`` is there.

    ``actual`` is the field's value; for ``changed_to`` the event's record of the change, for ``performed`` the count
    that history answers. ``reason`` is what an error complains of; ``blames`` the path at fault where that is not the
    field. The tenant is in ``zone``.
    """

    op: str
    type: str
    value: Any
    actual: Any
    result: str
    reason: str | None = None
    zone: str = TEHRAN
    now: str = NOON
    blames: str | None = None

    @property
    def field(self) -> str:
        """The field that the case asks of."""
        return "user" if self.op == "performed" else f"event.data.{self.type}"

    @property
    def document(self) -> dict[str, Any]:
        """The predicate as JSON."""
        line = {"field": self.field, "op": self.op}
        return line if self.value is None and self.op != "changed_to" else {**line, "value": self.value}

    @property
    def context(self) -> dict[str, Any]:
        """What the predicate is asked about."""
        data: dict[str, Any] = {}
        roots: dict[str, Any] = {}
        if self.actual is not ABSENT:
            if self.op == "performed":
                roots["history"] = lambda query: self.actual
            elif self.op == "changed_to":
                data["changes"] = {self.type: self.actual}
            else:
                data[self.type] = self.actual
        return {"event": {"data": data}, "tenant": {"timezone": self.zone}, "now": self.now, **roots}
