"""Audiences: groups of contacts that a trigger may start for, brought by the apps that know contacts."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from pydantic import BaseModel, Field, ValidationError

from core.registry import Registry
from workflow.graph.node_types import NoConfig, NodeConfig


class Audience(ABC):
    """Base of all audiences. ``Config`` says which one of its sort is meant: the segment, the list."""

    slug: ClassVar[str]
    label: ClassVar[str]
    Config: ClassVar[type[BaseModel]] = NoConfig

    def problems(self, config: Any) -> list[str]:
        """What is wrong beyond the config's own model, with the mend."""
        return []

    @abstractmethod
    def page(self, config: Any, *, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        """The ids of its contacts above ``after`` (``None``: from the first on), in order, at most ``limit``; fewer mean
        that there are no more. ``config`` is a ``Config``."""


AUDIENCES: Registry[Audience] = Registry("audience", base=Audience)


class AudienceChoice(NodeConfig):
    """Which audience: the slug of a registered one, and that one's own config."""

    type: str = Field(max_length=60, description="The sort of audience.", examples=["segment"])
    config: dict[str, Any] = Field(default_factory=dict, description="Which one of its sort.")

    def problems(self) -> list[str]:
        """What keeps it from being asked, with the mend."""
        audience = AUDIENCES.find(self.type)
        if audience is None:
            return [f"there is no audience {self.type!r}; known: {', '.join(AUDIENCES) or 'none'}"]
        try:
            config = audience.Config.model_validate(self.config)
        except ValidationError as exc:
            return [
                f"{'.'.join(['audience', 'config', *map(str, error['loc'])])}: {error['msg']}"
                for error in exc.errors()
            ]
        return audience.problems(config)

    def page(self, *, after: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
        """See :meth:`Audience.page`. Raises ``UnknownKeyError`` and ``pydantic.ValidationError``."""
        audience = AUDIENCES.get(self.type)
        return audience.page(audience.Config.model_validate(self.config), after=after, limit=limit)
