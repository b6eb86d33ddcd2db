"""The truth tables of all, any and not, written out: results, what is asked for them, what the explanation shows."""

from __future__ import annotations

import pytest

from core import predicates
from core.predicates import Explanation, Result, parse

T, F, E = "true", "false", "error"
COUNTS = {T: 1, F: 0, E: None}
NOW = "2026-03-21T12:00:00Z"


class Asked:
    """A history that answers by the name of the event type and keeps what it was asked."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, query: predicates.HistoryQuery) -> int | None:
        self.names.append(query.event_type)
        return COUNTS[query.event_type.split("_")[0].lower()]


def document(sketch):
    """``("all", "true", ("not", "error"))`` as a predicate whose lines ask history, numbered in their order."""
    number = 0

    def node(part):
        nonlocal number
        if isinstance(part, str):
            number += 1
            value = {"event_type": f"{part.upper()}_{number}", "within": "1d"}
            return {"field": "user", "op": "performed", "value": value}
        kind, *children = part
        return {kind: node(children[0])} if kind == "not" else {kind: [node(child) for child in children]}

    return node(sketch)


def outline(explanation: Explanation):
    """The results of the whole tree: ``("error", ["true", "error"])``."""
    if not explanation.children:
        return explanation.result.value
    return explanation.result.value, [outline(child) for child in explanation.children]


TABLES = [
    (("all",), T),
    (("any",), F),
    (("not", T), F),
    (("not", F), T),
    (("not", E), E),
    (("all", T), T),
    (("all", F), F),
    (("all", E), E),
    (("any", T), T),
    (("any", F), F),
    (("any", E), E),
    (("all", T, T), T),
    (("all", T, F), F),
    (("all", T, E), E),
    (("all", F, T), F),
    (("all", F, F), F),
    (("all", F, E), F),
    (("all", E, T), E),
    (("all", E, F), F),
    (("all", E, E), E),
    (("any", T, T), T),
    (("any", T, F), T),
    (("any", T, E), T),
    (("any", F, T), T),
    (("any", F, F), F),
    (("any", F, E), E),
    (("any", E, T), T),
    (("any", E, F), E),
    (("any", E, E), E),
    (("not", ("all",)), F),
    (("not", ("any",)), T),
    (("not", ("not", T)), T),
    (("not", ("not", E)), E),
    (("not", ("all", T, F)), T),
    (("not", ("all", T, E)), E),
    (("not", ("all", F, E)), T),
    (("not", ("any", F, F)), T),
    (("not", ("any", T, E)), F),
    (("not", ("any", F, E)), E),
    (("all", T, ("any", F, T)), T),
    (("all", T, ("any", F, F)), F),
    (("all", T, ("any", F, E)), E),
    (("all", ("any", E, T), ("any", F, T)), T),
    (("all", ("any", E, F), ("any", F, F)), F),
    (("all", ("not", E), T), E),
    (("all", ("not", E), ("not", T)), F),
    (("any", F, ("all", T, T)), T),
    (("any", F, ("all", T, E)), E),
    (("any", ("all", E, F), ("all", T, T)), T),
    (("any", ("all", E, T), ("not", F)), T),
    (("any", ("not", T), ("all", E, F)), F),
    (("any", ("all",), E), T),
    (("all", ("any",), E), F),
    (("all", ("not", ("any", F, ("all", T, F))), ("any", E, ("not", F))), T),
    (("any", ("not", ("all", T, ("any", E, F))), ("all", T, ("not", E))), E),
]


@pytest.mark.parametrize(("sketch", "wanted"), TABLES, ids=lambda value: str(value).replace("'", ""))
def test_table(sketch, wanted):
    predicate = predicates.compile(parse(document(sketch)))
    context = {"now": NOW, "history": Asked()}
    assert predicate.evaluate(context) is Result(wanted)
    assert predicate.explain(context).result is Result(wanted)


@pytest.mark.parametrize(
    ("sketch", "asked", "shown", "reasons"),
    [
        # A false settles all, a true settles any; an error settles nothing.
        (("all", F, T, E), 1, (F, [F, T, E]), 1),
        (("all", T, F, E), 2, (F, [T, F, E]), 1),
        (("all", E, F, T), 2, (F, [E, F, T]), 1),
        (("all", E, T, E), 3, (E, [E, T, E]), 2),
        (("any", T, F, E), 1, (T, [T, F, E]), 1),
        (("any", F, T, E), 2, (T, [F, T, E]), 1),
        (("any", E, T, F), 2, (T, [E, T, F]), 1),
        (("any", E, F, E), 3, (E, [E, F, E]), 2),
        (("not", ("any", T, E)), 1, (F, [(T, [T, E])]), 1),
        (("all", ("any", T, F), ("not", T), E), 2, (F, [(T, [T, F]), (F, [T]), E]), 1),
        (("any", ("all", F, E, E), ("any", T, E), T), 2, (T, [(F, [F, E, E]), (T, [T, E]), T]), 3),
    ],
)
def test_evaluation_stops_when_it_knows_but_the_explanation_shows_all(sketch, asked, shown, reasons):
    """Lines that evaluation never came to are explained with what they would have found, their errors included."""
    predicate = predicates.compile(parse(document(sketch)))
    history = Asked()
    result = predicate.evaluate({"now": NOW, "history": history})
    assert result.value == shown[0]
    assert len(history.names) == asked
    everything = Asked()
    explanation = predicate.explain({"now": NOW, "history": everything})
    assert outline(explanation) == shown
    # Each line asks once, in the order of the document.
    assert [name.rsplit("_")[1] for name in everything.names] == [
        str(number + 1) for number in range(len(everything.names))
    ]
    assert history.names == [name for name in everything.names if name in history.names]
    assert len(explanation.errors()) == reasons
    assert explanation.as_text().count("\n") + 1 == str(shown).count("'") // 2
