"""The templates at work: what happens to a customer, from the first event to what they are written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from channels_app.services.business_hours import set_business_hours
from core.calendar import WEEKDAYS, BusinessHours
from workflow.models import ArmedTrigger, WorkflowExecution
from workflow.templates.catalogue import template_named
from workflow.templates.making import instantiate


@pytest.fixture
def using(engine) -> Callable[..., Any]:
    """``using("coupon", days_between=7)``: the template's workflow, in Arabic, switched on."""

    def make(slug: str, **parameters: Any) -> Any:
        return instantiate(template_named(slug), parameters, by="test", language="ar", activate=True).workflow

    return make


@pytest.fixture
def amina(engine, chat) -> uuid.UUID:
    """A customer with an open conversation."""
    contact = engine.contact()
    engine.work()
    chat(contact)
    return contact


def conversation_of(contact: uuid.UUID) -> Any:
    return apps.get_model("channels_app", "Conversation").objects.get(contact_id=contact)


def written(contact: uuid.UUID) -> list[str]:
    """What the customer was written."""
    rows = conversation_of(contact).messages.filter(direction="out").order_by("seq")
    return list(rows.values_list("text", flat=True))


def notices() -> list[tuple[uuid.UUID, str]]:
    """Whom of the team was told what."""
    rows = apps.get_model("notifications", "Notification").objects.order_by("id")
    return list(rows.values_list("recipient_id", "title"))


def says(engine, contact: uuid.UUID, text: str) -> None:
    """The customer writes."""
    engine.happen(contact, content=text, conversation_id=conversation_of(contact).id)
    engine.work()


def later(engine) -> None:
    """All that waits for time goes on."""
    engine.let_time_pass()
    engine.work()


def the_execution() -> WorkflowExecution:
    return WorkflowExecution.objects.get(parent__isnull=True)


def open_on(days: Collection[str]) -> None:
    """Set the opening hours: all day on these days."""
    week = {day: [("00:00", "24:00")] for day in days}
    set_business_hours(BusinessHours(timezone="Africa/Algiers", week=week))


class TestWelcome:
    def test_a_newcomer_is_greeted_once_and_asked_again(self, engine, using, amina):
        using("welcome")

        says(engine, amina, "سلام")
        assert written(amina)[0].startswith("أهلًا وسهلًا أمينة في متجر الجزائر")
        assert "welcomed" in engine.user(amina)["tags"]

        later(engine)
        assert written(amina)[1].startswith("ما زلنا هنا")

        says(engine, amina, "بكم هذا؟")
        assert len(written(amina)) == 2

    def test_who_goes_on_writing_is_left_in_peace(self, engine, using, amina):
        using("welcome")
        says(engine, amina, "سلام")
        says(engine, amina, "أبحث عن حذاء")
        later(engine)

        assert len(written(amina)) == 1
        assert the_execution().converted_at is not None


class TestCoupon:
    def test_the_code_is_theirs_and_the_order_counts(self, engine, using, amina):
        using("coupon", prefix="RAMADAN")

        says(engine, amina, "السلام عليكم، هل عندكم تَخْفيض؟")
        (offer,) = written(amina)
        assert f"RAMADAN-{str(amina)[-6:].upper()}" in offer

        engine.happen(amina, "ORDER_PLACED", order_id="A-1", total=3000)
        engine.work()
        later(engine)

        assert len(written(amina)) == 1
        assert {"coupon_sent", "coupon_used"} <= set(engine.user(amina)["tags"])
        assert (the_execution().state, the_execution().converted_at is not None) == ("completed", True)

    def test_who_does_not_order_is_reminded_and_gets_no_second_code(self, engine, using, amina):
        using("coupon")
        says(engine, amina, "كوبون من فضلك")
        later(engine)
        says(engine, amina, "كوبون آخر؟")

        assert [text[:5] for text in written(amina)] == ["تفضّل", "رمزك "]
        assert the_execution().converted_at is None


class TestAbandonedCart:
    def fill_cart(self, engine, contact, total):
        engine.happen(contact, "CART_UPDATED", total=total, url="https://shop.example/سلة")
        engine.work()

    def test_a_large_cart_is_reminded_of_and_gets_an_offer(self, engine, using, amina):
        using("abandoned_cart")
        self.fill_cart(engine, amina, 4000)
        self.fill_cart(engine, amina, 9000)
        for _ in range(5):
            later(engine)

        reminder, offer = written(amina)
        assert reminder == "مرحبًا أمينة، تركت بعض المنتجات في سلتك. تجدها هنا: https://shop.example/سلة"
        assert "هدية منا" in offer

    def test_a_small_one_is_only_reminded_of(self, engine, using, amina):
        using("abandoned_cart")
        self.fill_cart(engine, amina, 100)
        for _ in range(5):
            later(engine)

        assert len(written(amina)) == 1

    @pytest.mark.parametrize("what", ["ORDER_PLACED", "CART_UPDATED"])
    def test_an_order_or_an_empty_cart_ends_it(self, engine, using, amina, what):
        using("abandoned_cart")
        self.fill_cart(engine, amina, 9000)
        engine.happen(amina, what, total=0)
        engine.work()
        for _ in range(5):
            later(engine)

        assert written(amina) == []
        assert the_execution().exit_reason == {"ORDER_PLACED": "goal", "CART_UPDATED": "event"}[what]


