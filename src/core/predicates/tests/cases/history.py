"""changed_to, whose actual value is the event's record of the change, and performed, whose actual value is a count."""

from __future__ import annotations

from core.predicates.tests.cases.base import A_LIST, ABSENT, AN_OBJECT, Case, E, F, T

NO_CHANGE = 'not a change of the form {"from": old, "to": new}'
ORDERED = {"event_type": "ORDER_PLACED", "within": "30d"}
NO_HISTORY = "not the function that counts past events"
NO_COUNT = "not able to tell how often that happened"


def change(old: object, new: object) -> dict[str, object]:
    """The record of a change, as USER_UPDATED carries it."""
    return {"from": old, "to": new}


CASES = [
    Case("changed_to", "text", "closed", change("open", "closed"), T),
    Case("changed_to", "text", "closed", change("closed", "closed"), F),
    Case("changed_to", "text", "closed", change("closed", "open"), F),
    Case("changed_to", "text", "closed", change(None, "closed"), T),
    Case("changed_to", "text", "closed", {"to": "closed"}, T),
    Case("changed_to", "text", "closed", ABSENT, F),
    Case("changed_to", "text", "closed", None, F),
    Case("changed_to", "text", "closed", change("open", None), F),
    Case("changed_to", "text", None, change("open", None), T),
    Case("changed_to", "text", None, change(None, None), F),
    Case("changed_to", "text", None, change("open", ""), F),
    Case("changed_to", "text", "بسته", change("باز", "بسته"), T),
    Case("changed_to", "text", "بسته", change("بسته", "باز"), F),
    Case("changed_to", "text", "کتاب", change("", "كتاب"), F),  # Arabic kaf
    Case("changed_to", "text", "café", change("", "cafe\u0301"), T),
    Case("changed_to", "text", "café", change("cafe\u0301", "café"), F),  # the same after NFC
    Case("changed_to", "text", "می‌خواهم", change("", "میخواهم"), F),
    Case("changed_to", "number", 5, change(4, 5), T),
    Case("changed_to", "number", 5, change(5, 5.0), F),
    Case("changed_to", "number", 5, change("5", 5), T),
    Case("changed_to", "number", 5, change(4, "۵"), F),
    Case("changed_to", "boolean", True, change(False, True), T),
    Case("changed_to", "boolean", True, change(None, True), T),
    Case("changed_to", "boolean", False, change(0, False), T),
    Case("changed_to", "boolean", True, change(True, True), F),
    Case("changed_to", "datetime", "2026-03-21", change("2026-03-20", "2026-03-21"), T),
    Case("changed_to", "datetime", "2026-03-21", change("2026-03-21T01:00", "2026-03-21T02:00"), F),
    Case("changed_to", "datetime", None, change("2026-03-21", None), T),
    Case("changed_to", "any", "vip", change([], ["vip"]), E, A_LIST),
    Case("changed_to", "any", "vip", change("x", {"vip": 1}), E, AN_OBJECT),
    Case("changed_to", "any", "closed", "closed", E, NO_CHANGE, blames="event.data.changes.any"),
    Case("changed_to", "any", "closed", {"from": "open"}, E, NO_CHANGE, blames="event.data.changes.any"),
    Case("changed_to", "any", "vip", change(["new"], "vip"), T),
    Case("performed", "object", ORDERED, 0, F),
    Case("performed", "object", ORDERED, 1, T),
    Case("performed", "object", ORDERED, 1000, T),
    Case("performed", "object", {**ORDERED, "at_least": 3}, 2, F),
    Case("performed", "object", {**ORDERED, "at_least": 3}, 3, T),
    Case("performed", "object", {**ORDERED, "at_least": 2, "at_most": 3}, 1, F),
    Case("performed", "object", {**ORDERED, "at_least": 2, "at_most": 3}, 3, T),
    Case("performed", "object", {**ORDERED, "at_least": 2, "at_most": 3}, 4, F),
    Case("performed", "object", {**ORDERED, "at_least": 0, "at_most": 0}, 0, T),
    Case("performed", "object", {**ORDERED, "at_least": 0, "at_most": 0}, 1, F),
    Case("performed", "object", {**ORDERED, "at_most": None}, 5, T),
    Case("performed", "object", {**ORDERED, "within": "۷d"}, 1, T),  # Persian digits
    Case("performed", "object", {**ORDERED, "within": "PT90M"}, 0, F),
    Case("performed", "object", ORDERED, ABSENT, E, NO_HISTORY, blames="history"),
    Case("performed", "object", ORDERED, None, E, NO_COUNT, blames="history"),
    Case("performed", "object", ORDERED, "۳", E, NO_COUNT, blames="history"),
    Case("performed", "any", ORDERED, True, E, NO_COUNT, blames="history"),
    Case("performed", "any", ORDERED, 2, T),
]
