"""Reports: each figure against rows counted in Python, on the clocks of Tehran and Algiers, and its link against the figure."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from analytics.api import views
from analytics.tests.shop import Made, converse, execute
from channels_app.models import Channel, Conversation, Message, Send
from channels_app.selectors import forget_business_hours
from channels_app.services.business_hours import set_business_hours
from core.calendar import BusinessHours
from crm.models import Contact
from tenants.models import Tenant
from tenants.scope import tenant_scope
from workflow.tenant_view import _tenants

REPORT = "/api/v1/analytics/report/"
#: Tehran's clock went forward at midnight of this day, the last spring in which it did; the span has 28 days around it.
NOW = datetime(2022, 4, 5, 12, 0, tzinfo=UTC)
SPAN = {"from": "2022-03-08", "to": "2022-04-04"}
PREVIOUS = (date(2022, 2, 8), date(2022, 3, 7))


@pytest.fixture(autouse=True)
def _nothing_cached():
    views._reports.clear()
    forget_business_hours()
    _tenants.clear()
    yield
    views._reports.clear()
    forget_business_hours()
    _tenants.clear()


@pytest.fixture(autouse=True)
def _then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(params=["Asia/Tehran", "Africa/Algiers"])
def tz(request, demo) -> ZoneInfo:
    Tenant.objects.filter(id=demo.id).update(timezone=request.param)
    return ZoneInfo(request.param)


@pytest.fixture
def made(demo, tz, alice, bob) -> Made:
    """Ten weeks of a shop, seeded: conversations at all hours, answered by people and by a robot, or by nobody."""
    dice = random.Random(20220322)
    found = Made()
    with tenant_scope(demo):
        channels = [
            Channel.objects.create(provider="webchat", name=name, account_id=name, credentials=b"-")
            for name in ("الموقع", "فروشگاه")
        ]
        for number in range(160):
            began = datetime(2022, 2, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(9 * 7 * 1440))
            converse(found, dice, number, began, dice.choice(channels), dice.choice([alice.id, bob.id]))
        execute(found, dice)
        Contact.objects.bulk_create(found.contacts)
        Conversation.objects.bulk_create(found.conversations)
        Message.objects.bulk_create(found.messages)
        Send.objects.bulk_create(found.sends)
    return found


@pytest.fixture
def client(api, demo_key, made):
    return api("demo.localhost", key=demo_key("analytics:read", "inbox:read", "workflow:read"))


def report(client, **query) -> dict:
    answer = client.get(REPORT, {**SPAN, **query})
    assert answer.status_code == 200, answer.json()
    return answer.json()


def figures(client, **query) -> dict[str, dict]:
    return {figure["key"]: figure for figure in report(client, **query)["figures"]}


def in_days(at: datetime | None, first: date, last: date, tz: ZoneInfo) -> bool:
    return at is not None and first <= at.astimezone(tz).date() <= last


def moments(made: Made) -> dict[str, list[datetime | None]]:
    """When each counted thing happened."""
    return {
        "messages_in": [m.sent_at for m in made.messages if m.direction == "in"],
        "messages_out": [m.sent_at for m in made.messages if m.state in ("sent", "read")],
        "conversations_opened": [c.created_at for c in made.conversations],
        "conversations_closed": [c.closed_at for c in made.conversations],
        "send_failures": [s.settled_at for s in made.sends],
        "executions_started": [e.started_at for e in made.executions],
        "executions_completed": [e.ended_at for e in made.executions if e.state == "completed"],
        "executions_failed": [e.ended_at for e in made.executions if e.state == "failed"],
        "goals_reached": [e.converted_at for e in made.executions],
    }


def first_responses(made: Made) -> list[tuple[datetime, datetime, Message]]:
    """(asked, answered, answer) where a customer began and a person answered."""
    found = []
    for conversation in made.conversations:
        own = sorted((m for m in made.messages if m.conversation_id == conversation.id), key=lambda m: m.seq)
        answers = [m for m in own if m.direction == "out" and m.author.startswith("member:")]
        if own and own[0].direction == "in" and answers:
            found.append((own[0].sent_at, answers[0].sent_at, answers[0]))
    return found


class TestCounts:
    def test_every_count_is_that_of_the_rows(self, client, made, tz):
        shown = figures(client)
        for key, found in moments(made).items():
            now = sum(in_days(at, date(2022, 3, 8), date(2022, 4, 4), tz) for at in found)
            before = sum(in_days(at, *PREVIOUS, tz) for at in found)
            assert now > 3, key
            assert (shown[key]["now"]["value"], shown[key]["previous"]["value"]) == (now, before), key

    def test_every_day_is_that_of_the_tenants_clock(self, client, made, tz):
        told = report(client)
        days = [date(2022, 3, 8) + timedelta(days=number) for number in range(28)]
        assert [bucket["start"][:10] for bucket in told["buckets"]] == [day.isoformat() for day in days]
        for figure in told["figures"]:
            found = moments(made).get(figure["key"])
            if found is not None:
                wanted = [sum(in_days(at, day, day, tz) for at in found) for day in days]
                assert [cell["value"] for cell in figure["series"]] == wanted, figure["key"]

    def test_the_day_on_which_the_clock_changes_is_shorter(self, client, tz):
        lengths = {
            bucket["start"][:10]: datetime.fromisoformat(bucket["end"])
            - datetime.fromisoformat(bucket["start"])
            for bucket in report(client)["buckets"]
        }
        assert lengths["2022-03-21"] == timedelta(days=1)
        short = {day for day, length in lengths.items() if length == timedelta(hours=23)}
        assert short == ({"2022-03-22"} if tz.key == "Asia/Tehran" else set())

    @pytest.mark.parametrize("step", ["hour", "week"])
    def test_other_steps_add_up_to_the_same(self, client, step):
        days, steps = figures(client), figures(client, step=step)
        for key, figure in steps.items():
            assert figure["now"]["count"] == days[key]["now"]["count"]
            assert sum(cell["count"] for cell in figure["series"]) == figure["now"]["count"], key

    def test_weeks_begin_as_the_tenants_country_begins_them(self, client, tz):
        # In Algeria on Saturday; the first and last are cut to the period.
        starts = [bucket["start"][:10] for bucket in report(client, step="week")["buckets"]]
        assert starts == ["2022-03-08", "2022-03-12", "2022-03-19", "2022-03-26", "2022-04-02"]


class TestDurations:
    def test_first_responses_of_people_to_customers(self, client, made, tz):
        found = [
            (answered - asked).total_seconds()
            for asked, answered, _ in first_responses(made)
            if in_days(answered, date(2022, 3, 8), date(2022, 4, 4), tz)
        ]
        shown = figures(client)["first_response"]["now"]
        assert len(found) > 10
        assert shown["count"] == len(found)
        assert shown["value"] == pytest.approx(statistics.median_low(found), abs=0.1)
        assert sum(value <= shown["p90"] + 0.1 for value in found) >= 0.9 * len(found)
        assert shown["p90"] in [pytest.approx(value, abs=0.1) for value in found]

    def test_only_while_it_is_open(self, client, made, tz, demo):
        hours = BusinessHours.model_validate(
            {
                "timezone": tz.key,
                "week": {day: [["09:00", "17:00"]] for day in ("sat", "sun", "mon", "tue", "wed", "thu")},
            }
        )
        with tenant_scope(demo):
            set_business_hours(hours)
        forget_business_hours()
        found = [
            hours.business_between(asked, answered).total_seconds()
            for asked, answered, _ in first_responses(made)
            if in_days(answered, date(2022, 3, 8), date(2022, 4, 4), tz)
        ]
        told = report(client)
        shown = next(figure for figure in told["figures"] if figure["key"] == "first_response")["now"]
        assert told["business_hours"] is True
        assert shown["value"] == pytest.approx(statistics.median_low(found), abs=0.1)

    def test_resolutions_where_a_person_took_part(self, client, made, tz):
        helped = {
            m.conversation_id
            for m in made.messages
            if m.direction == "out" and m.author.startswith("member:")
        }
        found = [
            (c.closed_at - c.created_at).total_seconds()
            for c in made.conversations
            if c.id in helped and in_days(c.closed_at, date(2022, 3, 8), date(2022, 4, 4), tz)
        ]
        shown = figures(client)["resolution"]["now"]
        assert (shown["count"], shown["value"]) == (len(found), statistics.median_low(found))

    def test_nothing_measured_is_not_nought(self, client):
        shown = figures(client, **{"from": "2021-01-01", "to": "2021-01-02"})["first_response"]
        assert (shown["now"]["value"], shown["now"]["p90"], shown["now"]["count"]) == (None, None, 0)


class TestParts:
    def test_channels_and_members_and_reasons(self, client, made, tz, alice, bob):
        told = report(client)
        within = (date(2022, 3, 8), date(2022, 4, 4), tz)
        assert {part["name"] for part in told["channels"]} == {"الموقع", "فروشگاه"}
        assert {part["name"] for part in told["members"]} == {"أليس", "Bob"}
        for part in told["channels"]:
            wanted = sum(
                str(m.channel_id) == part["id"] and m.direction == "in" and in_days(m.sent_at, *within)
                for m in made.messages
            )
            assert self.share(part, "messages_in") == wanted
        for part in told["members"]:
            wanted = sum(
                m.author == f"member:{part['id']}"
                and m.state in ("sent", "read")
                and in_days(m.sent_at, *within)
                for m in made.messages
            )
            assert self.share(part, "messages_out") == wanted
        for part in told["reasons"]:
            wanted = sum(s.error_code == part["id"] and in_days(s.settled_at, *within) for s in made.sends)
            assert self.share(part, "send_failures") == wanted

    @staticmethod
    def share(part: dict, key: str) -> int:
        return next(share["value"]["value"] for share in part["figures"] if share["figure"] == key)

    def test_narrowed_to_a_channel(self, client, made):
        whole = report(client)
        channel = whole["channels"][0]
        narrowed = figures(client, channel=channel["id"])
        assert narrowed["messages_in"]["now"]["value"] == self.share(channel, "messages_in")
        assert "executions_started" not in narrowed

    def test_narrowed_to_a_member(self, client, alice):
        narrowed = figures(client, member=str(alice.id))
        assert set(narrowed) == {
            "messages_out", "conversations_closed", "first_response", "resolution", "send_failures",
        }  # fmt: skip


class TestRows:
    def test_every_figure_has_as_many_rows_as_it_says(self, client, made):
        told = report(client)
        values = [value for figure in told["figures"] for value in (figure["now"], figure["previous"])]
        for part in (*told["channels"], *told["members"], *told["reasons"]):
            values += [share["value"] for share in part["figures"]]
        assert len(values) > 40
        for value in values:
            assert self.rows(client, value["rows"])["count"] == value["count"], value["rows"]

    def test_every_point_of_a_series_too(self, client):
        told = report(client, step="week")
        for figure in told["figures"]:
            for bucket, cell in zip(told["buckets"], figure["series"], strict=True):
                link = figure["now"]["rows"]
                params = {**link["params"], "from": bucket["start"], "to": bucket["end"]}
                assert client.get(link["path"], params).json()["count"] == cell["count"], params

    def test_the_rows_are_those_and_lead_on(self, client, made, tz):
        link = figures(client)["first_response"]["now"]["rows"]
        rows = self.rows(client, link, page_size=200)["results"]
        wanted = {
            (str(answer.conversation_id), round((answered - asked).total_seconds(), 1))
            for asked, answered, answer in first_responses(made)
            if in_days(answered, date(2022, 3, 8), date(2022, 4, 4), tz)
        }
        assert {(row["conversation_id"], row["seconds"]) for row in rows} == wanted
        assert all(row["contact_name"].startswith("أمينة") and row["channel_name"] for row in rows)
        assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), reverse=True)

    def test_pages(self, client):
        link = figures(client)["messages_in"]["now"]["rows"]
        whole = [row["id"] for row in self.rows(client, link, page_size=200)["results"]]
        first = self.rows(client, link, page_size=5)
        second = self.rows(client, link, page_size=5, page=2)
        assert [row["id"] for row in (*first["results"], *second["results"])] == whole[:10]

    @pytest.mark.parametrize(
        ("figure", "scope", "status"),
        [
            ("messages_in", "inbox:read", 200),
            ("messages_in", "workflow:read", 403),
            ("executions_started", "workflow:read", 200),
            ("executions_started", "inbox:read", 403),
        ],
    )
    def test_rows_need_the_right_to_see_such_rows(self, api, demo_key, made, figure, scope, status):
        client = api("demo.localhost", key=demo_key("analytics:read", scope))
        answer = client.get("/api/v1/analytics/rows/", {"figure": figure, **SPAN})
        assert answer.status_code == status

    @staticmethod
    def rows(client, link: dict, **query) -> dict:
        answer = client.get(link["path"], {**link["params"], **query})
        assert answer.status_code == 200, answer.json()
        return answer.json()


class TestAsking:
    def test_needs_the_scope(self, api, demo_key, demo):
        assert api("demo.localhost", key=demo_key("inbox:read")).get(REPORT).status_code == 403

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "2022-04-04", "to": "2022-03-01"},
            {"from": "2010-01-01", "step": "hour"},
            {"from": "soon"},
            {"step": "minute"},
            {"channel": "x"},
        ],
    )
    def test_refuses(self, client, query):
        assert client.get(REPORT, query).status_code == 400

    def test_another_tenants_rows_are_not_in_it(self, made, api, other_key, other):
        client = api("other.localhost", key=other_key())
        assert {figure["now"]["count"] for figure in report(client)["figures"]} == {0}

    def test_an_unfinished_day_is_compared_with_as_much_of_an_earlier_one(self, client, tz):
        told = report(client, **{"from": "2022-04-05", "to": "2022-04-05"})
        period, previous = (
            datetime.fromisoformat(told[name]["end"]) - datetime.fromisoformat(told[name]["start"])
            for name in ("period", "previous")
        )
        assert period == previous
        assert datetime.fromisoformat(told["period"]["end"]) == NOW

    def test_within_budget(self, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(14):
            report(client)
