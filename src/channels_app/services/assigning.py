"""Conversations given to members: to one in particular, to nobody, or dealt out among several."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count

from accounts.notifications.members import NoSuchMemberError, member_named, members_with
from channels_app import events as types
from channels_app.models import Conversation, ConversationStatus, Turn
from channels_app.services.conversations import ConversationNotFoundError
from channels_app.services.hints import hint_after_commit
from channels_app.services.revisions import locked, mark_changed
from core.bulk import update_rows
from core.errors import PermanentError
from crm.services.cause import SYSTEM, Cause
from events.services.publishing import NewEvent, publish_many


class NotAMemberError(PermanentError):
    """That person is not a member here."""


class NobodyToDealToError(PermanentError):
    """There is no active member to give conversations to."""


class Strategy(StrEnum):
    """How conversations are dealt out: to each member in turn, or to whom the fewest open ones belong."""

    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A conversation to give: to the user ``assignee_id`` (``None``: to nobody), or by ``strategy`` to a member with
    ``role`` (empty: any). ``only_unassigned`` leaves it with whom it belongs to."""

    conversation_id: uuid.UUID
    assignee_id: uuid.UUID | None = None
    strategy: Strategy | None = None
    role: str = ""
    only_unassigned: bool = False
    cause: Cause = SYSTEM


@dataclass(frozen=True, slots=True)
class Assigned:
    """Whose the conversation is now; ``changed`` is false when it was theirs already."""

    assignee_id: uuid.UUID | None
    changed: bool


def set_assignee(conversation_id: uuid.UUID, user_id: uuid.UUID | None, *, cause: Cause = SYSTEM) -> bool:
    """Give one conversation to a member, or to nobody; tells whether it changed. Publishes ``CONVERSATION_ASSIGNED``.

    Raises ``ConversationNotFoundError``, and ``NotAMemberError`` for whom the tenant does not admit.
    """
    if user_id is not None:
        try:
            member_named(str(user_id))
        except NoSuchMemberError as exc:
            raise NotAMemberError from exc
    assignment = Assignment(conversation_id=conversation_id, assignee_id=user_id, cause=cause)
    return assign([assignment])[0].changed


def assign(assignments: Sequence[Assignment]) -> list[Assigned]:
    """Give conversations, in the caller's transaction; publishes ``CONVERSATION_ASSIGNED`` where one changed hands.

    Users named by id are taken as they are: the caller has looked whether they are members. Raises
    ``ConversationNotFoundError``, ``NobodyToDealToError`` and ``NoSuchRoleError``.
    """
    rows = {
        row.id: row
        for row in locked().filter(id__in={assignment.conversation_id for assignment in assignments})
    }
    dealers: dict[tuple[Strategy, str], _Dealer] = {}
    for strategy, role in sorted({(a.strategy, a.role) for a in assignments if a.strategy is not None}):
        dealers[strategy, role] = _Dealer(strategy, role)
    done: list[Assigned] = []
    told: list[NewEvent] = []
    for assignment in assignments:
        row = rows.get(assignment.conversation_id)
        if row is None:
            raise ConversationNotFoundError(f"There is no conversation {assignment.conversation_id}.")
        before = row.assignee_id
        if not (assignment.only_unassigned and before is not None):
            row.assignee_id = _chosen(assignment, before, dealers)
        done.append(Assigned(row.assignee_id, row.assignee_id != before))
        if row.assignee_id != before:
            told.append(_event(row, before, assignment.cause))
    changed = {
        assignment.conversation_id for assignment, one in zip(assignments, done, strict=True) if one.changed
    }
    moved = [rows[conversation_id] for conversation_id in sorted(changed)]
    mark_changed(moved)
    update_rows(moved, ["assignee_id", "revision"])
    for dealer in dealers.values():
        dealer.remember()
    publish_many(told)
    hint_after_commit(moved)
    return done


def _chosen(
    assignment: Assignment, before: uuid.UUID | None, dealers: dict[tuple[Strategy, str], _Dealer]
) -> uuid.UUID | None:
    if assignment.strategy is None:
        return assignment.assignee_id
    return dealers[assignment.strategy, assignment.role].deal(before)


class _Dealer:
    """Deals conversations to the members with a role; two dealers of one role wait for one another."""

    def __init__(self, strategy: Strategy, role: str) -> None:
        self._members = members_with(role)
        if not self._members:
            whom = f"with the role {role!r}" if role else "at all"
            raise NobodyToDealToError(
                f"There is no active member {whom}; choose another role, or add a member."
            )
        Turn.objects.get_or_create(role=role)
        self._turn = Turn.objects.select_for_update().get(role=role)
        self._choose = _CHOOSERS[strategy](self)

    def deal(self, before: uuid.UUID | None) -> uuid.UUID:
        """To whom the next one goes, which has been ``before``'s."""
        self._turn.last_user_id = self._choose(before)
        assert self._turn.last_user_id is not None
        return self._turn.last_user_id

    def remember(self) -> None:
        """Whose turn it was last."""
        self._turn.save(update_fields=["last_user_id"])

    def in_turn(self) -> Callable[[uuid.UUID | None], uuid.UUID]:
        """To each in turn."""
        return lambda before: next(self._after_last())

    def least_busy(self) -> Callable[[uuid.UUID | None], uuid.UUID]:
        """To whom the fewest open conversations belong; among equals, in turn."""
        open_ones = Conversation.objects.filter(assignee_id__in=self._members).exclude(
            status=ConversationStatus.CLOSED
        )
        load = Counter(dict(open_ones.order_by().values_list("assignee_id").annotate(count=Count("id"))))

        def choose(before: uuid.UUID | None) -> uuid.UUID:
            if before is not None:
                # Given anew, it weighs on nobody yet.
                load[before] -= 1
            chosen = min(self._after_last(), key=lambda member: load[member])
            load[chosen] += 1
            return chosen

        return choose

    def _after_last(self) -> Iterator[uuid.UUID]:
        """All members, beginning after the one whose turn it was last."""
        last = self._turn.last_user_id
        start = self._members.index(last) + 1 if last in self._members else 0
        yield from self._members[start:]
        yield from self._members[:start]


_CHOOSERS: dict[Strategy, Callable[[_Dealer], Callable[[uuid.UUID | None], uuid.UUID]]] = {
    Strategy.ROUND_ROBIN: _Dealer.in_turn,
    Strategy.LEAST_BUSY: _Dealer.least_busy,
}


def _event(row: Conversation, before: uuid.UUID | None, cause: Cause) -> NewEvent:
    return NewEvent(
        type=types.CONVERSATION_ASSIGNED.code,
        contact_id=row.contact_id,
        conversation_id=row.id,
        data={
            "channel_id": str(row.channel_id),
            "status": row.status,
            "assignee_id": str(row.assignee_id or ""),
            "previous_assignee_id": str(before or ""),
        },
        actor=cause.actor,
        causation_id=cause.event_id,
        depth=cause.depth,
    )
