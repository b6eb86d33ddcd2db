"""Several at once, on real connections: the same message sent side by side is taken once."""

from __future__ import annotations

import threading

from django.db import connections, transaction

from events.models import Event
from events.queue.drain import Drain
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import ActionState, ExecutionState, Workflow, WorkflowExecution
from workflow.services.cancelling import AlreadyEndedError, cancel_execution
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.publishing import activate, publish_draft


def _at_once(count: int, do) -> list:
    """What ``do`` returned or raised in each of ``count`` threads that begin together, inside demo."""
    demo, ready, results = tenant_by_slug("demo"), threading.Barrier(count, timeout=10), []

    def run() -> None:
        try:
            ready.wait()
            with tenant_scope(demo):
                results.append(do())
        except Exception as exc:
            results.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


def test_one_message_sent_by_many_at_once_is_one_event_of_one_contact(committed_db):
    incoming = IncomingEvent(type="MESSAGE_RECEIVED", data={"message_id": "m1"}, user_id="customer9")

    taken = _at_once(6, lambda: take_event(incoming))

    assert sorted(result.duplicate for result in taken) == [False] + [True] * 5, taken
    assert len({result.event.id for result in taken}) == 1
    with tenant_scope(tenant_by_slug("demo")):
        assert Event.objects.filter(type="USER_CREATED").count() == 1
        assert Event.objects.filter(type="MESSAGE_RECEIVED").count() == 1


def test_cancelling_while_a_timer_rings_ends_in_one_of_the_two(committed_db):
    demo = tenant_by_slug("demo")
    steps = [{"action": "wait", "config": {"seconds": 0.01}}, {"action": "add_tag", "config": {"tag": "x"}}]
    with tenant_scope(demo), transaction.atomic():
        workflow = Workflow.objects.create(
            name="w", draft={"triggers": [{"event_type": "MESSAGE_RECEIVED"}], "actions": steps}
        )
        publish_draft(workflow, by="t")
        activate(workflow)
    for number in range(5):
        with tenant_scope(demo):
            take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id=f"customer{number}"))
            for _ in range(50):
                Drain().run_once()
                if WorkflowExecution.objects.filter(state=ExecutionState.WAITING).exists():
                    break
            (execution,) = WorkflowExecution.objects.filter(state=ExecutionState.WAITING)
        turns = iter(["cancel", "drain"])

        def race(execution=execution, turns=turns) -> object:
            if next(turns) == "cancel":
                return cancel_execution(execution.id, by="t").state
            return Drain().run_until_empty()

        outcomes = _at_once(2, race)

        with tenant_scope(demo):
            execution.refresh_from_db()
            (waited, *rest) = execution.steps.order_by("started_at", "id").values_list("state", flat=True)
        if any(isinstance(outcome, AlreadyEndedError) for outcome in outcomes):
            assert (execution.state, waited, rest) == (
                "completed",
                ActionState.COMPLETED,
                [ActionState.COMPLETED],
            )
        else:
            assert (execution.state, waited, rest) == ("cancelled", ActionState.CANCELLED, []), outcomes
