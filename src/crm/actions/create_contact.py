"""``create_contact``: find or make a contact by own id, phone or e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.forms import shown
from crm.actions.cause import cause_of
from crm.services.finding import KEYS, Found, NoKeyError, OnExisting, Wanted, find_or_create
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class CreateContactConfig(Config):
    """Who it is. At least one of ``external_id``, ``phone`` and ``email`` finds the contact again; a text that a template
    leaves empty counts as not given."""

    external_id: Annotated[
        str, Field(max_length=120, description="The id in your own system"), shown("Own id")
    ] = ""
    phone: Annotated[
        str,
        Field(max_length=40, description="Any usual spelling; stored as E.164"),
        shown("Phone", widget="phone"),
    ] = ""
    email: Annotated[str, Field(max_length=254), shown("E-mail", "Where e-mail reaches them.")] = ""
    name: Annotated[str, Field(max_length=200), shown("Name", "Their full name.")] = ""
    language: Annotated[
        str,
        Field(max_length=10),
        shown("Language", "The language in which they are written to.", relation="language"),
    ] = ""
    timezone: Annotated[
        str,
        Field(max_length=64),
        shown("Time zone", "Where they are, as Africa/Algiers.", widget="timezone", advanced=True),
    ] = ""
    custom: Annotated[dict[str, Any], shown("Custom fields")] = Field(
        default_factory=dict, description="Custom fields by slug"
    )
    tags: Annotated[
        list[str],
        Field(max_length=50),
        shown("Tags", "Put on the contact, be it new or found.", widget="relations", relation="tag"),
    ] = Field(default_factory=list)
    on_existing: Annotated[OnExisting, shown("If the contact exists")] = Field(
        default=OnExisting.USE,
        description="When the contact is there already: use it as it is, update it with these values, or fail",
    )

    @property
    def values(self) -> dict[str, str]:
        """The plain fields that are given."""
        plain = self.model_dump(exclude={"custom", "tags", "on_existing"})
        return {name: text for name, text in plain.items() if text.strip()}

    @model_validator(mode="after")
    def _identified(self) -> CreateContactConfig:
        if not any(name in self.values for name in KEYS):
            raise ValueError(NoKeyError.__doc__)
        return self


class CreateContactOutput(Output):
    """The contact; ``created`` is false when it was there already."""

    contact_id: str
    created: bool


@register
class CreateContact(InternalAction[CreateContactConfig, CreateContactOutput]):
    """Makes a contact, or finds the one that there is. The workflow stays with the contact that it began with."""

    slug = "create_contact"
    label = "Create a contact"
    icon = "contact"
    description = "Find a contact by own id, phone or e-mail, or make one."
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = CreateContactConfig
    Output = CreateContactOutput
    example: ClassVar = {
        "phone": "{{ event.data.phone }}",
        "name": "أمينة بن علي",
        "tags": ["friend"],
        "on_existing": "update",
    }
    example_output: ClassVar = {"contact_id": "01900000-0000-7000-8000-000000000000", "created": True}
    # It may be the workflow's own contact that is found and updated.
    touches = frozenset({"user"})

    def run(self, config: CreateContactConfig, context: ActionContext) -> CreateContactOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[CreateContactConfig]]) -> list[CreateContactOutput]:
        """A few statements for the whole batch."""
        return [_output(found) for found in find_or_create([_wanted(call) for call in calls])]


def _wanted(call: ActionCall[CreateContactConfig]) -> Wanted:
    return Wanted(
        values=call.config.values,
        custom=call.config.custom,
        tags=call.config.tags,
        on_existing=call.config.on_existing,
        cause=cause_of(call.context),
    )


def _output(found: Found) -> CreateContactOutput:
    return CreateContactOutput(contact_id=str(found.contact_id), created=found.created)
