"""What a type of connection is: two forms, one public and one secret, and a way to try them out."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from core.http import HttpClient
from core.registry import Registry


class Form(BaseModel):
    """Base of the settings and secrets of a type. Titles and descriptions are shown where it is filled in."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


#: A secret as it is pasted: the line break that came along is not part of it. In the schema it is
#: ``"format": "password"`` and ``"writeOnly": true``.
SecretText = Annotated[SecretStr, BeforeValidator(_trimmed), Field(min_length=1, max_length=4_000)]

S = TypeVar("S", bound=Form)
K = TypeVar("K", bound=Form)


class Outcome(StrEnum):
    """What trying a connection out has shown."""

    OK = "ok"
    FAILED = "failed"
    NOT_TESTABLE = "not_testable"


@dataclass(frozen=True, slots=True)
class Tested:
    """How a test went, with a sentence for the person who asked for it."""

    outcome: Outcome
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConnection(Generic[S, K]):
    """A connection ready for use: its secret is in clear, and shown by no ``repr``."""

    id: uuid.UUID
    name: str
    type: ConnectionType[Any, Any]
    settings: S
    secret: K = field(repr=False)

    @property
    def secrets(self) -> frozenset[str]:
        """What must not be stored or shown, in every spelling in which it is sent."""
        return frozenset(filter(None, self.type.secrets(self)))


class ConnectionType(ABC, Generic[S, K]):
    """Base of all types. ``example`` shows both forms filled in: ``{"settings": …, "secret": …}``.

    ``destinations`` names the settings that say where the secret is sent: who changes one has to enter the secret anew,
    so that it cannot be had by sending it to oneself.
    """

    slug: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str]
    Settings: ClassVar[type[Form]]
    Secret: ClassVar[type[Form]]
    example: ClassVar[dict[str, Any]]
    destinations: ClassVar[tuple[str, ...]] = ()

    def problems(self, settings: S, secret: K) -> dict[str, list[str]]:
        """What is wrong with the two forms together, by field (``settings.port``); each by itself is valid."""
        return {}

    def secrets(self, connection: OpenConnection[S, K]) -> set[str]:
        """The secret values; override to add what is made of them."""
        values = (getattr(connection.secret, name) for name in type(connection.secret).model_fields)
        return {value.get_secret_value() for value in values if isinstance(value, SecretStr)}

    @abstractmethod
    async def test(self, connection: OpenConnection[S, K], http: HttpClient) -> Tested:
        """Try it out as really as can be without an effect. Errors raised are shown as a failed test."""

    def describe(self) -> dict[str, Any]:
        """The catalogue entry, with the JSON Schemas that the form is drawn from."""
        return {
            "slug": self.slug,
            "label": self.label,
            "description": self.description,
            "settings_schema": self.Settings.model_json_schema(),
            "secret_schema": self.Secret.model_json_schema(),
            "example": self.example,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """An HTTP request before it is sent. ``secrets`` are what its credentials added to it."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    secrets: frozenset[str] = frozenset()

    def with_header(self, name: str, value: str) -> OutgoingRequest:
        """The request with this header in the place of any of that name, however it was written."""
        others = {key: kept for key, kept in self.headers.items() if key.lower() != name.lower()}
        return replace(self, headers={**others, name: value})

    def with_param(self, name: str, value: str) -> OutgoingRequest:
        """The request with this in its query."""
        return replace(self, params={**self.params, name: value})

    def with_secret(self, value: str) -> OutgoingRequest:
        """The request, known to hold ``value``."""
        return replace(self, secrets=self.secrets | {value})


class HttpConnectionType(ConnectionType[S, K]):
    """A type that authorizes HTTP requests. Its settings hold ``hosts`` (:class:`~.hosts.HostsSettings`)."""

    @abstractmethod
    async def authorize(
        self, request: OutgoingRequest, connection: OpenConnection[S, K], http: HttpClient
    ) -> OutgoingRequest:
        """The request with its credentials; ``http`` is for fetching a token. Errors as for any call."""

    def forget(self, connection: OpenConnection[S, K]) -> bool:
        """The other side did not accept the credentials: drop what can be fetched anew. Whether there was such a thing."""
        return False


CONNECTION_TYPES: Registry[ConnectionType[Any, Any]] = Registry("connection type", base=ConnectionType)


def register(kind: type[ConnectionType[Any, Any]]) -> type[ConnectionType[Any, Any]]:
    """Class decorator: register an instance under its slug."""
    CONNECTION_TYPES.add(kind.slug, kind())
    return kind
