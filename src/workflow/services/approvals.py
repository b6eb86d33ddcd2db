"""Approvals: members asked, their votes taken or passed on, and what comes of them; all in the caller's transaction.

Locks are taken in one order, the step with its execution before the approval, and the queue last, so that a vote, the
deadline and a cancellation that meet never deadlock. A vote holds the approval alone; the execution goes on by the queue.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import ApiKey, User, normal_email
from accounts.notifications.members import member_named, still_members
from accounts.principal import Principal
from accounts.scopes import ADMIN_ALL
from core.bulk import insert_rows, update_rows
from core.errors import PermanentError
from core.text import strip_nul
from events.models import Event
from events.queue.enqueue import NewItem, enqueue, withdraw
from events.services.publishing import NewEvent, publish, publish_many
from workflow.engine import steps
from workflow.engine.run import Run
from workflow.events import APPROVAL_DECIDED, APPROVAL_REQUESTED
from workflow.models import ActionState, Approval, ApprovalState, Vote
from workflow.services.approval_notices import Notice, tell

#: Kinds of the queue: tell those who are asked; go on by what was decided. ``ref`` is the step's id.
ASK = "workflow.ask"
DECIDED = "workflow.decided"

_TOKEN_BYTES = 32


class UnknownTokenError(PermanentError):
    """There is no such link, or the request was passed on to somebody else."""


class NotAskedError(PermanentError):
    """Only a member who is asked, or an administrator, may decide this."""


class AlreadyVotedError(PermanentError):
    """This vote has been given already. ``approved`` says which way."""

    def __init__(self, approved: bool | None) -> None:
        super().__init__("This vote has been given already.")
        self.approved = approved


class AlreadyAskedError(PermanentError):
    """That member is asked already."""


class ApprovalEndedError(PermanentError):
    """The approval takes no vote any more. ``state`` says why."""

    def __init__(self, state: ApprovalState) -> None:
        super().__init__(f"The approval is {state}: it takes no vote any more.")
        self.state = state


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of whom. ``approvers`` are user ids; ``deadline`` counts from now."""

    title: str
    message: str
    approvers: Sequence[uuid.UUID]
    quorum: int
    deadline: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """What somebody says to it."""

    approved: bool
    comment: str = ""


# -- asking ------------------------------------------------------------------------------------------------------------


def ask(run: Run, question: Question) -> None:
    """Write the approval down and let the run's step wait for it. Those asked are told by the queue, once the step is
    known to wait: a branch that is not needed any more at the end of the transaction asks nobody."""
    step = run.step
    assert step is not None
    if step not in run.new_steps:
        # The step is tried again; what was asked before died with its failure.
        Approval.objects.filter(step_id=step.id).delete()
    deadline = datetime.now(UTC) + question.deadline if question.deadline else None
    approval = Approval(
        step=step,
        execution=run.execution,
        title=strip_nul(question.title),
        message=strip_nul(question.message),
        quorum=question.quorum,
        deadline=deadline,
    )
    insert_rows([approval])
    insert_rows([Vote(approval=approval, user_id=user_id) for user_id in question.approvers])
    step.output = {"approval": str(approval.id)}
    steps.rest(run)
    if deadline is not None:
        step.output["until"] = deadline.isoformat()
        step.port = ApprovalState.EXPIRED
        steps.set_timer(run, deadline)
    enqueue(NewItem(lane=steps.signal_lane(run.execution.id), kind=ASK, ref=str(step.id)))


def tell_approvers(runs: Mapping[str, Run]) -> None:
    """Give those who are asked their links, and publish ``APPROVAL_REQUESTED``. ``runs`` wait, by the ids of their steps,
    and are locked. Who has been told is not told again."""
    rows = Approval.objects.filter(step_id__in=list(runs), state=ApprovalState.PENDING)
    approvals = {row.id: row for row in rows.order_by("id").select_for_update()}
    votes: dict[uuid.UUID, list[Vote]] = defaultdict(list)
    for vote in Vote.objects.filter(approval_id__in=list(approvals)).order_by("id"):
        votes[vote.approval_id].append(vote)
    notices: list[Notice] = []
    for approval_id, asked in votes.items():
        notices += [
            _new_link(vote, approvals[approval_id])
            for vote in asked
            if vote.token_hash is None and vote.approved is None
        ]
    update_rows([notice.vote for notice in notices], ["token_hash"])
    tell(notices)
    publish_many(
        [
            _requested(approvals[approval_id], runs[str(approvals[approval_id].step_id)], votes[approval_id])
            for approval_id in dict.fromkeys(notice.vote.approval_id for notice in notices)
        ]
    )


