"""Reads: which workflows hang on a connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow.actions.base import ACTIONS
from workflow.connections.models import Connection
from workflow.models import Workflow, WorkflowStatus


def workflows_using(connection: Connection, *, by_name_only: bool = False) -> list[str]:
    """The names of active workflows with a step that uses it: by id, by name, or as the only one of its type.

    A name that a template makes is not known before the step runs, and is not found here.
    """
    names = {connection.name} if by_name_only else {connection.name, str(connection.id), connection.id.hex}
    unnamed = set() if by_name_only or _has_twin(connection) else _taking_the_only(connection.type)
    active = Workflow.objects.filter(status=WorkflowStatus.ACTIVE, active_version__isnull=False)
    return [
        workflow.name
        for workflow in active.select_related("active_version").order_by("name")
        if workflow.active_version is not None
        and any(
            reference in names if reference else action in unnamed
            for action, reference in _references(workflow.active_version.document)
        )
    ]


def _has_twin(connection: Connection) -> bool:
    return Connection.objects.filter(type=connection.type).exclude(id=connection.id).exists()


def _taking_the_only(kind: str) -> set[str]:
    """The slugs of actions that take the only connection of this type when none is named."""
    return {action.slug for action in ACTIONS.values() if getattr(action, "default_connection", "") == kind}


def _references(document: Any) -> Iterator[tuple[str, str]]:
    """``(action, reference)`` of each step anywhere in a document, whatever the nodes around it are."""
    members = (
        document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    )
    if isinstance(document, dict) and isinstance(document.get("action"), str):
        config = document.get("config")
        reference = config.get("connection") if isinstance(config, dict) else None
        yield document["action"], reference if isinstance(reference, str) else ""
    for member in members:
        yield from _references(member)
