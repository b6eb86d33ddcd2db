"""What an action is: a typed capability, registered once by the app that owns the noun, used by every part of Wasl."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from core.errors import PermanentError
from core.http import HttpClient
from core.registry import Registry
from core.retry import RetryPolicy


class Effect(StrEnum):
    """How much an action changes, for rules about who may run it unasked."""

    READ = "read"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"


class Config(BaseModel):
    """Base of config models: an unknown key is an error, so a typing mistake cannot be an option that nothing reads."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """Base of output models."""


class MissingSubjectError(PermanentError):
    """This action needs a contact or conversation, and the event that started the workflow names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContext:
    """Where and for whom an action runs. ``effect_key`` is unique per step: use it as the idempotency key of the effect.
    ``data`` are the roots (event, user, …) as the step sees them. ``depth`` and ``event_id`` go into published events.
    ``material`` is what an external action's ``prepare`` has read for its ``run``. ``now`` is the moment that the step
    counts from."""

    effect_key: str
    actor: str
    event_id: uuid.UUID
    depth: int
    contact_id: uuid.UUID | None = None
    conversation_id: uuid.UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    material: Any = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def contact(self) -> uuid.UUID:
        """The contact's id. Raises ``MissingSubjectError``."""
        if self.contact_id is None:
            raise MissingSubjectError("This action needs a contact, and the event names none.")
        return self.contact_id

    def conversation(self) -> uuid.UUID:
        """The conversation's id. Raises ``MissingSubjectError``."""
        if self.conversation_id is None:
            raise MissingSubjectError("This action needs a conversation, and the event names none.")
        return self.conversation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An event that a step waits for: of ``event_type``, with the correlation key ``key``, recorded after ``since``."""

    event_type: str
    key: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Park:
    """Instead of an output: the step waits until ``until`` and then leaves by ``port`` with ``output``; the awaited
    ``event``, should it come before, takes it on by ``next`` instead."""

    until: datetime
    output: Output
    port: str = "next"
    event: Awaited | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Instead of an output: the step is done with ``output``, and the execution ends here for ``reason``."""

    output: Output
    reason: str


@dataclass(frozen=True, slots=True)
class Material:
    """What an external action has read from the database before its call. ``secrets`` are kept out of all that is stored."""

    value: Any
    secrets: frozenset[str] = frozenset()


C = TypeVar("C", bound=Config)
O = TypeVar("O", bound=Output)  # noqa: E741


class Action(ABC, Generic[C, O]):
    """Base of all actions. ``example`` is a config that works and ``example_output`` an output of it; ``retry`` the default
    policy, overridable per node. ``touches`` names the roots that it changes, which are read anew for the steps after it;
    ``reads`` those that it looks up in ``context.data`` beside what its templates name. ``ports`` are its ways out;
    ``verbatim`` the keys of the config that are no templates; ``pauses`` tells that it always lets time pass; ``channels``
    are the providers of which one must be connected before it is of use, ``any`` standing for all; ``icon`` names one of the builder's (its category's, if left empty)."""

    slug: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    category: ClassVar[str]
    effect: ClassVar[Effect]
    Config: ClassVar[type[Config]]
    Output: ClassVar[type[Output]]
    example: ClassVar[dict[str, Any]]
    example_output: ClassVar[dict[str, Any]]
    retry: ClassVar[RetryPolicy] = RetryPolicy(attempts=3, backoff_s=2.0, multiplier=3.0, max_backoff_s=600.0)
    touches: ClassVar[frozenset[str]] = frozenset()
    ports: ClassVar[tuple[str, ...]] = ("next", "error")
    reads: ClassVar[frozenset[str]] = frozenset()
    verbatim: ClassVar[frozenset[str]] = frozenset()
    pauses: ClassVar[bool] = False
    channels: ClassVar[frozenset[str]] = frozenset()
    icon: ClassVar[str] = ""

    def compile(self, config: dict[str, Any]) -> Any:
        """What running needs of a node's config, made once: ``None`` for most."""
        return None

    def roots(self, config: dict[str, Any]) -> frozenset[str]:
        """The roots that a step with this config looks up in ``context.data``, beside what its templates name."""
        return self.reads

    def awaits(self, config: dict[str, Any]) -> Collection[tuple[str, str]]:
        """``(event type, correlation path)`` of the events that a step with this config may wait for; an empty path
        stands for the contact."""
        return ()

    def problems(self, config: dict[str, Any]) -> list[tuple[str, str]]:
        """What keeps a step from being published beyond what its model tells, as ``(key, message)``: that something it
        names is not there. ``config`` holds those keys only that are valid and without templates."""
        return []

    def describe(self) -> dict[str, Any]:
        """The catalogue entry: what the builder's palette, the docs and a tool's schema show."""
        return {
            "slug": self.slug,
            "label": self.label,
            "description": self.description,
            "category": self.category,
            "effect": self.effect.value,
            "config_schema": self.Config.model_json_schema(),
            "output_schema": self.Output.model_json_schema(),
            "retry": self.retry.model_dump(mode="json"),
            "example": self.example,
            "example_output": self.example_output,
            "ports": list(self.ports),
            "channels": sorted(self.channels),
            "icon": self.icon,
        }


@dataclass(frozen=True, slots=True)
class ActionCall(Generic[C]):
    """One use of an action: its validated config and its context."""

    config: C
    context: ActionContext


class InternalAction(Action[C, O]):
    """Works in the database, inside the engine's transaction: its effect happens exactly once."""

    @abstractmethod
    def run(self, config: C, context: ActionContext) -> O | Park | Leave:
        """Do it. Raises ``RetryableError`` or ``PermanentError``."""

    def run_many(self, calls: Sequence[ActionCall[C]]) -> Sequence[O | Park | Leave]:
        """Do it for a batch; override where one statement can serve many. An exception makes the engine call one by one."""
        return [self.run(call.config, call.context) for call in calls]


class ExternalAction(Action[C, O]):
    """Calls the outside. After a crash the call is repeated with the same ``effect_key``, so pass it on as the
    idempotency key. A trial run does not call: it takes what ``rehearse`` answers."""

    def prepare(self, config: C, context: ActionContext) -> Material:
        """Read what the call needs (a stored connection, say), in a transaction that is over before the call begins;
        ``run`` finds it as ``context.material``. Raises ``PermanentError`` when the call cannot be made."""
        return Material(None)

    def rehearse(self, config: C, context: ActionContext) -> O | None:
        """The answer in a trial run, which must not leave this machine; ``None`` for ``example_output``."""
        return None

    @abstractmethod
    async def run(self, config: C, context: ActionContext, http: HttpClient) -> O:
        """Make the call; no database here. Raises ``RetryableError``, ``OutcomeUnknownError`` or ``PermanentError``."""


ACTIONS: Registry[Action[Any, Any]] = Registry("action", base=Action)


def register(action: type[Action[Any, Any]]) -> type[Action[Any, Any]]:
    """Class decorator: register an instance under its slug."""
    ACTIONS.add(action.slug, action())
    return action
