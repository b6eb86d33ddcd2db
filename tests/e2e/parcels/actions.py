"""``pack_parcel``: an action of which no line of the front end knows."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from core.forms import shown
from workflow.actions.base import ActionContext, Config, Effect, InternalAction, Output, register


class ParcelConfig(Config):
    """How to pack it; the remark may use Liquid."""

    wilaya: Annotated[
        str,
        Field(min_length=1, max_length=80),
        shown("Wilaya", "Where it goes; may use Liquid.", widget="liquid"),
    ]
    size: Annotated[Literal["small", "large"], shown("Size", "What it is packed in.")] = "small"
    fragile: Annotated[bool, shown("Fragile", "Packed with care.")] = False


class ParcelOutput(Output):
    """What was written on it."""

    note: str


@register
class PackParcel(InternalAction[ParcelConfig, ParcelOutput]):
    """Nothing but words comes of it: what matters is that people can choose it and fill it in."""

    slug = "pack_parcel"
    label = "Pack a parcel"
    icon = "package"
    description = "Have the warehouse pack what was ordered."
    category = "contact"
    effect = Effect.REVERSIBLE
    Config = ParcelConfig
    Output = ParcelOutput
    example: ClassVar = {"wilaya": "وهران", "size": "large"}
    example_output: ClassVar = {"note": "large: وهران"}

    def run(self, config: ParcelConfig, context: ActionContext) -> ParcelOutput:
        """Write the note."""
        care = " (!)" if config.fragile else ""
        return ParcelOutput(note=f"{config.size}: {config.wilaya}{care}")
