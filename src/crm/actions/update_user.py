"""``update_user``: change fields of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.forms import shown
from crm.actions.cause import cause_of
from crm.services.contacts import Change, update_contacts
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class UpdateUserConfig(Config):
    """New values; fields left out stay as they are."""

    name: Annotated[str | None, Field(max_length=200), shown("Name", "The new full name.")] = None
    phone: Annotated[
        str | None,
        Field(max_length=40, description="Any usual spelling; stored as E.164"),
        shown("Phone", widget="phone"),
    ] = None
    email: Annotated[str | None, Field(max_length=254), shown("E-mail", "The new e-mail address.")] = None
    language: Annotated[
        str | None,
        Field(max_length=10),
        shown("Language", "The language in which they are written to.", relation="language"),
    ] = None
    timezone: Annotated[
        str | None,
        Field(max_length=64),
        shown("Time zone", "Where they are, as Africa/Algiers.", widget="timezone"),
    ] = None
    custom: Annotated[dict[str, Any], shown("Custom fields")] = Field(
        default_factory=dict, description="Custom fields by slug; null removes a value"
    )

    @property
    def values(self) -> dict[str, str]:
        """The plain fields that are set."""
        return self.model_dump(exclude={"custom"}, exclude_none=True)

    @model_validator(mode="after")
    def _something(self) -> UpdateUserConfig:
        if not self.values and not self.custom:
            raise ValueError("set at least one field to change")
        return self


class UpdateUserOutput(Output):
    """What really changed, as ``{field: {"from", "to"}}``."""

    changes: dict[str, dict[str, Any]]


@register
class UpdateUser(InternalAction[UpdateUserConfig, UpdateUserOutput]):
    """Changes the contact and tells of it by ``USER_UPDATED``."""

    slug = "update_user"
    label = "Update the contact"
    icon = "contact"
    description = "Change the contact's name, phone, e-mail, language or custom fields."
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = UpdateUserConfig
    Output = UpdateUserOutput
    example: ClassVar = {"language": "fa"}
    example_output: ClassVar = {"changes": {"language": {"from": "", "to": "fa"}}}
    touches = frozenset({"user"})

    def run(self, config: UpdateUserConfig, context: ActionContext) -> UpdateUserOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[UpdateUserConfig]]) -> list[UpdateUserOutput]:
        """One statement for the whole batch."""
        changes = [
            Change(
                contact_id=call.context.contact(),
                values=call.config.values,
                custom=call.config.custom,
                cause=cause_of(call.context),
            )
            for call in calls
        ]
        return [UpdateUserOutput(changes=done) for done in update_contacts(changes)]
