"""changed_to and performed: the operators that look back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import predicates
from core.errors import RetryableError
from core.predicates import HistoryQuery, Result, parse


def judge(document, context):
    predicate = predicates.compile(parse(document))
    explanation = predicate.explain(context)
    assert predicate.evaluate(context) is explanation.result
    return explanation


@pytest.mark.parametrize("field", ["event.data.status", "event.data.changes.status"])
@pytest.mark.parametrize(
    ("value", "data", "wanted"),
    [
        ("closed", {"changes": {"status": {"from": "open", "to": "closed"}}}, "true"),
        ("closed", {"changes": {"status": {"from": "closed", "to": "closed"}}}, "false"),
        ("closed", {"changes": {"status": {"from": "closed", "to": "open"}}}, "false"),
        ("closed", {"changes": {"status": {"to": "closed"}}}, "true"),
        ("closed", {"changes": {"stage": {"from": "open", "to": "closed"}}}, "false"),
        ("closed", {"changes": {}, "status": "closed"}, "false"),
        ("closed", {"status": "closed"}, "false"),
        ("closed", {"status": "closed", "previous": {"status": "open"}}, "true"),
        ("closed", {"status": "closed", "previous": {"status": None}}, "true"),
        ("closed", {"status": "closed", "previous": {"status": "closed"}}, "false"),
        ("closed", {"status": "closed", "previous": {"stage": "open"}}, "false"),
        ("closed", {"previous": {"status": "open"}}, "false"),
        (None, {"changes": {"status": {"from": "open", "to": None}}}, "true"),
        (None, {"changes": {"status": {"from": None, "to": None}}}, "false"),
        (None, {"previous": {"status": "open"}}, "true"),
        ("بسته", {"changes": {"status": {"from": "باز", "to": "بسته"}}}, "true"),
        (5, {"changes": {"status": {"from": 5, "to": 5.0}}}, "false"),
        (5, {"changes": {"status": {"from": "5", "to": 5}}}, "true"),
        ("vip", {"changes": {"status": {"from": [], "to": ["vip"]}}}, "error"),
        ("closed", {"changes": {"status": "closed"}}, "error"),
        ("closed", {"changes": {"status": {"from": "open"}}}, "error"),
        ("closed", {"status": "closed", "previous": ["open"]}, "error"),
    ],
)
def test_changed_to(field, value, data, wanted):
    document = {"field": field, "op": "changed_to", "value": value}
    assert judge(document, {"event": {"data": data}}).result is Result(wanted)


def test_changed_to_shows_both_values_and_explains_a_wrong_record():
    document = {"field": "event.data.status", "op": "changed_to", "value": "closed"}
    good = judge(document, {"event": {"data": {"changes": {"status": {"from": "open", "to": "closed"}}}}})
    assert good.actual == "{'from': 'open', 'to': 'closed'}"
    bad = judge(document, {"event": {"data": {"changes": {"status": "closed"}}}})
    assert bad.reason == (
        'event.data.changes.status is \'closed\', not a change of the form {"from": old, "to": new}'
    )


CUSTOM = {"changes": {"custom.size": {"from": "M", "to": "L"}, "language": {"from": "", "to": "fa"}}}


@pytest.mark.parametrize(
    ("field", "value", "event", "wanted"),
    [
        # A custom field: its change stands under one key with a dot in it.
        ("event.data.changes.custom.size", "L", {"type": "USER_UPDATED", "data": CUSTOM}, "true"),
        ("event.data.custom.size", "L", {"type": "USER_UPDATED", "data": CUSTOM}, "true"),
        ("event.data.custom.size", "M", {"type": "USER_UPDATED", "data": CUSTOM}, "false"),
        ("event.data.custom.colour", "L", {"type": "USER_UPDATED", "data": CUSTOM}, "false"),
        # The nearest record counts.
        (
            "event.data.custom.size",
            "S",
            {"data": {**CUSTOM, "custom": {"changes": {"size": {"from": "M", "to": "S"}}}}},
            "true",
        ),
        # A field of a noun, in the events about it.
        ("user.language", "fa", {"type": "USER_UPDATED", "data": CUSTOM}, "true"),
        ("user.language", "ar", {"type": "USER_UPDATED", "data": CUSTOM}, "false"),
        ("user.custom.size", "L", {"type": "USER_UPDATED", "data": CUSTOM}, "true"),
        ("user.name", "علی", {"type": "USER_UPDATED", "data": CUSTOM}, "false"),
        ("user.language", "fa", {"type": "CONVERSATION_UPDATED", "data": CUSTOM}, "false"),
        ("user.language", "fa", {"data": CUSTOM}, "false"),
        ("conversation.language", "fa", {"type": "CONVERSATION_UPDATED", "data": CUSTOM}, "true"),
        ("user.language", "fa", {"type": "USER_UPDATED", "data": {"changes": {"language": "fa"}}}, "error"),
    ],
)
def test_changed_to_finds_the_record_of_the_change(field, value, event, wanted):
    context = {"event": event, "user": {"language": "fa", "name": "علی", "custom": {"size": "L"}}}
    assert judge({"field": field, "op": "changed_to", "value": value}, context).result is Result(wanted)


NOW = datetime(2026, 3, 21, 12, tzinfo=UTC)
ORDERED = {"event_type": "ORDER_PLACED", "within": "30d"}


@pytest.mark.parametrize(
    ("limits", "count", "wanted"),
    [
        ({}, 0, "false"),
        ({}, 1, "true"),
        ({"at_least": 3}, 2, "false"),
        ({"at_least": 3}, 3, "true"),
        ({"at_least": 1, "at_most": 2}, 3, "false"),
        ({"at_least": 0, "at_most": 0}, 0, "true"),
        ({"at_least": 0, "at_most": 0}, 1, "false"),
        ({"at_most": None}, 1000, "true"),
    ],
)
def test_performed_counts(limits, count, wanted):
    asked = []

    def history(query):
        asked.append(query)
        return count

    document = {"field": "user", "op": "performed", "value": {**ORDERED, **limits}}
    explanation = judge(document, {"history": history, "now": NOW, "user": {"id": "علی"}})
    assert explanation.result is Result(wanted)
    assert explanation.actual == str(count)
    since = datetime(2026, 2, 19, 12, tzinfo=UTC)
    assert set(asked) == {HistoryQuery(subject="user", event_type="ORDER_PLACED", since=since, until=NOW)}


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"now": NOW}, "history is null, not the function that counts past events"),
        ({"now": NOW, "history": 3}, "history is 3, not the function that counts past events"),
        ({"history": len}, "now is null, not the present moment as an ISO 8601 date and time"),
        (
            {"history": lambda query: 1, "now": "0001-01-02T00:00:00Z"},
            "now is '0001-01-02T00:00:00Z', not the present",
        ),
        ({"now": NOW, "history": lambda query: None}, "able to tell how often that happened"),
        ({"now": NOW, "history": lambda query: True}, "able to tell how often that happened"),
    ],
)
def test_performed_without_an_answer_is_an_error(context, reason):
    explanation = judge({"field": "user", "op": "performed", "value": ORDERED}, context)
    assert explanation.result is Result.ERROR
    assert reason in explanation.reason


def test_what_history_raises_passes_through():
    def history(query):
        raise RetryableError("the database is restarting")

    predicate = predicates.compile(parse({"field": "user", "op": "performed", "value": ORDERED}))
    with pytest.raises(RetryableError, match="restarting"):
        predicate.evaluate({"history": history, "now": NOW})


def test_history_is_not_asked_when_the_rest_has_decided():
    document = {
        "all": [
            {"field": "user.tags", "op": "contains", "value": "vip"},
            {"field": "user", "op": "performed", "value": ORDERED},
        ]
    }

    def history(query):
        raise AssertionError("asked")

    assert predicates.compile(parse(document)).evaluate({"history": history, "now": NOW}) is Result.FALSE
