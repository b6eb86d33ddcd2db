"""Choosing: which version of a workflow is meant, the draft, the active one or one by its number, ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.errors import PermanentError
from core.ids import uuid7
from workflow.engine.plan import Plan, compile_plan, plan_or_none
from workflow.graph import Document, DocumentError, read
from workflow.models import Version, Workflow
from workflow.services.checking import problems_of
from workflow.services.publishing import NotPublishedError, resolve


class NoSuchVersionError(PermanentError):
    """The workflow has no such version; write draft, active or a version's number."""


class BrokenVersionError(PermanentError):
    """This version cannot be run any more; publish the workflow anew."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version that was asked for. ``number`` is ``None`` for the draft; ``document`` is its resolved document."""

    plan: Plan
    number: int | None
    document: dict[str, Any]


def choose(workflow: Workflow, version: str) -> Chosen:
    """``draft``, ``active`` or a number. Raises ``DocumentError`` for a draft that could not be published,
    ``NotPublishedError``, ``NoSuchVersionError`` and ``BrokenVersionError``."""
    if version == "draft":
        document = resolve(read(workflow.draft))
        problems = problems_of(document)
        if problems:
            raise DocumentError(problems)
        plain = document.model_dump(mode="json")
        return Chosen(compiled(workflow, plain), None, plain)
    if version == "active":
        if workflow.active_version is None:
            raise NotPublishedError
        return _published(workflow, workflow.active_version)
    found = (
        Version.objects.filter(workflow=workflow, number=int(version)).first()
        if version.isascii() and version.isdigit() and len(version) < 10
        else None
    )
    if found is None:
        raise NoSuchVersionError
    return _published(workflow, found)


def compiled(workflow: Workflow, document: dict[str, Any]) -> Plan:
    """The plan of a resolved document that is no version: under an id of its own, which nothing else knows."""
    return compile_plan(
        Document.model_validate(document), workflow_id=workflow.id, version_id=uuid7(), name=workflow.name
    )


def _published(workflow: Workflow, version: Version) -> Chosen:
    plan = plan_or_none(version, workflow.name)
    if plan is None:
        raise BrokenVersionError
    return Chosen(plan, version.number, version.document)
