"""The two samples, as installed by the command, from the customer's words to the answers."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from workflow.models import EventType, Workflow, WorkflowExecution
from workflow.services.samples import install_samples


@pytest.fixture
def samples(engine):
    """Both samples, switched on."""
    return {workflow.name: workflow for workflow in install_samples()}


def _texts(conversation) -> list[str]:
    return list(conversation.messages.order_by("seq").values_list("text", flat=True))


@pytest.mark.parametrize("said", ["سلام، کد تخفیف دارید؟", "كد تخفيف", "Any COUPON?", "discount please"])
def test_coupon(engine, samples, chat, said):
    amina = engine.contact("interested")
    engine.work()
    conversation = chat(amina)

    event = engine.happen(amina, content=said)
    engine.work()

    execution = WorkflowExecution.objects.get(event_id=event.id)
    assert execution.workflow == samples["coupon"]
    (first,) = _texts(conversation)
    assert first.startswith("سلام أمينة 🌸 کد تخفیف اختصاصی شما: WASL-")
    assert first.endswith(str(amina)[-6:].upper())
    assert "coupon_sent" in engine.user(amina)["tags"]
    assert (execution.state, execution.node) == ("waiting", "pause")

    engine.let_time_pass()
    engine.work()

    execution.refresh_from_db()
    assert execution.state == "completed"
    assert _texts(conversation)[1].startswith("أمينة، از کد تخفیف خود استفاده کردید؟")


@pytest.mark.parametrize(("tags", "said"), [((), "کد تخفیف"), (("interested",), "سلام، ساعت کاری؟")])
def test_no_coupon_for_others(engine, samples, chat, tags, said):
    amina = engine.contact(*tags)
    engine.work()
    chat(amina)

    event = engine.happen(amina, content=said)
    engine.work()

    assert not WorkflowExecution.objects.filter(event_id=event.id).exists()


def test_welcome(engine, samples, chat):
    amina = engine.contact()
    conversation = chat(amina)

    engine.work()

    (greeting,) = _texts(conversation)
    assert greeting == "سلام أمينة، به متجر الجزائر خوش آمدید! چطور می‌توانیم کمک کنیم؟"
    assert engine.user(amina)["tags"] == ["welcomed"]


def test_someone_without_a_name_is_greeted_too(engine, samples, chat):
    nobody = engine.contact()
    engine.rename(nobody, "")
    conversation = chat(nobody)

    engine.work()

    assert _texts(conversation)[0].startswith("سلام دوست عزیز،")


def test_the_commands_can_be_run_again(engine, capsys):
    for _ in range(2):
        call_command("init_workflow_system", "demo")
        call_command("setup_sample_workflows", "demo")

    assert set(Workflow.objects.values_list("name", "status")) == {
        ("coupon", "active"),
        ("welcome", "active"),
    }
    assert [workflow.active_version.number for workflow in Workflow.objects.all()] == [1, 1]
    assert EventType.objects.filter(code="MESSAGE_RECEIVED", is_builtin=True).exists()
    assert "demo: done" in capsys.readouterr().out


def test_a_paused_sample_stays_paused(engine, samples):
    Workflow.objects.filter(name="coupon").update(status="paused")

    call_command("setup_sample_workflows", "demo")

    assert Workflow.objects.get(name="coupon").status == "paused"
