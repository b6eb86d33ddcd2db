"""``approval``: members decide whether and how the execution goes on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from accounts.notifications.members import members_with
from core.calendar import Duration
from core.errors import PermanentError
from core.forms import shown
from core.templating.tree import is_template
from workflow.engine import steps
from workflow.engine.rendering import configs_of
from workflow.engine.run import Run
from workflow.graph import Document, Node, NodeConfig, NodeType, PortRule, Problem, register
from workflow.graph.node_types import config_or_none
from workflow.models import ApprovalState
from workflow.services.approvals import Question, ask, expire, result
from workflow.services.approvers import Approvers, member_id

APPROVED, REJECTED, EXPIRED, ERROR = "approved", "rejected", "expired", "error"


class ApprovalConfig(NodeConfig):
    """What is asked of whom: members by e-mail or id, and all that have a role; ``quorum`` of them must approve."""

    title: Annotated[
        str,
        Field(min_length=1, max_length=200, description="What is to be decided, in a line."),
        shown("Question", widget="liquid", lines=1),
    ]
    message: Annotated[
        str,
        Field(max_length=5_000, description="What those asked need to know to decide."),
        shown("Message", widget="liquid"),
    ] = ""
    approvers: Annotated[
        list[Annotated[str, Field(max_length=320)]],
        Field(max_length=50, description="Members by e-mail or id."),
        shown("Approvers", widget="relations", relation="member"),
    ] = Field(default_factory=list)
    role: Annotated[
        str,
        Field(max_length=40, description="Also all members with this role."),
        shown("Role", relation="role"),
    ] = ""
    quorum: Annotated[
        int, Field(ge=1, le=50, description="How many must approve."), shown("Approvals needed")
    ] = 1
    deadline: Annotated[
        Duration | None, Field(description="After this it is left by the port 'expired'."), shown("Deadline")
    ] = None

    @model_validator(mode="after")
    def _somebody(self) -> ApprovalConfig:
        if not self.approvers and not self.role:
            raise ValueError("nobody would be asked; name approvers, or a role")
        return self


@register
class ApprovalNode(NodeType):
    """The execution rests until enough of those asked approve, too many reject, or time runs out."""

    slug = "approval"
    label = "Approval"
    icon = "approve"
    description = "Ask members to approve or reject, and go on by what they say."
    Config = ApprovalConfig
    example: ClassVar = {
        "title": "Refund for {{ user.name }}",
        "message": "Order {{ event.data.order_id }}: {{ event.data.amount }}",
        "role": "manager",
        "quorum": 1,
        "deadline": {"hours": 24},
    }
    branches = True
    port_rule = PortRule(fixed=(APPROVED, REJECTED, EXPIRED, ERROR), when={EXPIRED: "deadline"})

    def pauses(self, node: Node) -> bool:
        """People take their time."""
        return True

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """Those named are members, the role exists, and they are enough. What a template becomes is seen when run."""
        config = config_or_none(self, node.config)
        if config is None:
            return []
        problems: list[Problem] = []
        ids: set[uuid.UUID] = set()
        fixed = [(n, name) for n, name in enumerate(config.approvers) if not is_template(name)]
        for number, name in fixed:
            try:
                ids.add(member_id(name))
            except PermanentError as exc:
                problems.append(Problem(place=f"{node.id}/approvers/{number}", message=str(exc)))
        if not is_template(config.role):
            try:
                ids.update(members_with(config.role) if config.role else ())
            except PermanentError as exc:
                problems.append(Problem(place=f"{node.id}/role", message=str(exc)))
            if not problems and len(fixed) == len(config.approvers) and len(ids) < config.quorum:
                problems.append(
                    Problem(
                        place=f"{node.id}/quorum",
                        message=f"{len(ids)} members would be asked and {config.quorum} must approve; "
                        "name more approvers, or lower the quorum",
                    )
                )
        return problems

    def run(self, runs: Sequence[Run]) -> None:
        """Ask, and rest. A trial goes on as if it were approved."""
        for run in runs:
            steps.begin(run, self.slug)
        approvers = Approvers()
        for run, config in zip(runs, configs_of(runs), strict=True):
            if isinstance(config, Exception):
                steps.fail(run, config)
                continue
            assert isinstance(config, ApprovalConfig)
            assert run.step is not None
            steps.keep_input(run.step, config)
            try:
                asked = approvers.find(config.approvers, config.role, quorum=config.quorum)
            except PermanentError as exc:
                steps.fail(run, exc)
                continue
            if run.trial is not None:
                run.trial.stand_in(run, "approved")
                steps.complete(run, result(ApprovalState.APPROVED, []), port=APPROVED)
                continue
            ask(
                run,
                Question(
                    title=config.title,
                    message=config.message,
                    approvers=asked,
                    quorum=config.quorum,
                    deadline=config.deadline.delta if config.deadline else None,
                ),
            )

    def ring(self, run: Run) -> bool:
        """The deadline has come: by then it was decided, or it expires."""
        expire(run)
        return True
