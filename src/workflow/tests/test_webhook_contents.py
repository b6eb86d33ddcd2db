"""What a webhook reads of a request: whom it is about, and whether it came before."""

from __future__ import annotations

import json
import uuid

import pytest

from core.errors import PermanentError
from events.models import Event
from workflow.graph import DocumentError
from workflow.models import WorkflowExecution
from workflow.roots import RESOLVERS
from workflow.tests.hook_support import hooked, post

# -- contacts ----------------------------------------------------------------------------------------------------------


def _taken(engine, sender, hook, body) -> Event:
    answer = post(sender, hook, json.dumps(body).encode())
    assert answer.status_code == 202, answer.json()
    engine.work()
    return Event.objects.get(id=answer.json()["event_id"])


def test_the_request_names_its_contact(engine, sender):
    hook = hooked(engine, contact={"path": "body.customer.id"})

    first = _taken(engine, sender, hook, {"customer": {"id": "C-1"}})
    again = _taken(engine, sender, hook, {"customer": {"id": "C-1"}})
    number = _taken(engine, sender, hook, {"customer": {"id": 42}})

    assert first.contact_id == again.contact_id != number.contact_id
    assert RESOLVERS.get("contact")("42") == number.contact_id
    assert WorkflowExecution.objects.get(event_id=first.id).contact_id == first.contact_id


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "holds no external_id"),
        ({"customer": {"id": ""}}, "holds no external_id"),
        ({"customer": {"id": True}}, "holds no external_id"),
        ({"customer": {"id": ["x"]}}, "holds no external_id"),
        ({"customer": {"id": "x" * 400}}, "longer than any external_id"),
    ],
)
def test_without_a_contact_the_request_counts_and_says_why(engine, sender, body, words):
    hook = hooked(engine, contact={"path": "body.customer.id"})

    event = _taken(engine, sender, hook, body)

    assert event.contact_id is None
    assert words in event.data["contact_problem"]
    assert WorkflowExecution.objects.get(event_id=event.id).state == "completed"


@pytest.fixture
def resolvers(monkeypatch):
    """The registry, for this test."""
    items = dict(RESOLVERS._items)
    monkeypatch.setattr(RESOLVERS, "_items", items)
    return items


@pytest.mark.parametrize(
    ("identify_by", "first", "second", "kept"),
    [
        ("phone", "0555 12 34 56", "٠٠٢١٣٥٥٥١٢٣٤٥٦", "+213555123456"),
        ("email", "Amina@Example.com", "amina@example.com", None),
    ],
)
def test_contacts_by_phone_and_email(engine, sender, identify_by, first, second, kept):
    hook = hooked(engine, contact={"path": "body.who", "identify_by": identify_by})

    made = _taken(engine, sender, hook, {"who": first}).contact_id
    again = _taken(engine, sender, hook, {"who": second}).contact_id

    assert made is not None
    assert made == again
    assert engine.user(made)[identify_by] == (kept or second)


def test_a_phone_number_that_cannot_be_read_is_told_with_the_mend(engine, sender):
    hook = hooked(engine, contact={"path": "body.who", "identify_by": "phone"})

    event = _taken(engine, sender, hook, {"who": "أمينة"})

    assert event.contact_id is None
    assert event.data["contact_problem"] == (
        "body.who: phone: 'أمينة' is not a phone number; write it with its country code, as +213555123456"
    )


def test_a_contact_that_cannot_be_made_is_told(engine, sender, resolvers):
    def refuse(value: str) -> uuid.UUID:
        raise PermanentError(f"{value} is no phone number.")

    resolvers["contact_by_phone"] = refuse
    hook = hooked(engine, contact={"path": "body.phone", "identify_by": "phone"})

    event = _taken(engine, sender, hook, {"phone": "abc"})

    assert event.contact_id is None
    assert event.data["contact_problem"] == "body.phone: abc is no phone number."


def test_an_identifier_that_nobody_knows_is_refused_when_publishing(engine, sender, resolvers):
    resolvers.pop("contact_by_email", None)

    with pytest.raises(DocumentError, match="cannot be found by email here"):
        hooked(engine, contact={"path": "body.email", "identify_by": "email"})


# -- repetitions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "first", "second", "same"),
    [
        ("body.id", {"body": {"id": "ر-1"}}, {"body": {"id": "ر-1", "more": 1}}, True),
        ("body.id", {"body": {"id": 1}}, {"body": {"id": 2}}, False),
        ("body.id", {"body": {}}, {"body": {}}, False),
        ("headers.x-delivery", {"X-Delivery": "d1"}, {"X-Delivery": "d1"}, True),
        ("headers.x-delivery", {"X-Delivery": "d1"}, {"X-Delivery": "d2"}, False),
        (None, {"body": {"id": 1}}, {"body": {"id": 1}}, False),
    ],
)
def test_the_same_request_counts_once(engine, sender, path, first, second, same):
    hook = hooked(engine, **({"idempotency": path} if path else {}))
    answers = []
    for request in (dict(first), dict(second)):
        body = json.dumps(request.pop("body", {})).encode()
        answers.append(post(sender, hook, body, **request))
    engine.work()

    assert [answer.status_code for answer in answers] == [202, 200 if same else 202]
    assert [answer.json()["duplicate"] for answer in answers] == [False, same]
    assert (answers[0].json()["event_id"] == answers[1].json()["event_id"]) is same
    assert WorkflowExecution.objects.count() == (1 if same else 2)


def test_repetitions_are_one_webhooks_own(engine, sender):
    first, second = hooked(engine, idempotency="body.id"), hooked(engine, idempotency="body.id")

    assert [post(sender, hook, b'{"id": 1}').status_code for hook in (first, second)] == [202, 202]