class TestAppointmentReminder:
    @pytest.fixture
    def due(self, engine, using, amina, alice) -> Callable[[], None]:
        using("appointment_reminder")
        # So near that its reminder was due before the trigger was there, which tells of it only when the test does.
        soon = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=12)
        engine.change(amina, custom={"appointment": soon.isoformat()})

        def happen() -> None:
            address = str(ArmedTrigger.objects.get().id)
            engine.happen(amina, "CONTACT_DATE_REACHED", trigger=address)
            engine.work()

        return happen

    def test_who_comes_is_thanked_and_reminded_again(self, engine, amina, due):
        due()
        assert written(amina)[0].startswith("مرحبًا أمينة، موعدك معنا يوم ")

        says(engine, amina, "نعم بالتأكيد")
        later(engine)

        assert [text.split()[0] for text in written(amina)] == ["مرحبًا", "شكرًا", "نلتقي"]

    def test_who_wants_another_time_is_handed_to_the_team(self, engine, amina, alice, due):
        due()
        says(engine, amina, "موعد آخر")
        later(engine)

        assert len(written(amina)) == 2
        assert notices() == [(alice.id, "أمينة بن علي: موعد آخر")]

    def test_a_moved_appointment_is_not_reminded_of_at_the_old_time(self, engine, amina, due):
        due()
        later(engine)
        engine.change(amina, custom={"appointment": "2099-01-01T10:00:00+01:00"})
        later(engine)

        assert len(written(amina)) == 1
        assert the_execution().state == "exited"


class TestAfterHours:
    def test_who_writes_while_it_is_closed_is_answered_once(self, engine, using, amina, alice):
        using("after_hours_reply")
        open_on([WEEKDAYS[(datetime.now(UTC).weekday() + 3) % 7]])

        says(engine, amina, "هل أنتم هنا؟")
        assert written(amina) == []
        later(engine)
        says(engine, amina, "؟؟")

        (reply,) = written(amina)
        assert "خارج أوقات العمل" in reply
        assert notices() == []

        later(engine)
        assert notices() == [(alice.id, "أمينة بن علي: هل أنتم هنا؟")]

    @pytest.mark.parametrize("hours", ["none", "always"])
    def test_nobody_is_answered_while_it_is_open(self, engine, using, amina, hours):
        using("after_hours_reply")
        open_on(WEEKDAYS) if hours == "always" else set_business_hours(None)

        says(engine, amina, "سلام")
        later(engine)

        assert written(amina) == []


class TestLeadQualification:
    def test_a_shop_goes_to_a_member(self, engine, using, amina, alice, bob):
        using("lead_qualification")

        says(engine, amina, "ما ثَمن الكرتون؟")
        says(engine, amina, "لمحلي")
        says(engine, amina, "عطور، 200 قطعة")

        assert [text.split()[0] for text in written(amina)] == ["بكل", "ما", "شكرًا"]
        assert "lead_wholesale" in engine.user(amina)["tags"]
        assert engine.notes() == ["wholesale · لمحلي · عطور، 200 قطعة"]
        assert conversation_of(amina).assignee_id == bob.id
        assert notices() == [(alice.id, "أمينة بن علي: wholesale")]
        assert the_execution().converted_at is not None

    def test_one_for_themselves_does_not(self, engine, using, amina, alice, bob):
        using("lead_qualification")
        says(engine, amina, "ما سعر العطر؟")
        says(engine, amina, "لنفسي")
        says(engine, amina, "واحد")

        assert "lead_retail" in engine.user(amina)["tags"]
        assert conversation_of(amina).assignee_id is None
        assert notices() == []

    def test_who_does_not_answer_leaves(self, engine, using, amina):
        using("lead_qualification")
        says(engine, amina, "سعر")
        later(engine)

        assert (the_execution().state, len(written(amina))) == ("exited", 1)


