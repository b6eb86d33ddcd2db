"""Connections opened for use: found by id or name, their secret in clear."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import PermanentError
from tenants.secrets import unseal
from workflow.connections.models import Connection
from workflow.connections.types import CONNECTION_TYPES
from workflow.connections.types.base import OpenConnection
from workflow.connections.using import TYPES_KEY


class ConnectionMissingError(PermanentError):
    """The connection that the step names is not there."""


class ConnectionOutdatedError(PermanentError):
    """What a connection holds was valid when it was stored, and is not any more."""


def open_row(connection: Connection) -> OpenConnection[Any, Any]:
    """The connection with its secret in clear. Raises ``UnknownKeyError`` for a type that there is no more, and
    ``ConnectionOutdatedError``."""
    kind = CONNECTION_TYPES.get(connection.type)
    secret = unseal(bytes(connection.secret), place=place_of(connection.id))
    try:
        return OpenConnection(
            id=connection.id,
            name=connection.name,
            type=kind,
            settings=kind.Settings.model_validate(connection.settings),
            secret=kind.Secret.model_validate(secret),
        )
    except ValidationError:
        raise ConnectionOutdatedError(
            f"connection: what {connection.name!r} holds does not fit its type any more; save it anew."
        ) from None


def open_connection(reference: str, *, types: Collection[str]) -> OpenConnection[Any, Any]:
    """The connection that goes by this id or name, and is of one of ``types``. With an empty ``reference`` the only one
    that there is of those types. Raises ``ConnectionMissingError``, which names the field and the mend."""
    reference = reference.strip()
    if reference:
        row = Connection.objects.filter(**_lookup(reference)).first()
        problem = _problem(row, reference, types)
        if row is None or problem:
            raise ConnectionMissingError(f"connection: {problem}.")
        return open_row(row)
    rows = list(Connection.objects.filter(type__in=types)[:2])
    if len(rows) != 1:
        why = "there is none" if not rows else "there are several"
        raise ConnectionMissingError(f"connection: name one of the type {' or '.join(types)}; {why}.")
    return open_row(rows[0])


def connection_problems(model: type[BaseModel], config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """``(field, problem)`` of each field of a config made by ``connection_field`` that names a connection which is not
    there, or of another type."""
    problems: list[tuple[str, str]] = []
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        types = extra.get(TYPES_KEY) if isinstance(extra, dict) else None
        reference = str(config.get(name) or "").strip()
        if isinstance(types, list) and reference:
            row = Connection.objects.filter(**_lookup(reference)).first()
            problem = _problem(row, reference, [str(slug) for slug in types])
            problems += [(name, problem)] if problem else []
    return problems


def _problem(row: Connection | None, reference: str, types: Collection[str]) -> str:
    if row is None:
        return f"there is no connection {reference!r}; choose another"
    if row.type not in types:
        return f"{row.name!r} is of the type {row.type}; choose one of the type {' or '.join(types)}"
    return ""


def _lookup(reference: str) -> dict[str, Any]:
    return {"id": reference} if is_id(reference) else {"name": reference}


def is_id(text: str) -> bool:
    """Whether a reference can only be meant as an id: names never look like one."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def place_of(connection_id: uuid.UUID) -> str:
    """Where the secret is stored, as sealing binds it."""
    return f"connections_connection|secret|{connection_id}"