def _new_link(vote: Vote, approval: Approval) -> Notice:
    """A token for the vote, of which only the hash is kept: whoever was given another before cannot use that any more."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    vote.token_hash = _digest(token)
    return Notice(vote=vote, approval=approval, token=token)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _requested(approval: Approval, run: Run, asked: Sequence[Vote]) -> NewEvent:
    return NewEvent(
        type=APPROVAL_REQUESTED.code,
        data={
            **_facts(approval, workflow_id=run.plan.workflow_id, node=run.node.id),
            "approvers": [str(vote.user_id) for vote in asked],
            "quorum": approval.quorum,
            "deadline": approval.deadline.isoformat() if approval.deadline else None,
        },
        contact_id=run.execution.contact_id,
        conversation_id=run.execution.conversation_id,
        actor=f"workflow:{run.plan.workflow_id}",
        causation_id=run.event.id,
        depth=run.event.depth + 1,
    )


def _facts(approval: Approval, *, workflow_id: uuid.UUID, node: str) -> dict[str, Any]:
    return {
        "approval": str(approval.id),
        "workflow": str(workflow_id),
        "execution": str(approval.execution_id),
        "node": node,
        "title": approval.title,
    }


# -- deciding ----------------------------------------------------------------------------------------------------------


def vote_by(token: str) -> Vote:
    """The vote that a link is for, with its approval. Raises ``UnknownTokenError``."""
    votes = Vote.objects.select_related("approval__step", "approval__execution__workflow")
    vote = votes.filter(token_hash=_digest(token)).first()
    if vote is None:
        raise UnknownTokenError
    return vote


def check_open(approval: Approval) -> None:
    """Raises ``ApprovalEndedError`` when it takes no vote any more: also when its deadline is over and its timer has not
    rung yet."""
    if approval.state != ApprovalState.PENDING:
        raise ApprovalEndedError(ApprovalState(approval.state))
    if approval.deadline is not None and approval.deadline <= datetime.now(UTC):
        raise ApprovalEndedError(ApprovalState.EXPIRED)
    if approval.step.state != ActionState.WAITING:
        raise ApprovalEndedError(ApprovalState.CANCELLED)


def check_vote(vote: Vote, approval: Approval) -> None:
    """Raises ``AlreadyVotedError``, ``ApprovalEndedError``, and ``NotAskedError`` for who is no member any more."""
    if vote.approved is not None:
        raise AlreadyVotedError(vote.approved)
    check_open(approval)
    if vote.user_id not in still_members([vote.user_id]):
        raise NotAskedError("Whoever was asked is no member here any more.")


def vote_with_token(token: str, say: Say) -> Approval:
    """Cast the vote that the link is for. Raises ``UnknownTokenError`` and what :func:`check_vote` raises."""
    approval = _locked(vote_by(token).approval_id)
    # Read anew under the lock: meanwhile it may have been used, or passed on.
    vote = vote_by(token)
    check_vote(vote, approval)
    return _cast(approval, vote, say, by=f"member:{vote.user_id}")


def vote_as(principal: Principal, approval_id: uuid.UUID, say: Say) -> Approval:
    """Cast the vote of a member who is asked. An administrator who is not takes the place of the first who has not voted,
    so that the quorum stands. Raises ``NotAskedError``, ``AlreadyVotedError`` and ``ApprovalEndedError``."""
    approval = _locked(approval_id)
    vote = approval.votes.filter(user_id=principal.id).first()
    if vote is None and not principal.allows(ADMIN_ALL):
        raise NotAskedError
    if vote is not None and vote.approved is not None:
        raise AlreadyVotedError(vote.approved)
    check_open(approval)
    if vote is None:
        vote = approval.votes.filter(approved__isnull=True).order_by("id")[0]
        vote.user_id, vote.reassigned_from, vote.token_hash = principal.id, vote.user_id, None
    return _cast(approval, vote, say, by=principal.label)


def reassign(principal: Principal, approval_id: uuid.UUID, *, giver: str, taker: str) -> Approval:
    """Ask the member ``taker`` instead of ``giver`` (e-mails or ids; no giver: the principal). The giver's link dies.

    For the giver and for administrators. Raises ``NotAskedError``, ``NoSuchMemberError``, ``AlreadyVotedError``,
    ``AlreadyAskedError`` and ``ApprovalEndedError``.
    """
    approval = _locked(approval_id)
    admin = principal.allows(ADMIN_ALL)
    mine = approval.votes.filter(user_id=principal.id).first()
    if mine is None and not admin:
        raise NotAskedError
    vote = _vote_of(approval, giver) if giver else mine
    if vote is None:
        raise NotAskedError("That person is not asked; name one who is.")
    if vote.user_id != principal.id and not admin:
        raise NotAskedError
    if vote.approved is not None:
        raise AlreadyVotedError(vote.approved)
    check_open(approval)
    member = member_named(strip_nul(taker))
    if approval.votes.filter(user_id=member.id).exists():
        raise AlreadyAskedError
    vote.user_id, vote.reassigned_from = member.id, vote.user_id
    notice = _new_link(vote, approval)
    vote.save(update_fields=["user_id", "reassigned_from", "token_hash"])
    tell([notice])
    return approval


def _vote_of(approval: Approval, name: str) -> Vote | None:
    """By id or e-mail, of whoever is asked: they need be no member any more."""
    asked = {vote.user_id: vote for vote in approval.votes.all()}
    by_name = {str(user_id): vote for user_id, vote in asked.items()}
    for email, user_id in User.objects.filter(id__in=list(asked)).values_list("email", "id"):
        by_name[email] = asked[user_id]
    return by_name.get(normal_email(name))


def _locked(approval_id: uuid.UUID) -> Approval:
    rows = Approval.objects.select_related("step", "execution").select_for_update(of=("self",))
    return rows.get(id=approval_id)


def _cast(approval: Approval, vote: Vote, say: Say, *, by: str) -> Approval:
    vote.approved, vote.comment, vote.decided_at = say.approved, strip_nul(say.comment), datetime.now(UTC)
    vote.save()
    state = outcome(approval.quorum, list(approval.votes.values_list("approved", flat=True)))
    if state != ApprovalState.PENDING:
        withdraw(f"{steps.STEP}:{approval.step_id}")
        depth = Event.objects.filter(id=approval.execution.event_id).values_list("depth", flat=True).first()
        _end(approval, state, by=by, depth=(depth or 0) + 1)
        enqueue(decided_item(approval))
    return approval


def outcome(quorum: int, votes: Collection[bool | None]) -> ApprovalState:
    """What the votes (``None``: not given yet) make of an approval: rejected as soon as ``quorum`` cannot be reached."""
    given = [vote for vote in votes if vote is not None]
    if given.count(True) >= quorum:
        return ApprovalState.APPROVED
    if len(votes) - given.count(False) < quorum:
        return ApprovalState.REJECTED
    return ApprovalState.PENDING


def _end(approval: Approval, state: ApprovalState, *, by: str, depth: int) -> None:
    """Nobody can vote any more; published as ``APPROVAL_DECIDED``."""
    approval.state, approval.decided_at = state, datetime.now(UTC)
    approval.save(update_fields=["state", "decided_at"])
    execution = approval.execution
    votes = list(approval.votes.all())
    publish(
        NewEvent(
            type=APPROVAL_DECIDED.code,
            data={
                **_facts(approval, workflow_id=execution.workflow_id, node=approval.step.node),
                "state": state,
                "approved_by": [str(vote.user_id) for vote in votes if vote.approved],
                "rejected_by": [str(vote.user_id) for vote in votes if vote.approved is False],
            },
            contact_id=execution.contact_id,
            conversation_id=execution.conversation_id,
            actor=by,
            causation_id=execution.event_id,
            depth=depth,
        )
    )


def decided_item(approval: Approval) -> NewItem:
    """The execution's news that its approval is decided."""
    lane = steps.signal_lane(approval.execution_id)
    return NewItem(lane=lane, kind=DECIDED, ref=str(approval.step_id))


