"""What a trigger type is: a sort of beginning, which comes down to an event type and a predicate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel

from core.registry import Registry
from workflow.graph.document import TriggerSpec
from workflow.graph.node_types import NoConfig

if TYPE_CHECKING:
    from workflow.models import ArmedTrigger


class TriggerType(ABC):
    """Base of all trigger types.

    A trigger that is ``addressed`` has a row (``ArmedTrigger``) while its workflow is published, and starts only for events
    whose ``data.trigger`` is that row's id. The others take every event of their type for which the predicate holds.
    ``keys`` are the parts of a trigger, beside those that all have, that the type reads; ``icon`` names one of the builder's.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    Config: ClassVar[type[BaseModel]] = NoConfig
    example: ClassVar[dict[str, Any]] = {}
    addressed: ClassVar[bool] = True
    keys: ClassVar[frozenset[str]] = frozenset()
    icon: ClassVar[str] = ""

    @abstractmethod
    def event_type(self, spec: TriggerSpec) -> str:
        """The code of the event type that starts it."""

    def predicate(self, spec: TriggerSpec) -> dict[str, Any]:
        """A predicate of the type's own, which must hold beside the trigger's; empty for none."""
        return {}

    def problems(self, spec: TriggerSpec) -> list[str]:
        """What is wrong beyond the config's own model, with the mend."""
        return []

    def arm(self, armed: ArmedTrigger) -> None:  # noqa: B027  (most only need their row)
        """The trigger came into force, or its config changed while it was. In the publishing transaction; the type may
        change ``armed.state`` and ``armed.secret``, which are saved afterwards."""

    def disarm(self, armed: ArmedTrigger) -> None:  # noqa: B027
        """The trigger is out of force: its workflow was paused, or the trigger removed."""

    def describe(self) -> dict[str, Any]:
        """The catalogue entry, for the builder."""
        return {
            "slug": self.slug,
            "label": self.label,
            "description": self.description,
            "config_schema": self.Config.model_json_schema(),
            "example": self.example,
            "keys": sorted(self.keys),
            "icon": self.icon,
        }


TRIGGER_TYPES: Registry[TriggerType] = Registry("trigger type", base=TriggerType)


def register_trigger(trigger_type: type[TriggerType]) -> type[TriggerType]:
    """Class decorator: register an instance under its slug."""
    TRIGGER_TYPES.add(trigger_type.slug, trigger_type())
    return trigger_type
