"""What a conversation waits for: each kind of waiting, whoever wrote last, whosever it is, closed or not, by the clock or in
opening hours."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from channels_app.services.inbox_time.config import InboxTimeConfig
from channels_app.services.inbox_time.kinds import Mark, Standing, minutes_between, wait_of
from core.calendar import BusinessHours

#: A Thursday: the shop shuts at 17:00 in Algiers (16:00 UTC) until Sunday.
SAID = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHOP = BusinessHours.model_validate(
    {
        "timezone": "Africa/Algiers",
        "week": {day: [["09:00", "17:00"]] for day in ("sun", "mon", "tue", "wed", "thu")},
    }
)
IN, OUT, OWN = (Mark(uuid.UUID(int=n), SAID - n * HOUR) for n in (0, 1, 2))
CONFIGS: dict[str, dict[str, Any]] = {
    "no_reply": {"after": "2h"},
    "customer_silent": {"after": "2h"},
    "unassigned": {"after": "2h"},
    "window_closing": {"before": "1h"},
}
#: Who wrote last, and what that says of the conversation; the message of interest came at SAID.
LAST: dict[str, dict[str, Any]] = {
    "nobody": {},
    "customer": {"last_in": IN, "last_out": OUT, "unanswered": IN, "unanswered_by_people": IN},
    "us": {"last_in": OUT, "last_out": IN, "customers_turn": True},
    "us, to a stranger": {"last_out": IN, "customers_turn": True},
    "a program of ours": {
        "last_in": OUT,
        "last_out": IN,
        "customers_turn": True,
        "unanswered_by_people": Mark(OUT.id, SAID),
    },
}
TWO_HOURS_LATER = {False: SAID + 2 * HOUR, True: datetime(2026, 3, 8, 9, 0, tzinfo=UTC)}


def expected(kind: str, last: str, *, assigned: bool, shut: bool, hours: bool) -> datetime | None:
    """When it is due; ``None`` for never."""
    if shut:
        return None
    waits = {
        "no_reply": last == "customer",
        "customer_silent": last in ("us", "us, to a stranger", "a program of ours"),
        "unassigned": not assigned,
        "window_closing": last in ("customer", "us", "a program of ours"),
    }
    if not waits[kind]:
        return None
    if kind == "window_closing":
        return (SAID if last == "customer" else OUT.at) + 23 * HOUR
    return TWO_HOURS_LATER[hours]


CASES = [
    (kind, last, assigned, closed, include_closed, hours)
    for kind, last, assigned, closed, include_closed, hours in itertools.product(
        CONFIGS, LAST, (False, True), (False, True), (False, True), (False, True)
    )
    if not (kind == "window_closing" and hours)
]


@pytest.mark.parametrize(("kind", "last", "assigned", "closed", "include_closed", "hours"), CASES)
def test_who_waits_until_when(kind, last, assigned, closed, include_closed, hours):
    config = InboxTimeConfig.model_validate(
        {"kind": kind, **CONFIGS[kind], "include_closed": include_closed, "business_hours": hours}
    )
    wait = wait_of(
        standing(**LAST[last], unassigned=None if assigned else Mark(OWN.id, SAID), is_closed=closed),
        config,
        SHOP,
    )
    due = expected(kind, last, assigned=assigned, shut=closed and not include_closed, hours=hours)
    assert (wait.due if wait else None) == due


def standing(**how: Any) -> Standing:
    return Standing(
        **{
            "conversation_id": uuid.UUID(int=10),
            "contact_id": uuid.UUID(int=11),
            "channel_id": uuid.UUID(int=12),
            "window": timedelta(hours=24),
            **how,
        }
    )


def config(kind: str, **more: Any) -> InboxTimeConfig:
    return InboxTimeConfig.model_validate({"kind": kind, **CONFIGS[kind], **more})


class TestDetails:
    def test_only_people_answer_when_asked_for(self):
        by_a_program = standing(**LAST["a program of ours"])
        assert wait_of(by_a_program, config("no_reply"), None) is None
        wait = wait_of(by_a_program, config("no_reply", people_only=True), None)
        assert wait is not None
        assert (wait.key, wait.due) == (OUT.id, SAID + 2 * HOUR)

    def test_a_silence_is_one_until_the_customer_writes(self):
        again = standing(last_in=OUT, last_out=Mark(uuid.uuid4(), SAID + HOUR), customers_turn=True)
        first, second = (
            wait_of(how, config("customer_silent"), None) for how in (standing(**LAST["us"]), again)
        )
        assert first is not None
        assert second is not None
        assert first.key == second.key == OUT.id
        assert second.due - first.due == HOUR

    def test_the_first_of_several_messages_counts(self):
        wait = wait_of(standing(last_in=IN, unanswered=OWN), config("no_reply"), None)
        assert wait is not None
        assert (wait.key, wait.since) == (OWN.id, OWN.at)

    @pytest.mark.parametrize("kind", CONFIGS)
    def test_a_closed_one_with_a_successor_waits_for_nothing(self, kind):
        old = standing(**LAST["customer"], unassigned=IN, is_closed=True, superseded=True)
        assert wait_of(old, config(kind, include_closed=True), None) is None

    @pytest.mark.parametrize("kind", CONFIGS)
    def test_other_channels(self, kind):
        here = standing(**LAST["customer"], unassigned=IN, customers_turn=True)
        ours, others = uuid.UUID(int=12), uuid.UUID(int=99)
        assert wait_of(here, config(kind, channels=[str(ours), str(others)]), None) is not None
        assert wait_of(here, config(kind, channels=[str(others)]), None) is None

    def test_a_channel_without_a_window_has_none_that_closes(self):
        assert wait_of(standing(**LAST["customer"], window=None), config("window_closing"), None) is None

    def test_a_window_is_told_of_until_it_has_closed(self):
        wait = wait_of(standing(**LAST["customer"]), config("window_closing"), None)
        assert wait is not None
        assert (wait.due, wait.until) == (SAID + 23 * HOUR, SAID + 24 * HOUR)

    def test_a_shop_that_never_opens_again_is_waited_for_by_nobody(self):
        days = [(SAID.date() + timedelta(days=n)).isoformat() for n in range(1_000)]
        closed = SHOP.model_copy(update={"week": {"thu": SHOP.week["thu"]}, "holidays": ()})
        for_good = BusinessHours.model_validate(
            {**closed.model_dump(mode="json"), "week": {"thu": [["16:59", "17:00"]]}, "holidays": days}
        )
        long = config("no_reply", after="40h", business_hours=True)
        assert wait_of(standing(**LAST["customer"]), long, for_good) is None

    def test_without_opening_hours_it_is_always_open(self):
        wait = wait_of(standing(**LAST["customer"]), config("no_reply", business_hours=True), None)
        assert wait is not None
        assert wait.due == SAID + 2 * HOUR

    @pytest.mark.parametrize(("hours", "minutes"), [(False, 66 * 60), (True, 120)])
    def test_minutes_are_counted_as_the_trigger_counts(self, hours, minutes):
        counted = config("no_reply", business_hours=hours)
        assert minutes_between(SAID, SAID + 66 * HOUR, counted, SHOP) == minutes


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"kind": "no_reply"}, "takes after, and not before"),
        ({"kind": "no_reply", "before": "1h"}, "takes after, and not before"),
        ({"kind": "unassigned", "after": "1h", "before": "1h"}, "takes after, and not before"),
        ({"kind": "window_closing", "after": "1h"}, "takes before, and not after"),
        ({"kind": "window_closing"}, "takes before, and not after"),
        ({"kind": "window_closing", "before": "1h", "business_hours": True}, "closes by the clock"),
        ({"kind": "customer_silent", "after": "1d", "people_only": True}, "goes with no_reply alone"),
        ({"kind": "no_reply", "after": "0m"}, "more than nothing"),
        ({"kind": "no_reply", "after": "1h", "channels": []}, "at least 1 item"),
        ({"kind": "no_reply", "after": "1h", "channels": ["x"]}, "UUID"),
        ({"kind": "lunch", "after": "1h"}, "'no_reply', 'customer_silent', 'window_closing' or 'unassigned'"),
        ({"kind": "no_reply", "after": "1h", "audience": "x"}, "Extra inputs"),
    ],
)
def test_what_a_config_cannot_say(values, words):
    with pytest.raises(ValidationError, match=words):
        InboxTimeConfig.model_validate(values)


@pytest.mark.parametrize("after", ["2h", "PT2H", "٢ h", {"hours": 2}, {"minutes": 120}])
def test_durations_in_every_spelling(after):
    assert InboxTimeConfig.model_validate({"kind": "no_reply", "after": after}).lasting == 2 * HOUR
