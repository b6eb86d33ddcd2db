"""Contacts whose date falls on certain days."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections

from core.ids import uuid7_bound
from crm.models import Contact
from crm.selectors import InvalidDateFieldError, contacts_due, dates
from crm.services.contacts import create_contact
from crm.services.fields import declare_field
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug

FIELD = "custom.birthday"


@pytest.fixture
def born(inside):
    """``born("2000-02-29")``: a contact with that birthday."""
    declare_field(slug="birthday", label="تاريخ الميلاد", type="date")

    def make(day: str | None) -> Contact:
        return create_contact({"name": "سارا"}, custom={"birthday": day} if day else {})

    return make


def due(field: str, first: str, last: str | None = None, **more) -> list[date]:
    found = contacts_due(field, date.fromisoformat(first), date.fromisoformat(last or first), **more)
    return [one.date for one in found]


@pytest.mark.usefixtures("inside")
class TestDates:
    def test_the_very_day(self, born):
        people = [born(day) for day in ("2026-03-20", "2026-03-21", "2025-03-20", None, "٢٠٢٦-٠٣-٢٠")]
        found = contacts_due(FIELD, date(2026, 3, 20), date(2026, 3, 20))
        assert [(one.contact_id, one.date) for one in found] == [
            (people[0].id, date(2026, 3, 20)),
            (people[4].id, date(2026, 3, 20)),
        ]

    def test_several_days(self, born):
        for day in ("2026-12-30", "2026-12-31", "2027-01-01", "2027-01-03"):
            born(day)
        assert due(FIELD, "2026-12-31", "2027-01-02") == [date(2026, 12, 31), date(2027, 1, 1)]
        assert due(FIELD, "2026-12-31", "2026-12-30") == []

    @pytest.mark.parametrize(
        ("today", "found"),
        [
            ("2026-02-27", []),
            ("2026-02-28", ["1996-02-29", "2001-02-28"]),
            ("2026-03-01", []),
            ("2028-02-28", ["2001-02-28"]),
            ("2028-02-29", ["1996-02-29"]),
            ("1999-02-28", ["1996-02-29"]),
            ("1900-02-28", []),
        ],
    )
    def test_every_year(self, born, today, found):
        for day in ("1996-02-29", "2001-02-28"):
            born(day)
        assert [day.isoformat() for day in due(FIELD, today, yearly=True)] == found

    def test_every_year_over_new_year(self, born):
        for day in ("1985-12-31", "1990-01-01", "1990-01-02", "2026-12-31"):
            born(day)
        found = due(FIELD, "2026-12-31", "2027-01-01", yearly=True)
        assert [day.isoformat() for day in found] == ["1985-12-31", "1990-01-01", "2026-12-31"]

    def test_piece_by_piece(self, born):
        people = [born("2026-03-20") for _ in range(5)]
        day, seen, after = date(2026, 3, 20), [], None
        while piece := contacts_due(FIELD, day, day, limit=2, after_id=after):
            assert len(piece) <= 2
            seen += [one.contact_id for one in piece]
            after = piece[-1].contact_id
        assert seen == [person.id for person in people]

    @pytest.mark.parametrize("field", ["birthday", "custom.nope", "custom.size", "name", "custom."])
    def test_what_is_no_date_is_refused(self, born, field):
        declare_field(slug="size", label="المقاس")
        with pytest.raises(InvalidDateFieldError, match=r"known: created_at, custom\.birthday"):
            due(field, "2026-03-20")

    def test_too_many_days_are_a_mistake(self, born):
        with pytest.raises(ValueError, match="62 days"):
            due(FIELD, "2026-01-01", "2026-12-31")


@pytest.mark.usefixtures("inside")
class TestMoments:
    def test_in_the_tenants_zone(self):
        """Algiers is an hour ahead of UTC."""
        declare_field(slug="at", label="موعد", type="datetime")
        for moment in (
            "2026-03-19T23:30:00+00:00",
            "2026-03-20T23:30:00+00:00",
            "2026-03-20T22:30:00",
            "2026-03-21T02:00:00+03:30",
            "2026-03-20T10:00:00.123456Z",
        ):
            create_contact({"name": "x"}, custom={"at": moment})
        create_contact({"name": "without"})
        found = contacts_due("custom.at", date(2026, 3, 20), date(2026, 3, 20))
        texts = [Contact.objects.get(id=one.contact_id).custom["at"] for one in found]
        assert texts == [
            "2026-03-19T23:30:00+00:00",
            "2026-03-20T22:30:00",
            "2026-03-21T02:00:00+03:30",
            "2026-03-20T10:00:00.123456+00:00",
        ]
        assert {one.date for one in found} == {date(2026, 3, 20)}

    def test_every_year(self):
        declare_field(slug="at", label="موعد", type="datetime")
        create_contact({"name": "x"}, custom={"at": "2020-03-19T23:30:00+00:00"})
        assert due("custom.at", "2026-03-20", yearly=True) == [date(2020, 3, 20)]
        assert due("custom.at", "2026-03-19", yearly=True) == []


@pytest.mark.usefixtures("inside")
class TestCreation:
    def made(self, moment: datetime) -> Contact:
        contact = Contact(id=uuid7_bound(moment), name="رضا", created_at=moment)
        contact.save(force_insert=True)
        return contact

    def test_in_the_tenants_zone(self):
        late = self.made(datetime(2026, 3, 19, 23, 30, tzinfo=UTC))
        self.made(datetime(2026, 3, 20, 23, 30, tzinfo=UTC))
        found = contacts_due("created_at", date(2026, 3, 20), date(2026, 3, 20))
        assert [(one.contact_id, one.date) for one in found] == [(late.id, date(2026, 3, 20))]

    def test_every_year(self):
        for year in (2024, 2025, 2026):
            self.made(datetime(year, 2, 28, 12, tzinfo=UTC))
        self.made(datetime(2024, 2, 29, 12, tzinfo=UTC))
        assert due("created_at", "2026-02-28", yearly=True) == [
            date(2024, 2, 28), date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28),
        ]  # fmt: skip
        assert due("created_at", "2028-02-29", yearly=True) == [date(2024, 2, 29)]

    def test_nobody_is_there(self):
        assert due("created_at", "2026-02-28", yearly=True) == []
        assert due("created_at", "1950-02-28") == []


def test_the_index_serves_it(committed_db):
    """With as many contacts as make the planner think."""
    demo = tenant_by_slug("demo")
    days = [(date(1970, 1, 1) + timedelta(days=n)).isoformat() for n in range(5_000)]
    with tenant_scope(demo):
        declare_field(slug="birthday", label="تاریخ تولد", type="date")
        Contact.objects.bulk_create([Contact(name="x", custom={"birthday": day}) for day in days])
        with connections["owner"].cursor() as cursor:
            cursor.execute("ANALYZE crm_contact")
        statement, values = dates._by_date("birthday", [date(2026, 3, 20)], True)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}", {**values, "after": uuid.UUID(int=0), "limit": 5})
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Bitmap Index Scan on contact_custom" in plan
        assert "Seq Scan" not in plan
        assert len(due(FIELD, "2026-03-20", yearly=True)) == 14
