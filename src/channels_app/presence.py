"""Presence: who looks at a conversation or writes in it just now. Told to the open inboxes and kept nowhere."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

#: Longer is no word of ours.
_MAX_CHARACTERS = 200


class Doing(BaseModel):
    """What a browser says of its member. Whoever hears nothing more for ten seconds takes it for over."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["viewing", "typing", "left"]
    conversation: uuid.UUID


def doing_of(text: str | None) -> Doing | None:
    """What was said; ``None`` when it is nothing that we know."""
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    try:
        return Doing.model_validate_json(text)
    except ValidationError:
        return None


@dataclass(slots=True)
class Allowance:
    """So many words at once, and then so many a second; what goes beyond is not passed on."""

    at_once: float = 10.0
    a_second: float = 2.0
    _left: float = field(init=False)
    _at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._left = self.at_once

    def take(self) -> bool:
        """Whether one more may be said now."""
        now = time.monotonic()
        self._left = min(self.at_once, self._left + (now - self._at) * self.a_second)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True
