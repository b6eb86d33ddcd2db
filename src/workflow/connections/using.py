"""The field of an action's config that names a connection."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from workflow.connections.types import CONNECTION_TYPES
from workflow.connections.types.base import HttpConnectionType

#: In the JSON Schema of such a field: the slugs of the types of connections that fit.
TYPES_KEY = "x-connection-types"


def http_types() -> list[str]:
    """The slugs of the types that authorize HTTP requests."""
    return [kind.slug for kind in CONNECTION_TYPES.values() if isinstance(kind, HttpConnectionType)]


def connection_field(*types: str, description: str) -> Any:
    """A text field, empty by default. The schema's ``TYPES_KEY`` lets a form offer the fitting connections, and
    publishing refuse the others."""
    extra: dict[str, Any] = {"format": "connection", TYPES_KEY: list(types)}
    return Field(default="", max_length=120, description=description, json_schema_extra=extra)
