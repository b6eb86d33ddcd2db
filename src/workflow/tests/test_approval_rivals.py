"""Approvals on real connections: votes, the deadline and a cancellation that meet end in one of them, once."""

from __future__ import annotations

import itertools
import threading

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from events.models import Event
from events.queue.drain import Drain
from tenants.scope import tenant_scope
from tenants.selectors import tenant_by_slug
from workflow.models import Approval, Workflow, WorkflowExecution
from workflow.services.approvals import ApprovalEndedError, vote_with_token
from workflow.services.cancelling import AlreadyEndedError, cancel_execution
from workflow.services.intake import IncomingEvent, take_event
from workflow.services.publishing import activate, publish_draft
from workflow.tests.asking import YES, graph, member, token_of
from workflow.tests.conftest import states


def at_once(*jobs) -> list:
    """What each of ``jobs`` returned or raised, begun together, each on its own connection inside demo."""
    demo, ready, results = (
        tenant_by_slug("demo"),
        threading.Barrier(len(jobs), timeout=10),
        [None] * len(jobs),
    )

    def run(number: int) -> None:
        try:
            with tenant_scope(demo):
                ready.wait()
                results[number] = jobs[number]()
        except Exception as exc:
            results[number] = exc
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


@pytest.fixture
def rivals(committed_db):
    """``rivals(quorum=…)``: two managers, and an execution that waits for them."""
    demo = tenant_by_slug("demo")
    people = [member(f"m{n}@demo.example", f"عضو {n}") for n in range(2)]
    numbers = itertools.count()

    def make(**config) -> tuple[list[User], WorkflowExecution]:
        with tenant_scope(demo):
            with transaction.atomic():
                Workflow.objects.update(status="paused")
                workflow = Workflow.objects.create(
                    name=f"w{next(numbers)}",
                    draft={
                        "triggers": [{"event_type": "MESSAGE_RECEIVED"}],
                        **graph(role="manager", **config),
                    },
                )
                publish_draft(workflow, by="t")
                activate(workflow)
            take_event(IncomingEvent(type="MESSAGE_RECEIVED", user_id=f"c{next(numbers)}"))
            Drain().run_until_empty()
            Drain().run_until_empty()
            return people, WorkflowExecution.objects.get(workflow=workflow)

    return make


def ended_once(execution: WorkflowExecution) -> list[str]:
    """The states after ``ask``; there is one step after it, and one fact."""
    with tenant_scope(tenant_by_slug("demo")):
        for _ in range(5):
            Drain().run_until_empty()
        execution.refresh_from_db()
        return [node for node, _ in states(execution)]


def facts_of(execution: WorkflowExecution) -> list[str]:
    return [
        event.data["state"]
        for event in Event.objects.filter(type="APPROVAL_DECIDED")
        if event.data["execution"] == str(execution.id)
    ]


@pytest.mark.parametrize("quorum", [1, 2])
def test_two_decide_at_the_same_instant(rivals, quorum):
    for _ in range(5):
        (first, second), execution = rivals(quorum=quorum)
        with tenant_scope(tenant_by_slug("demo")):
            tokens = [token_of(first), token_of(second)]

        def cast(token: str):
            def job():
                with transaction.atomic():
                    return vote_with_token(token, YES).state

            return job

        results = at_once(*map(cast, tokens))

        assert ended_once(execution) == ["ask", "approved"], results
        with tenant_scope(tenant_by_slug("demo")):
            assert facts_of(execution) == ["approved"]
        refused = [result for result in results if isinstance(result, ApprovalEndedError)]
        assert len(refused) == (1 if quorum == 1 else 0), results


def test_one_token_twice_at_the_same_instant(rivals):
    (first, _), execution = rivals(quorum=2)
    with tenant_scope(tenant_by_slug("demo")):
        token = token_of(first)

    def job():
        with transaction.atomic():
            return vote_with_token(token, YES).state

    results = at_once(job, job, job, job)

    assert sorted(type(result).__name__ for result in results) == [
        "AlreadyVotedError",
        "AlreadyVotedError",
        "AlreadyVotedError",
        "str",
    ]
    assert ended_once(execution) == ["ask"]


def test_a_vote_while_the_deadline_rings(rivals):
    seen = set()
    for _ in range(8):
        (first, _), execution = rivals(quorum=1, deadline="1h")
        with tenant_scope(tenant_by_slug("demo")):
            token = token_of(first)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE public.queue_item SET run_at = now() - interval '1 second'")
                cursor.execute("UPDATE public.queue_lane SET wake_at = now() WHERE wake_at IS NOT NULL")

        def job(token=token):
            with transaction.atomic():
                return vote_with_token(token, YES).state

        results = at_once(job, lambda: Drain().run_until_empty())

        (*_, port) = path = ended_once(execution)
        assert path == ["ask", port]
        with tenant_scope(tenant_by_slug("demo")):
            approval = Approval.objects.get(execution=execution)
            assert facts_of(execution) == [approval.state] == [port]
        assert port == ("expired" if isinstance(results[0], ApprovalEndedError) else "approved"), results
        seen.add(port)
    assert seen <= {"approved", "expired"}


def test_a_vote_while_the_execution_is_cancelled(rivals):
    for _ in range(8):
        (first, _), execution = rivals(quorum=1)
        with tenant_scope(tenant_by_slug("demo")):
            token = token_of(first)

        def decide(token=token):
            with transaction.atomic():
                return vote_with_token(token, YES).state

        def cancel(execution=execution):
            return cancel_execution(execution.id, by="t").state

        voted, cancelled = at_once(decide, cancel)

        path = ended_once(execution)
        assert not isinstance(cancelled, Exception) or isinstance(cancelled, AlreadyEndedError), cancelled
        assert not isinstance(voted, Exception) or isinstance(voted, ApprovalEndedError), voted
        with tenant_scope(tenant_by_slug("demo")):
            state = Approval.objects.get(execution=execution).state
        assert (path, execution.state) == (["ask"], "cancelled")
        assert state == ("cancelled" if isinstance(voted, ApprovalEndedError) else "approved")
