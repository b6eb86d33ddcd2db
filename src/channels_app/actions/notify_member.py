"""``notify_member``: tell members of the team something."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from accounts.notifications.members import member_named, members_with, still_members
from accounts.notifications.services import NewNotification, notify
from channels_app.actions.team import team_problems
from channels_app.models import Conversation
from core.errors import PermanentError
from core.forms import shown
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class NobodyToNotifyError(PermanentError):
    """There is nobody to notify."""


class NotifyWhom(StrEnum):
    """Whom to tell."""

    ASSIGNEE = "assignee"
    MEMBER = "member"
    ROLE = "role"


class LinkTo(StrEnum):
    """Where the notification leads."""

    NONE = "none"
    CONTACT = "contact"
    CONVERSATION = "conversation"


class NotifyConfig(Config):
    """Whom to tell what. Title and body may use Liquid."""

    to: Annotated[NotifyWhom, shown("Whom")] = Field(
        description="The member to whom the conversation is assigned, one member, or all members with a role"
    )
    member: Annotated[
        str,
        Field(max_length=254, description="For one member: the e-mail or user id"),
        shown("Member", relation="member", when={"to": ["member"]}),
    ] = ""
    role: Annotated[
        str,
        Field(
            max_length=40,
            description="For a role: which, as manager. For the assignee: who is told while the conversation is nobody's",
        ),
        shown("Role", relation="role", when={"to": ["role", "assignee"]}),
    ] = ""
    title: Annotated[
        str,
        Field(min_length=1, max_length=200),
        shown("Title", "One line; may use Liquid.", widget="liquid", lines=1),
    ]
    body: Annotated[
        str,
        Field(max_length=5_000),
        shown("Text", "What they need to know; may use Liquid.", widget="liquid"),
    ] = ""
    link: Annotated[LinkTo, shown("Leads to")] = Field(
        default=LinkTo.CONVERSATION, description="What opens from the notification"
    )

    @model_validator(mode="after")
    def _fits(self) -> NotifyConfig:
        if (self.to is NotifyWhom.MEMBER) != bool(self.member.strip()):
            raise ValueError("name a member exactly when one member is told")
        if self.to is NotifyWhom.ROLE and not self.role:
            raise ValueError("name the role whose members are told, as manager")
        if self.to is NotifyWhom.MEMBER and self.role:
            raise ValueError("one member is told, so the role has no meaning; remove it")
        return self


class NotifyOutput(Output):
    """The users who were told."""

    recipients: list[str]


@register
class NotifyMember(InternalAction[NotifyConfig, NotifyOutput]):
    """Writes notifications into the lists of members; customers never see them."""

    slug = "notify_member"
    label = "Notify a member"
    icon = "bell"
    description = "Tell members of the team something, in their list of notifications."
    category = "inbox"
    effect = Effect.REVERSIBLE
    Config = NotifyConfig
    Output = NotifyOutput
    example: ClassVar = {
        "to": "assignee",
        "role": "manager",
        "title": "{{ user.name }} asks for a person",
        "body": "{{ event.data.content }}",
    }
    example_output: ClassVar = {"recipients": ["01900000-0000-7000-8000-000000000000"]}

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """The member, or the role, is there."""
        return team_problems(config)

    def run(self, config: NotifyConfig, context: ActionContext) -> NotifyOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[NotifyConfig]]) -> list[NotifyOutput]:
        """One insertion for the whole batch."""
        team = _Team(calls)
        told = [_WHOM[call.config.to](call, team) for call in calls]
        notify(
            [
                NewNotification(
                    recipient_id=user_id,
                    title=call.config.title,
                    body=call.config.body,
                    link=_LINKS[call.config.link](call.context),
                )
                for call, users in zip(calls, told, strict=True)
                for user_id in users
            ]
        )
        return [NotifyOutput(recipients=[str(user_id) for user_id in users]) for users in told]


class _Team:
    """Who is who, read once for a batch."""

    def __init__(self, calls: Sequence[ActionCall[NotifyConfig]]) -> None:
        asked = {call.context.conversation() for call in calls if call.config.to is NotifyWhom.ASSIGNEE}
        rows = Conversation.objects.filter(id__in=asked) if asked else Conversation.objects.none()
        assignees = dict(rows.order_by().values_list("id", "assignee_id"))
        there = still_members({user_id for user_id in assignees.values() if user_id is not None})
        self.assignees: Mapping[uuid.UUID, uuid.UUID | None] = {
            key: user_id for key, user_id in assignees.items() if user_id in there
        }
        self._roles: dict[str, list[uuid.UUID]] = {}

    def with_role(self, role: str) -> list[uuid.UUID]:
        """All active members with it. Raises ``NobodyToNotifyError``."""
        if role not in self._roles:
            self._roles[role] = members_with(role)
        if not self._roles[role]:
            raise NobodyToNotifyError(
                f"No active member has the role {role!r}; choose another role, or give it to somebody."
            )
        return self._roles[role]


def _assignee(call: ActionCall[NotifyConfig], team: _Team) -> list[uuid.UUID]:
    user_id = team.assignees.get(call.context.conversation())
    if user_id is not None:
        return [user_id]
    if not call.config.role:
        raise NobodyToNotifyError(
            "The conversation is nobody's; assign it first, or name a role that is told instead."
        )
    return team.with_role(call.config.role)


def _member(call: ActionCall[NotifyConfig], team: _Team) -> list[uuid.UUID]:
    return [member_named(call.config.member).id]


def _role(call: ActionCall[NotifyConfig], team: _Team) -> list[uuid.UUID]:
    return team.with_role(call.config.role)


_WHOM: dict[NotifyWhom, Callable[[ActionCall[NotifyConfig], _Team], list[uuid.UUID]]] = {
    NotifyWhom.ASSIGNEE: _assignee,
    NotifyWhom.MEMBER: _member,
    NotifyWhom.ROLE: _role,
}


def _to_contact(context: ActionContext) -> dict[str, str]:
    return {"contact_id": str(context.contact_id)} if context.contact_id else {}


def _to_conversation(context: ActionContext) -> dict[str, str]:
    """The conversation, or where there is none the contact."""
    if context.conversation_id is None:
        return _to_contact(context)
    return {"conversation_id": str(context.conversation_id)}


_LINKS: dict[LinkTo, Callable[[ActionContext], dict[str, str]]] = {
    LinkTo.NONE: lambda context: {},
    LinkTo.CONTACT: _to_contact,
    LinkTo.CONVERSATION: _to_conversation,
}