class TestReviewRequest:
    def ask(self, engine, contact, answer):
        engine.happen(contact, "ORDER_DELIVERED", order_id="A-7")
        engine.happen(contact, "ORDER_DELIVERED", order_id="A-7")
        engine.work()
        later(engine)
        later(engine)
        says(engine, contact, answer)

    @pytest.mark.parametrize("answer", ["5", "٥ طبعا", "۴", "10/10"])
    def test_the_happy_are_invited(self, engine, using, amina, answer):
        using("review_request", review_url="https://maps.example/متجر")
        self.ask(engine, amina, answer)

        question, thanks, invitation = written(amina)
        assert question.startswith("مرحبًا أمينة، ما مدى رضاك")
        assert thanks.startswith("يسعدنا")
        assert invitation.endswith(":\nhttps://maps.example/متجر")
        assert "promoter" in engine.user(amina)["tags"]

    def test_without_a_page_only_thanked(self, engine, using, amina):
        using("review_request")
        self.ask(engine, amina, "5")

        assert len(written(amina)) == 2
        assert engine.notes() == ["A-7: 5"]

    def test_the_unhappy_are_told_of(self, engine, using, amina, alice):
        using("review_request")
        self.ask(engine, amina, "2 تأخرتم كثيرا")

        assert written(amina)[1].startswith("نأسف")
        assert "detractor" in engine.user(amina)["tags"]
        assert notices() == [(alice.id, "أمينة بن علي: 2 تأخرتم كثيرا")]


class TestWinBack:
    def test_who_stays_away_is_written_to_and_their_order_counts(self, engine, using, chat):
        using("win_back", hold_out=1)
        customers = [engine.contact() for _ in range(3)]
        engine.work()
        for contact in customers:
            chat(contact)
            engine.happen(contact, "ORDER_PLACED")
        engine.work()
        later(engine)
        later(engine)
        reached = [contact for contact in customers if written(contact)]
        held_out = WorkflowExecution.objects.filter(exit_reason="hold_out")
        assert len(reached) + held_out.count() == 3

        engine.happen(reached[0], "ORDER_PLACED")
        engine.work()

        (back,) = WorkflowExecution.objects.filter(contact_id=reached[0], exit_reason="goal")
        assert back.converted_at is not None
        assert WorkflowExecution.objects.filter(contact_id=reached[0], state="waiting").count() == 1

    def test_each_order_begins_anew_and_is_no_conversion(self, engine, using, amina):
        using("win_back")
        for _ in range(2):
            engine.happen(amina, "ORDER_PLACED")
            engine.work()

        ends = WorkflowExecution.objects.order_by("id").values_list("state", "exit_reason", "converted_at")
        assert list(ends) == [("exited", "interrupted", None), ("waiting", "", None)]


class TestEscalation:
    def wait_for_us(self, engine, contact):
        engine.happen(
            contact,
            "CONVERSATION_TIME_REACHED",
            conversation_id=conversation_of(contact).id,
            trigger=str(ArmedTrigger.objects.get().id),
            kind="no_reply",
            since="2026-01-01T10:00:00Z",
            minutes=120,
        )
        engine.work()

    def test_somebody_gets_it_then_the_responsible_hears(self, engine, using, amina, alice, bob):
        using("sla_escalation")
        self.wait_for_us(engine, amina)
        assert conversation_of(amina).assignee_id == bob.id
        assert notices() == [(bob.id, "أمينة بن علي ينتظر الرد")]

        later(engine)
        assert notices()[1:] == [(alice.id, "ما زال أمينة بن علي دون رد")]

    def test_an_answer_ends_it(self, engine, using, amina, alice, bob):
        using("sla_escalation")
        self.wait_for_us(engine, amina)
        engine.happen(amina, "MESSAGE_SENT", message_id="1", state="sent")
        engine.work()
        later(engine)

        assert len(notices()) == 1
        assert the_execution().exit_reason == "event"


class TestOrderStatus:
    @pytest.mark.parametrize(
        ("language", "status", "expected"),
        [
            ("ar", "confirmed", "مرحبًا أمينة، تم تأكيد طلبك رقم A-1. شكرًا لك!"),
            ("", "confirmed", "مرحبًا أمينة، تم تأكيد طلبك رقم A-1. شكرًا لك!"),
            ("fr-DZ", "delivered", "Votre commande A-1 est arrivée. Bonne découverte !"),
            ("fa", "shipped", "سفارش A-1 شما در راه است. https://post.example/1"),
            ("de", "cancelled", "Your order A-1 was cancelled. Write to us if that was not your wish."),
        ],
    )
    def test_each_in_their_language(self, engine, using, amina, alice, language, status, expected):
        using("order_status")
        engine.change(amina, language=language)
        engine.happen(
            amina,
            "ORDER_STATUS_CHANGED",
            order_id="A-1",
            status=status,
            tracking_url="https://post.example/1",
        )
        engine.work()

        assert written(amina) == [expected]
        assert bool(notices()) == (status == "cancelled")

    def test_a_status_without_a_message_starts_nothing(self, engine, using, amina):
        using("order_status")
        engine.happen(amina, "ORDER_STATUS_CHANGED", order_id="A-1", status="packed")
        engine.work()
        assert not WorkflowExecution.objects.exists()
