"""``assign``: give the conversation to a member, to nobody, or deal it out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from accounts.notifications.members import member_named
from channels_app.actions.team import team_problems
from channels_app.services.assigning import Assignment, Strategy, assign
from core.forms import shown
from crm.actions.cause import cause_of
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class AssignTo(StrEnum):
    """To whom."""

    MEMBER = "member"
    NOBODY = "nobody"
    ROUND_ROBIN = "round_robin"
    LEAST_BUSY = "least_busy"


_DEALT = {AssignTo.ROUND_ROBIN: Strategy.ROUND_ROBIN, AssignTo.LEAST_BUSY: Strategy.LEAST_BUSY}


class AssignConfig(Config):
    """To whom the conversation goes. Only active members are given any."""

    to: Annotated[AssignTo, shown("To")] = Field(
        description="One member, nobody, the members in turn, or the one with the fewest open conversations"
    )
    member: Annotated[
        str,
        Field(max_length=254, description="For one member: the e-mail or user id"),
        shown("Member", relation="member", when={"to": ["member"]}),
    ] = ""
    role: Annotated[
        str,
        Field(max_length=40, description="When dealt out: only to members with this role, as agent"),
        shown("Role", relation="role", when={"to": ["round_robin", "least_busy"]}),
    ] = ""
    only_unassigned: Annotated[bool, shown("Only if unassigned")] = Field(
        default=False, description="Leave a conversation that is somebody's already with them"
    )

    @model_validator(mode="after")
    def _fits(self) -> AssignConfig:
        if (self.to is AssignTo.MEMBER) != bool(self.member.strip()):
            raise ValueError("name a member exactly when the conversation goes to one member")
        if self.role and self.to not in _DEALT:
            raise ValueError("a role is for round_robin and least_busy; remove it")
        return self


class AssignOutput(Output):
    """The user whose it is now, null for nobody's; ``changed`` is false when it was so already."""

    assignee_id: str | None
    changed: bool


@register
class Assign(InternalAction[AssignConfig, AssignOutput]):
    """Gives away the conversation in which the workflow was started."""

    slug = "assign"
    label = "Assign the conversation"
    icon = "assign"
    description = "Give the conversation to a member, to nobody, or deal it out among members."
    category = "inbox"
    effect = Effect.REVERSIBLE
    Config = AssignConfig
    Output = AssignOutput
    example: ClassVar = {"to": "round_robin", "role": "agent", "only_unassigned": True}
    example_output: ClassVar = {"assignee_id": "01900000-0000-7000-8000-000000000000", "changed": True}
    touches = frozenset({"conversation"})

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """The member, or the role, is there."""
        return team_problems(config)

    def run(self, config: AssignConfig, context: ActionContext) -> AssignOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[AssignConfig]]) -> list[AssignOutput]:
        """One dealing for the whole batch."""
        named = {
            call.config.member: member_named(call.config.member).id for call in calls if call.config.member
        }
        done = assign([_assignment(call, named.get) for call in calls])
        return [
            AssignOutput(assignee_id=str(one.assignee_id) if one.assignee_id else None, changed=one.changed)
            for one in done
        ]


def _assignment(call: ActionCall[AssignConfig], member: Callable[[str], uuid.UUID | None]) -> Assignment:
    return Assignment(
        conversation_id=call.context.conversation(),
        assignee_id=member(call.config.member),
        strategy=_DEALT.get(call.config.to),
        role=call.config.role,
        only_unassigned=call.config.only_unassigned,
        cause=cause_of(call.context),
    )
