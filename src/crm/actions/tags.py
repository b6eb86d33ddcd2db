"""``add_tag`` and ``remove_tag``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from core.forms import shown
from crm.actions.cause import cause_of
from crm.services.tagging import Tagging, add_tags, remove_tags
from workflow.actions.base import ActionCall, ActionContext, Config, Effect, InternalAction, Output, register


class TagConfig(Config):
    """Which tag."""

    tag: Annotated[
        str,
        Field(min_length=1, max_length=80, description="The tag's name"),
        shown("Tag", "The tag, by its name; a new name makes a tag.", relation="tag"),
    ]


class TagOutput(Output):
    """``changed`` is false when there was nothing to do."""

    tag: str
    changed: bool


class _TagAction(InternalAction[TagConfig, TagOutput]):
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = TagConfig
    Output = TagOutput
    touches = frozenset({"user"})

    def run(self, config: TagConfig, context: ActionContext) -> TagOutput:
        """A batch of one."""
        return self.run_many([ActionCall(config, context)])[0]

    def run_many(self, calls: Sequence[ActionCall[TagConfig]]) -> list[TagOutput]:
        """One statement for the whole batch."""
        changed = self.change(
            [Tagging(c.context.contact(), c.config.tag, cause_of(c.context)) for c in calls]
        )
        return [TagOutput(tag=c.config.tag, changed=did) for c, did in zip(calls, changed, strict=True)]

    @abstractmethod
    def change(self, taggings: Sequence[Tagging]) -> list[bool]:
        """Put the tags on or take them off."""


@register
class AddTag(_TagAction):
    """Puts a tag on the contact; makes the tag when it is new."""

    slug = "add_tag"
    label = "Add a tag"
    icon = "tag"
    description = "Put a tag on the contact."
    example: ClassVar = {"tag": "interested"}
    example_output: ClassVar = {"tag": "interested", "changed": True}

    def change(self, taggings: Sequence[Tagging]) -> list[bool]:
        """Put them on."""
        return add_tags(taggings)


@register
class RemoveTag(_TagAction):
    """Takes a tag off the contact."""

    slug = "remove_tag"
    label = "Remove a tag"
    icon = "tag"
    description = "Take a tag off the contact."
    example: ClassVar = {"tag": "interested"}
    example_output: ClassVar = {"tag": "interested", "changed": True}

    def change(self, taggings: Sequence[Tagging]) -> list[bool]:
        """Take them off."""
        return remove_tags(taggings)
