"""``opt_out`` and ``opt_in``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from core.forms import shown
from crm.actions.cause import cause_of
from crm.services.consent import Wish, set_opted_out_many
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class ConsentConfig(Config):
    """Why, for the contact's timeline; may use Liquid."""

    reason: Annotated[str, Field(max_length=500), shown("Reason", "Why, for the record.")] = ""


class ConsentOutput(Output):
    """How the contact stands now; ``changed`` is false when there was nothing to do."""

    opted_out: bool
    changed: bool


class _ConsentAction(InternalAction[ConsentConfig, ConsentOutput]):
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = ConsentConfig
    Output = ConsentOutput
    touches = frozenset({"user"})
    opted_out: ClassVar[bool]

    def run(self, config: ConsentConfig, context: ActionContext) -> ConsentOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[ConsentConfig]]) -> list[ConsentOutput]:
        """One statement for the whole batch."""
        changed = set_opted_out_many(
            [
                Wish(
                    contact_id=call.context.contact(),
                    opted_out=self.opted_out,
                    reason=call.config.reason,
                    cause=cause_of(call.context),
                )
                for call in calls
            ]
        )
        return [ConsentOutput(opted_out=self.opted_out, changed=did) for did in changed]


@register
class OptOut(_ConsentAction):
    """From now on workflows and broadcasts send this contact nothing; a member may still answer."""

    slug = "opt_out"
    label = "Opt out"
    icon = "stop"
    description = "Send the contact no automated messages any more."
    example: ClassVar = {"reason": "{{ event.data.content }}"}
    example_output: ClassVar = {"opted_out": True, "changed": True}
    opted_out = True


@register
class OptIn(_ConsentAction):
    """Takes an opt-out back."""

    slug = "opt_in"
    label = "Opt in"
    icon = "check"
    description = "Send the contact automated messages again, as they asked for."
    example: ClassVar = {"reason": "{{ event.data.content }}"}
    example_output: ClassVar = {"opted_out": False, "changed": True}
    opted_out = False
