"""Connections: set up, changed, deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from pydantic import BaseModel, SecretStr, ValidationError

from core.errors import PermanentError
from core.ids import uuid7
from tenants.secrets import seal, unseal
from workflow.connections.models import Connection
from workflow.connections.selectors import workflows_using
from workflow.connections.services.opening import is_id, place_of
from workflow.connections.types import CONNECTION_TYPES
from workflow.connections.types.base import ConnectionType


class ConnectionConfigError(PermanentError):
    """The connection's settings or secret are not valid. ``fields`` maps each to what is wrong with it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


class ConnectionInUseError(PermanentError):
    """Active workflows use this connection. ``workflows`` are their names."""

    def __init__(self, workflows: Collection[str], *, verb: str) -> None:
        names = ", ".join(workflows)
        super().__init__(
            f"Active workflows use this connection: {names}. Pause or change them, then {verb} it."
        )
        self.workflows = list(workflows)


def create_connection(
    *, name: str, kind: str, settings: Mapping[str, Any], secret: Mapping[str, Any]
) -> Connection:
    """Set up a connection. Raises ``ConnectionConfigError``, and ``UnknownKeyError`` for an unknown type."""
    form = CONNECTION_TYPES.get(kind)
    options, hidden = _validated(form, settings, secret)
    connection = Connection(
        id=uuid7(), name=_checked_name(name), type=kind, settings=options.model_dump(mode="json")
    )
    connection.secret = seal(_revealed(hidden), place=place_of(connection.id))
    _save(connection, force_insert=True)
    return connection


def update_connection(
    connection: Connection,
    *,
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    secret: Mapping[str, Any] | None = None,
) -> Connection:
    """Change what is given: single settings and secrets replace, the others stay.

    Raises ``ConnectionConfigError``, also when the secret would go somewhere else and was not entered anew, and
    ``ConnectionInUseError`` for a new name while active workflows know the old one.
    """
    kind = CONNECTION_TYPES.get(connection.type)
    if name is not None and name.strip() != connection.name:
        users = workflows_using(connection, by_name_only=True)
        if users:
            raise ConnectionInUseError(users, verb="rename")
        connection.name = _checked_name(name)
    known = _still_known(kind.Secret, unseal(bytes(connection.secret), place=place_of(connection.id)))
    options, hidden = _validated(
        kind,
        {**_still_known(kind.Settings, connection.settings), **(settings or {})},
        {**known, **(secret or {})},
    )
    changed = options.model_dump(mode="json")
    elsewhere = [key for key in kind.destinations if changed.get(key) != connection.settings.get(key)]
    # Not for those who have nothing to lose: an empty secret may go anywhere.
    if elsewhere and any(known.values()) and not set(known) <= set(secret or {}):
        text = f"Enter it again: with another {', '.join(elsewhere)} it would be sent somewhere else."
        raise ConnectionConfigError({"secret": [text]})
    connection.settings = changed
    connection.secret = seal(_revealed(hidden), place=place_of(connection.id))
    _save(connection)
    return connection


def delete_connection(connection: Connection) -> None:
    """Delete it. Raises ``ConnectionInUseError`` while active workflows use it."""
    users = workflows_using(connection)
    if users:
        raise ConnectionInUseError(users, verb="delete")
    connection.delete()


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or is_id(name):
        raise ConnectionConfigError({"name": ["Write a name that is not an id."]})
    return name


def _save(connection: Connection, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            connection.save(force_insert=force_insert)
    except IntegrityError as exc:
        raise ConnectionConfigError({"name": ["There is a connection of this name already."]}) from exc


def _validated(
    kind: ConnectionType[Any, Any], settings: Mapping[str, Any], secret: Mapping[str, Any]
) -> tuple[BaseModel, BaseModel]:
    fields: dict[str, list[str]] = {}
    options = _read(kind.Settings, settings, "settings", fields)
    hidden = _read(kind.Secret, secret, "secret", fields)
    if options is not None and hidden is not None:
        fields = kind.problems(options, hidden)
    if fields:
        raise ConnectionConfigError(fields)
    assert options is not None
    assert hidden is not None
    return options, hidden


def _still_known(model: type[BaseModel], values: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored, without fields that the type had once: they must not stand in the way of a change."""
    return {name: value for name, value in values.items() if name in model.model_fields}


def _read(
    model: type[BaseModel], values: Mapping[str, Any], prefix: str, fields: dict[str, list[str]]
) -> BaseModel | None:
    try:
        return model.model_validate(dict(values))
    except ValidationError as exc:
        for error in exc.errors(include_url=False, include_input=False):
            fields.setdefault(".".join([prefix, *map(str, error["loc"])]), []).append(error["msg"])
        return None


def _revealed(model: BaseModel) -> dict[str, object]:
    """The model's values with its secrets in clear, for sealing."""
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in model
    }
