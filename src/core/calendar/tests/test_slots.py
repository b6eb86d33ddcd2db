"""Local slots: weekdays that differ by country, windows past midnight, days on which the clock is changed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from core.calendar import WEEKDAYS, LocalSlot, UnknownZoneError, ZoneSource
from core.calendar.tests.support import (
    ALGIERS,
    APIA,
    CAIRO,
    LORD_HOWE,
    NEW_YORK,
    PARIS,
    RIYADH,
    TEHRAN,
    at,
    local,
    problems,
)

SUN_THU = ["sun", "mon", "tue", "wed", "thu"]
SAT_THU = ["sat", *SUN_THU]
DAY = {"start": "09:00", "end": "20:00"}
NIGHT = {"start": "22:00", "end": "02:00"}

# slot, zone, after, the slot's next instant; 1 March 2026 is a Sunday
SLOTS = [
    # A window: now if open, else when it opens.
    (DAY, ALGIERS, "2026-03-01T08:59:59+01:00", "2026-03-01T09:00+01:00"),
    (DAY, ALGIERS, "2026-03-01T09:00+01:00", "2026-03-01T09:00+01:00"),
    (DAY, ALGIERS, "2026-03-01T15:42+01:00", "2026-03-01T15:42+01:00"),
    (DAY, ALGIERS, "2026-03-01T20:00+01:00", "2026-03-02T09:00+01:00"),
    (DAY, ALGIERS, "2026-03-01T19:59+01:00", "2026-03-01T19:59+01:00"),
    # The question's own zone plays no part: 23:30 in Riyadh is 20:30 in UTC.
    (DAY, RIYADH, "2026-03-01T20:30+00:00", "2026-03-02T09:00+03:00"),
    # The weekend is what the config leaves out: Friday and Saturday, Friday, or Saturday and Sunday.
    (DAY | {"weekdays": SUN_THU}, ALGIERS, "2026-03-05T20:00+01:00", "2026-03-08T09:00+01:00"),
    (DAY | {"weekdays": SAT_THU}, TEHRAN, "2026-03-05T20:00+03:30", "2026-03-07T09:00+03:30"),
    (DAY | {"weekdays": list(WEEKDAYS[:5])}, PARIS, "2026-03-06T21:00+01:00", "2026-03-09T09:00+01:00"),
    (DAY | {"weekdays": "all"}, RIYADH, "2026-03-06T08:00+03:00", "2026-03-06T09:00+03:00"),
    (DAY | {"weekdays": ["sun"]}, ALGIERS, "2026-03-01T20:00+01:00", "2026-03-08T09:00+01:00"),
    # The whole day.
    ({"start": "00:00", "end": "24:00", "weekdays": ["mon"]}, ALGIERS, "2026-03-02T23:59+01:00", "2026-03-02T23:59+01:00"),
    ({"start": "00:00", "end": "24:00", "weekdays": ["mon"]}, ALGIERS, "2026-03-03T00:00+01:00", "2026-03-09T00:00+01:00"),
    # Past midnight: the window belongs to the day on which it opens.
    (NIGHT | {"weekdays": ["mon"]}, ALGIERS, "2026-03-03T01:59+01:00", "2026-03-03T01:59+01:00"),
    (NIGHT | {"weekdays": ["mon"]}, ALGIERS, "2026-03-03T02:00+01:00", "2026-03-09T22:00+01:00"),
    (NIGHT | {"weekdays": ["mon"]}, ALGIERS, "2026-03-02T01:00+01:00", "2026-03-02T22:00+01:00"),
    # A time of day.
    ({"at": "10:00"}, ALGIERS, "2026-03-01T10:00+01:00", "2026-03-01T10:00+01:00"),
    ({"at": "10:00"}, ALGIERS, "2026-03-01T10:00:00.000001+01:00", "2026-03-02T10:00+01:00"),
    ({"at": "10:00", "weekdays": SUN_THU}, RIYADH, "2026-03-05T10:01+03:00", "2026-03-08T10:00+03:00"),
    ({"at": "۱۰:۳۰", "weekdays": ["sat"]}, TEHRAN, "2026-03-01T00:00+03:30", "2026-03-07T10:30+03:30"),
    # Days on which the clock is changed.
    ({"at": "09:00"}, PARIS, "2026-03-28T09:01+01:00", "2026-03-29T09:00+02:00"),
    ({"at": "02:30"}, PARIS, "2026-03-28T09:01+01:00", "2026-03-29T03:00+02:00"),
    ({"at": "02:30"}, PARIS, "2026-10-25T02:15+01:00", "2026-10-26T02:30+01:00"),
    ({"at": "02:30"}, PARIS, "2026-10-25T02:15+02:00", "2026-10-25T02:30+02:00"),
    ({"at": "00:00"}, TEHRAN, "2022-03-21T12:00+03:30", "2022-03-22T01:00+04:30"),
    ({"at": "00:00", "weekdays": ["fri"]}, CAIRO, "2026-04-23T12:00+02:00", "2026-04-24T01:00+03:00"),
    ({"at": "09:00"}, APIA, "2011-12-29T09:01-10:00", "2011-12-31T00:00+14:00"),
    ({"start": "02:15", "end": "05:00"}, PARIS, "2026-03-29T00:00+01:00", "2026-03-29T03:00+02:00"),
    ({"start": "01:00", "end": "02:30"}, NEW_YORK, "2026-03-08T03:00-04:00", "2026-03-09T01:00-04:00"),
    # A window that the clock skips wholly does not open that day.
    ({"start": "02:10", "end": "02:50"}, PARIS, "2026-03-29T00:00+01:00", "2026-03-30T02:10+02:00"),
    ({"start": "02:10", "end": "02:50", "weekdays": ["sun"]}, PARIS, "2026-03-29T00:00+01:00", "2026-04-05T02:10+02:00"),
    # From the first showing of its start to the first showing of its end.
    ({"start": "02:10", "end": "02:50"}, PARIS, "2026-10-25T02:20+01:00", "2026-10-26T02:10+01:00"),
    ({"start": "01:00", "end": "04:00"}, PARIS, "2026-10-25T02:20+01:00", "2026-10-25T02:20+01:00"),
    ({"start": "01:45", "end": "03:00"}, LORD_HOWE, "2026-04-05T01:40+10:30", "2026-04-05T01:40+10:30"),
    (NIGHT | {"weekdays": ["sat"]}, PARIS, "2026-10-25T02:00+02:00", "2026-10-31T22:00+01:00"),
]  # fmt: skip


@pytest.mark.parametrize(("slot", "zone", "after", "expected"), SLOTS)
def test_next_slot(slot, zone, after, expected):
    found = LocalSlot.model_validate(slot).next_slot(at(after), ZoneInfo(zone))
    assert local([found], zone) == [expected]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "set either `at`, or both `start` and `end`, as in start '09:00'"),
        ({"start": "09:00"}, "set either"),
        ({"end": "09:00"}, "set either"),
        ({"at": "09:00", "start": "10:00"}, "set either"),
        ({"at": "09:00", "start": "10:00", "end": "11:00"}, "set either"),
        ({"start": "09:00", "end": "09:00"}, "for the whole day write '00:00' and '24:00'"),
        ({"at": "9:00"}, "at: Value error, '9:00' is not a time of day: write HH:MM"),
        ({"at": "24:00"}, "at: Value error, '24:00' is not a time of day"),
        ({"at": 9}, "at: Input should be a valid string"),
        ({"start": "09:00", "end": "24:01"}, "end: Value error, '24:01'"),
        ({"at": "09:00", "weekdays": []}, "weekdays: "),
        ({"at": "09:00", "weekdays": ["mon", "الجمعة"]}, "weekdays.1: Input should be 'mon', 'tue'"),
        ({"at": "09:00", "zone": "server"}, "zone: Input should be 'contact' or 'tenant'"),
        ({"at": "09:00", "timezone": "UTC"}, "timezone: Extra inputs"),
    ],
)
def test_a_wrong_slot_names_the_field_and_the_fix(document, message):
    assert message in problems(LocalSlot, document)


def test_weekdays_are_kept_in_one_order_and_slots_read_back_the_same():
    slot = LocalSlot(weekdays=["sun", "mon", "sun"], at="09:00")
    assert slot.weekdays == ("mon", "sun")
    assert LocalSlot.model_validate(slot.model_dump(mode="json")) == slot


@pytest.mark.parametrize(
    ("source", "contact", "expected"),
    [
        (ZoneSource.CONTACT, TEHRAN, TEHRAN),
        (ZoneSource.CONTACT, "", RIYADH),
        (ZoneSource.CONTACT, "Mars/Olympus", RIYADH),
        (ZoneSource.TENANT, TEHRAN, RIYADH),
    ],
)
def test_whose_zone(source, contact, expected):
    assert source.zone(contact=contact, tenant=RIYADH) == ZoneInfo(expected)


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../etc/passwd", "/etc/passwd", "Europe", "a\x00b", "x" * 500]
)
def test_an_unknown_zone_of_the_tenant_is_an_error(name):
    with pytest.raises(UnknownZoneError, match="as in 'Africa/Algiers'"):
        ZoneSource.TENANT.zone(contact=TEHRAN, tenant=name)
