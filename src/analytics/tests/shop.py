"""Ten weeks of a shop, made by dice: conversations at all hours, answered by people and by a robot, and executions."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from channels_app.models import Conversation, Direction, Message, Send
from channels_app.providers.base import DeliveryState
from core.ids import uuid7_bound
from crm.models import Contact
from workflow.models import Version, Workflow, WorkflowExecution


def an_id(at: datetime) -> uuid.UUID:
    """An id made at that moment."""
    return uuid.UUID(int=uuid7_bound(at).int | random.getrandbits(60))


@dataclass
class Made:
    """Everything that was made, for counting in Python."""

    contacts: list[Contact] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    executions: list[WorkflowExecution] = field(default_factory=list)


def converse(found: Made, dice: random.Random, number: int, began: datetime, channel, member) -> None:
    contact = Contact(name=f"أمينة {number}")
    found.contacts.append(contact)
    ended = began + timedelta(hours=dice.randrange(1, 90)) if dice.random() < 0.7 else None
    conversation = Conversation(
        id=an_id(began),
        channel=channel,
        contact=contact,
        recipient=str(number),
        status="closed" if ended else "open",
        assignee_id=member if dice.random() < 0.8 else None,
        created_at=began,
        closed_at=ended,
    )
    found.conversations.append(conversation)
    at = began
    opened_by_us = dice.random() < 0.15
    for seq in range(1, dice.randrange(2, 9)):
        direction = (
            Direction.OUT
            if (seq == 1) == opened_by_us and (seq == 1 or dice.random() < 0.6)
            else Direction.IN
        )
        if dice.random() < 0.08:
            direction = Direction.NOTE
        author = {
            Direction.IN: "contact",
            Direction.NOTE: f"member:{member}",
            Direction.OUT: dice.choice([f"member:{member}", f"member:{member}", "workflow:1", "key:2"]),
        }[direction]
        failed = direction == Direction.OUT and dice.random() < 0.2
        state = "" if direction != Direction.OUT else "failed" if failed else dice.choice(["sent", "read"])
        message = Message(
            id=an_id(at),
            conversation=conversation,
            channel=channel,
            seq=seq,
            direction=direction,
            type="text",
            text="سلام",
            author=author,
            state=state,
            sent_at=at,
        )
        found.messages.append(message)
        if failed:
            reason = dice.choice(["window_closed", "blocked"])
            found.sends.append(
                Send(
                    effect_key=str(message.id),
                    message=message,
                    state=DeliveryState.FAILED,
                    error_code=reason,
                    settled_at=at + timedelta(seconds=40),
                )
            )
        at += timedelta(minutes=dice.randrange(1, 700))


def execute(found: Made, dice: random.Random) -> None:
    workflow = Workflow.objects.create(name="كوبون")
    version = Version.objects.create(workflow=workflow, number=1, document={})
    for _ in range(80):
        began = datetime(2022, 2, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(9 * 7 * 1440))
        state = dice.choice(["completed", "completed", "failed", "waiting", "exited"])
        execution = WorkflowExecution(
            id=an_id(began),
            workflow=workflow,
            version=version,
            event_id=uuid.uuid4(),
            state=state,
            started_at=began,
            ended_at=None if state == "waiting" else began + timedelta(hours=dice.randrange(1, 300)),
            converted_at=began + timedelta(hours=2) if dice.random() < 0.3 else None,
        )
        found.executions.append(execution)
    WorkflowExecution.objects.bulk_create(found.executions)