# -- going on ----------------------------------------------------------------------------------------------------------


def go_on(run: Run, approval: Approval) -> None:
    """Leave the waiting step by what its approval came to."""
    steps.complete(
        run, result(ApprovalState(approval.state), list(approval.votes.all())), port=approval.state
    )


def expire(run: Run) -> None:
    """The deadline of the run's step has come: go on by ``expired``, or by what was decided just before."""
    assert run.step is not None
    rows = Approval.objects.select_related("step", "execution").select_for_update(of=("self",))
    approval = rows.get(step_id=run.step.id)
    if approval.state == ApprovalState.PENDING:
        by = f"workflow:{run.plan.workflow_id}"
        _end(approval, ApprovalState.EXPIRED, by=by, depth=run.event.depth + 1)
    go_on(run, approval)


def result(state: ApprovalState, votes: Sequence[Vote]) -> dict[str, Any]:
    """The step's output: ``{"state", "approved_by": [{"id", "name"}], "rejected_by": […], "comments": [{"by", "approved",
    "text"}]}``."""
    given = sorted((v for v in votes if v.decided_at is not None), key=lambda v: (v.decided_at, v.id))
    names = _names({vote.user_id for vote in given})
    who = {vote.id: {"id": str(vote.user_id), "name": names.get(vote.user_id, "")} for vote in given}
    return {
        "state": str(state),
        "approved_by": [who[vote.id] for vote in given if vote.approved],
        "rejected_by": [who[vote.id] for vote in given if vote.approved is False],
        "comments": [
            {"by": names.get(vote.user_id, ""), "approved": vote.approved, "text": vote.comment}
            for vote in given
            if vote.comment
        ],
    }


def _names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """How people are called, and the keys that voted as administrators."""
    if not ids:
        return {}
    keys = dict(ApiKey.objects.filter(id__in=ids).values_list("id", "name"))
    return {**keys, **{user.id: user.get_full_name() for user in User.objects.filter(id__in=ids)}}
