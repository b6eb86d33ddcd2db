"""Predicates translated to SQL: the same answers as the predicates themselves, whatever the operator and the contact."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.predicates import Result
from crm.models import Contact
from crm.querying import ContactFilter, InvalidFilterError, InvalidOrderingError, find_contacts, ids_after
from crm.querying import search as searching
from crm.querying.search import sides_of
from crm.services.cause import Cause
from crm.services.consent import Wish, set_opted_out_many
from crm.services.contacts import create_contact
from crm.services.fields import declare_field
from crm.services.segment_evaluation import compiled, contexts_of
from crm.services.segments import add_contacts, create_segment
from crm.services.tagging import Tagging, add_tags
from events.services.publishing import NewEvent, publish

pytestmark = pytest.mark.usefixtures("inside")

PEOPLE: list[dict[str, Any]] = [
    {"name": "أمينة بن علي", "phone": "0555123456", "email": "amina@example.com", "language": "ar"},
    {"name": "رضا کیانی", "external_id": "customer123", "language": "fa"},
    {"name": "Zoé Müller", "email": "zoe@example.org", "language": "fr", "timezone": "Europe/Paris"},
    {"name": "Zoe\u0301 Martin", "phone": "0661223344"},
    {"name": "", "phone": "0770112233"},
    {"name": "   ", "external_id": "50%_off"},
    {"name": "ALI", "email": "ali@example.com", "external_id": "ali"},
]
CUSTOM: list[dict[str, Any]] = [
    {"size": "L", "visits": 3, "vip": True, "born": "1990-03-20", "seen": "2026-03-20T10:00:00+01:00"},
    {"size": "کوچک", "visits": 3.5, "vip": False, "born": "2001-12-31"},
    {"note": "Caf\u00e9", "visits": -2, "seen": "2026-03-20T23:30:00"},
    {"note": "Cafe\u0301", "born": "1990-03-21"},
    {},
    {"note": " \u200c ", "visits": 0},
    {"note": "2026-03-20", "size": "L"},
]


@pytest.fixture
def people(inside, events_of) -> list[Contact]:
    declare_field(slug="size", label="المقاس", type="choice", choices=["L", "کوچک"])
    declare_field(slug="visits", label="Visites", type="number")
    declare_field(slug="vip", label="VIP", type="boolean")
    declare_field(slug="born", label="تولد", type="date")
    declare_field(slug="seen", label="Vu", type="datetime")
    declare_field(slug="note", label="Note", type="text")
    made = [create_contact(values, custom=own) for values, own in zip(PEOPLE, CUSTOM, strict=True)]
    add_tags([Tagging(made[0].id, "زبونة وفية"), Tagging(made[0].id, "VIP"), Tagging(made[2].id, "Été")])
    loyal = create_segment(name="الأوفياء", key="loyal", kind="static")
    add_contacts(loyal, [made[1].id, made[2].id], Cause())
    set_opted_out_many([Wish(contact_id=made[3].id, opted_out=True)])
    for n, times in ((0, 3), (1, 1)):
        for _ in range(times):
            publish(NewEvent(type="ORDER_PLACED", contact_id=made[n].id))
    Contact.objects.filter(id=made[6].id).update(created_at=datetime.now(UTC) - timedelta(days=40))
    return made


def line(field: str, op: str, value: Any = None) -> dict[str, Any]:
    bare = op in ("is_null", "is_not_null", "is_empty", "is_not_empty")
    return {"field": field, "op": op} if bare else {"field": field, "op": op, "value": value}


TEXTS = ["user.name", "user.first_name", "user.phone", "user.email", "user.external_id", "user.language"]
TEXTS += ["user.timezone", "user.custom.note", "user.custom.size"]
WORDS = ["ali", "ALI", "أمينة", "Zoé", "Zoe\u0301", "L", "%", "_", "2026-03-20", "fa", "+213555123456", ""]
DATES = ["2026-03-20", "1990-03-20", "2026-03-20T09:00:00Z", "2030-01-01"]
LINES: list[dict[str, Any]] = [
    *(
        line(field, op, word)
        for field in TEXTS
        for op in ("equals", "not_equals", "contains", "icontains", "starts_with", "ends_with")
        for word in WORDS
        if word or op in ("equals", "not_equals")
    ),
    *(line(field, op, ["ali", "fa", "L", "customer123"]) for field in TEXTS for op in ("in", "not_in")),
    *(
        line(field, op)
        for field in [*TEXTS, "user.tags", "user.segments", "user.custom.born", "user.custom.visits", "user.custom.vip"]
        for op in ("is_null", "is_not_null", "is_empty", "is_not_empty")
    ),
    *(line("user.custom.visits", op, value) for op in ("equals", "greater", "less") for value in (3, 3.5, -2, 0)),
    *(line("user.custom.visits", op, [0, 3]) for op in ("between", "not_between", "in", "not_in")),
    *(line("user.custom.visits", op, "3") for op in ("equals", "greater", "contains")),
    *(line("user.custom.note", op, 3) for op in ("equals", "greater", "contains")),
    *(line("user.custom.vip", op, value) for op in ("equals", "not_equals") for value in (True, False)),
    *(
        line(field, op, day)
        for field in ("user.custom.born", "user.custom.seen", "user.custom.note", "user.created_at")
        for op in ("equals", "greater", "less")
        for day in DATES
    ),
    *(
        line(field, op, ["1990-03-20", "2026-03-20"])
        for field in ("user.custom.born", "user.custom.seen", "user.created_at")
        for op in ("between", "not_between")
    ),
    *(line(field, "within_last", "30d") for field in ("user.custom.born", "user.custom.seen", "user.created_at")),
    *(line("user.tags", op, word) for op in ("contains", "icontains") for word in ("VIP", "vip", "ÉTÉ", "E\u0301t\u00e9")),
    *(line("user.tags", op, ["VIP", "Été"]) for op in ("in", "not_in")),
    *(line("user.segments", "contains", key) for key in ("loyal", "nobody")),
    *(line("user.opted_out", op, value) for op in ("equals", "not_equals") for value in (True, False)),
    line("user.opted_out", "is_null"),
    *(line("user.name", op, "^Z") for op in ("matches_regex",)),
    line("user.custom.gone", "equals", "x"),
    line("user.custom.gone", "is_null"),
    *(
        line("user", "performed", {"event_type": "ORDER_PLACED", "within": "30d", **limits})
        for limits in ({}, {"at_least": 2}, {"at_least": 0, "at_most": 0}, {"at_least": 1, "at_most": 1})
    ),
]  # fmt: skip


def truth(predicate: dict[str, Any], ids: list[Any]) -> dict[Any, Result]:
    test = compiled(predicate)
    return {key: test.evaluate(context) for key, context in contexts_of(ids).items()}


def agrees(predicate: dict[str, Any], ids: list[Any]) -> bool:
    """Checks both sides; tells whether the translation was exact."""
    sides = sides_of(predicate)
    answers = truth(predicate, ids)
    for side, result in ((sides.true, Result.TRUE), (sides.false, Result.FALSE)):
        chosen = set(Contact.objects.filter(side).values_list("id", flat=True))
        wanted = {key for key, answer in answers.items() if answer is result}
        assert chosen >= wanted, (predicate, result, "too few")
        if sides.exact:
            assert chosen == wanted, (predicate, result, "too many")
    return sides.exact


class TestTranslation:
    def test_every_line_says_what_the_predicate_says(self, people):
        ids = [contact.id for contact in people]
        exact = sum(agrees(one, ids) for one in LINES)
        assert exact > len(LINES) * 0.6, "most of what people ask for is left to SQL"

    @pytest.mark.parametrize("seed", range(40))
    def test_trees_of_them_too(self, people, seed):
        chance = random.Random(seed)

        def tree(depth: int) -> dict[str, Any]:
            if depth == 0:
                return chance.choice(LINES)
            kind = chance.choice(["all", "any", "not"])
            if kind == "not":
                return {"not": tree(depth - 1)}
            return {kind: [tree(depth - 1) for _ in range(chance.randint(0, 3))]}

        agrees(tree(chance.randint(1, 3)), [contact.id for contact in people])

    def test_a_broken_value_fools_no_cast(self, people):
        Contact.objects.filter(id=people[4].id).update(custom={"visits": "many", "vip": "perhaps"})
        ids = [contact.id for contact in people]
        for op in ("equals", "greater"):
            sides = sides_of(line("user.custom.visits", op, 1))
            Contact.objects.filter(sides.true).count()
        assert agrees(line("user.custom.vip", "equals", True), ids)


class TestFinding:
    def test_pages_and_counts(self, people):
        found = find_contacts(ContactFilter(), ordering=["name"], page=1, size=3)
        assert (found.count, found.capped, len(found.ids)) == (7, False, 3)
        last = find_contacts(ContactFilter(), ordering=["name"], page=3, size=3)
        assert len(last.ids) == 1
        assert find_contacts(ContactFilter(), page=9, size=3).ids == []

    def test_orders_by_custom_fields_with_the_empty_last(self, people):
        for key in ("custom.visits", "-custom.visits"):
            ids = find_contacts(ContactFilter(), ordering=[key]).ids
            visits = [Contact.objects.get(id=one).custom.get("visits") for one in ids]
            there = [value for value in visits if value is not None]
            assert there == sorted(there, reverse=key.startswith("-"))
            assert visits[len(there) :] == [None] * (7 - len(there))

    def test_refuses_what_cannot_be_ordered_by(self, people):
        for keys in (["tags"], ["custom.gone"], ["name", "phone", "email", "id"]):
            with pytest.raises(InvalidOrderingError):
                find_contacts(ContactFilter(), ordering=keys)

    def test_refuses_a_wrong_predicate(self, people):
        with pytest.raises(InvalidFilterError) as caught:
            ContactFilter(predicate={"all": [line("event.type", "equals", "X")]})
        assert list(caught.value.fields) == ["predicate.all.0.field"]

    def test_search_and_predicate_go_together(self, people):
        wanted = ContactFilter(predicate=line("user.language", "equals", "ar"), search="امينه")
        assert find_contacts(wanted).ids == [people[0].id]
        assert (
            find_contacts(
                ContactFilter(predicate=line("user.language", "equals", "fa"), search="امينه")
            ).count
            == 0
        )

    def test_what_sql_cannot_say_is_looked_at(self, people):
        found = find_contacts(ContactFilter(predicate=line("user.name", "matches_regex", "^Z")))
        assert set(found.ids) == {people[2].id, people[3].id}
        assert (found.count, found.capped) == (2, False)

    def test_a_count_that_stopped_says_so(self, people, monkeypatch):
        monkeypatch.setattr(searching, "MOST_SCANNED", 4)
        assert find_contacts(ContactFilter(predicate=line("user.name", "matches_regex", "."))).capped
        monkeypatch.setattr(searching, "MOST_COUNTED", 5)
        found = find_contacts(ContactFilter(), size=50)
        assert (found.count, found.capped, len(found.ids)) == (5, True, 5)

    def test_undecided_ones_are_counted(self, people):
        found = find_contacts(ContactFilter(predicate=line("user.custom.note", "greater", 3)))
        assert (found.count, found.errors) == (0, 4)

    def test_batches_meet_everybody_once(self, people):
        wanted = ContactFilter(predicate=line("user.name", "matches_regex", "."))
        seen, after = [], None
        while True:
            ids, after = ids_after(wanted, after=after, limit=2)
            seen += ids
            if after is None:
                break
        assert sorted(seen) == sorted(key for key, r in truth(dict(wanted.predicate), [p.id for p in people]).items() if r is Result.TRUE)  # fmt: skip

    def test_the_number_of_queries_does_not_grow(self, people):
        wanted = ContactFilter(
            predicate={
                "all": [line("user.tags", "contains", "VIP"), line("user.custom.visits", "greater", 1)]
            }
        )
        with CaptureQueriesContext(connection) as caught:
            find_contacts(wanted, ordering=["custom.visits"])
        assert len(caught) <= 6
