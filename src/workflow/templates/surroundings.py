"""What templates need of the apps above the engine, which say what a tenant has, and add contacts' fields to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Literal

from pydantic import Field

from core.errors import PermanentError
from core.registry import Registry
from workflow.graph.policy import Strict
from workflow.templates.texts import LocalText

#: What a tenant has of a noun, as ``{how a workflow names it: what people call it}``.
Listing = Callable[[], Mapping[str, str]]
#: ``provider`` (of its active channels), ``channel``, ``segment``, ``setting`` (that was made): each set by the app that
#: owns the noun.
LISTINGS: Registry[Listing] = Registry("listing")


class CustomFieldSpec(Strict):
    """A field that a template adds to the tenant's contacts, or finds there."""

    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    label: LocalText
    type: Literal["text", "number", "boolean", "date", "datetime", "choice"] = "text"
    choices: list[str] = Field(default_factory=list, max_length=200)


class FieldMismatchError(PermanentError):
    """The contacts have a field of that name which holds something else."""


class FieldKeeper(ABC):
    """The contacts' custom fields, in the hands of the app that owns contacts."""

    @abstractmethod
    def declared(self, slugs: Collection[str]) -> dict[str, CustomFieldSpec]:
        """Those of these fields that there are, by slug, with the label in the tenant's language."""

    @abstractmethod
    def declare(self, spec: CustomFieldSpec, label: str) -> None:
        """Add a field that is not there yet. Raises ``PermanentError``."""


FIELD_KEEPERS: Registry[FieldKeeper] = Registry("field keeper", base=FieldKeeper)


def listing(noun: str) -> Mapping[str, str]:
    """What the tenant has of ``noun``; nothing where no app tells of it."""
    found = LISTINGS.find(noun)
    return found() if found is not None else {}


def declared_fields(slugs: Collection[str]) -> dict[str, CustomFieldSpec]:
    """The tenant's declarations of these contact fields."""
    keeper = FIELD_KEEPERS.find("contact")
    return keeper.declared(slugs) if keeper is not None and slugs else {}
