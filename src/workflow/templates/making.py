"""Making workflows of templates: looked at beforehand, then made as a draft, with what they need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from pydantic import BaseModel, ValidationError

from core.errors import PermanentError
from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.graph import DocumentError, Problem, read
from workflow.models import EventType, Workflow
from workflow.services.checking import problems_of
from workflow.services.event_types import is_known
from workflow.services.publishing import activate as switch_on
from workflow.services.publishing import publish_draft, resolve
from workflow.templates.costs import Cost, cost_of, prices
from workflow.templates.document import EventTypeSpec, InvalidTemplateError, Template
from workflow.templates.lacks import Lacks, lacks_of
from workflow.templates.placeholders import fill
from workflow.templates.surroundings import (
    FIELD_KEEPERS,
    CustomFieldSpec,
    FieldMismatchError,
    declared_fields,
)
from workflow.templates.texts import pick
from workflow.templates.values import filled

_NAME_CHARS = 120

S = TypeVar("S", bound=BaseModel)


class NameTakenError(PermanentError):
    """There is a workflow of that name already; choose another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A template with its parameters filled in, and the language in which that was done."""

    template: Template
    language: str
    parameters: dict[str, Any]
    workflow: dict[str, Any]
    event_types: tuple[EventTypeSpec, ...]
    custom_fields: tuple[CustomFieldSpec, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A workflow as it would be: ``problems`` keep it from being published, ``lacks`` from doing its work."""

    parameters: dict[str, Any]
    workflow: dict[str, Any]
    problems: list[Problem]
    cost: Cost
    lacks: Lacks


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A workflow that was made. ``notes`` tell what else was made for it, and what is left to do."""

    workflow: Workflow
    problems: list[Problem]
    lacks: Lacks
    notes: list[str]


def tenant_language() -> str:
    """The language of the tenant."""
    return Tenant.objects.values_list("language", flat=True).get(id=require_tenant().id)


def fill_in(template: Template, parameters: Mapping[str, Any], *, language: str = "") -> Filled:
    """Put the parameters in; texts that are not given are in ``language``, else the tenant's.

    Raises ``ParametersError``, and ``InvalidTemplateError`` when what comes out is no workflow.
    """
    language = language or tenant_language()
    values = filled(template.parameters, parameters, language=language)
    workflow = fill(template.workflow, values)
    try:
        read(workflow)
    except DocumentError as exc:
        raise InvalidTemplateError(
            [Problem(place=f"/workflow{p.place}", message=p.message) for p in exc.problems]
        ) from exc
    return Filled(
        template=template,
        language=language,
        parameters=values,
        workflow=workflow,
        event_types=_specs(EventTypeSpec, fill(template.event_types, values), "event_types"),
        custom_fields=_specs(CustomFieldSpec, fill(template.custom_fields, values), "custom_fields"),
    )


def preview(template: Template, parameters: Mapping[str, Any], *, language: str = "") -> Preview:
    """What :func:`instantiate` would make; nothing is kept. Raises as that does."""
    ready = fill_in(template, parameters, language=language)
    with transaction.atomic():
        lacks = lacks_of(template)
        _supply(ready)
        problems = document_problems(ready.workflow)
        transaction.set_rollback(True)
    return Preview(
        parameters=ready.parameters,
        workflow=ready.workflow,
        problems=problems,
        cost=cost_of(template, prices()),
        lacks=lacks,
    )


@transaction.atomic
def instantiate(
    template: Template,
    parameters: Mapping[str, Any],
    *,
    by: str,
    language: str = "",
    name: str = "",
    activate: bool = False,
) -> Made:
    """A new workflow, as a draft or published and switched on, with the event types and contact fields that it needs.

    The workflow is one like any other: nothing ties it to the template. Raises ``ParametersError``, ``InvalidTemplateError``,
    ``NameTakenError``, ``FieldMismatchError``, and with ``activate`` ``DocumentError``.
    """
    ready = fill_in(template, parameters, language=language)
    notes = _supply(ready)
    workflow = Workflow.objects.create(
        name=take_name(name) if name.strip() else free_name(pick(template.name, ready.language)),
        description=pick(template.description, ready.language),
        draft=ready.workflow,
    )
    return finished(workflow, by=by, activate=activate, lacks=lacks_of(template), notes=notes)


def finished(workflow: Workflow, *, by: str, activate: bool, lacks: Lacks, notes: list[str]) -> Made:
    """The new workflow with its problems; published and switched on if asked. Raises ``DocumentError`` when it cannot."""
    if activate:
        publish_draft(workflow, by=by)
        switch_on(workflow)
    problems = [] if activate else document_problems(workflow.draft)
    return Made(workflow=workflow, problems=problems, lacks=lacks, notes=notes)


def document_problems(draft: dict[str, Any]) -> list[Problem]:
    """What keeps a draft from being published."""
    try:
        return problems_of(resolve(read(draft)))
    except DocumentError as exc:
        return exc.problems


def free_name(wanted: str) -> str:
    """``wanted``, or with the first number behind it that is free."""
    wanted = wanted.strip()[:_NAME_CHARS] or "Workflow"
    taken = set(
        Workflow.objects.filter(name__startswith=wanted[: _NAME_CHARS - 6]).values_list("name", flat=True)
    )
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted[: _NAME_CHARS - 6]} {number}"
    return name


def take_name(name: str) -> str:
    """The name that was asked for. Raises ``NameTakenError``."""
    name = name.strip()
    if Workflow.objects.filter(name=name).exists():
        raise NameTakenError
    return name


def _supply(ready: Filled) -> list[str]:
    """Make the event types and contact fields that are not there; what was made, in words."""
    notes = [note for spec in ready.event_types if (note := _supply_event_type(spec, ready.language))]
    there = declared_fields([spec.slug for spec in ready.custom_fields])
    for spec in ready.custom_fields:
        found = there.get(spec.slug)
        if found is None:
            FIELD_KEEPERS.get("contact").declare(spec, pick(spec.label, ready.language))
            notes.append(f"The contact field {spec.slug} was added.")
        elif found.type != spec.type:
            raise FieldMismatchError(
                f"The contact field {spec.slug!r} is there and holds {found.type}, while {spec.type} is needed; "
                "choose another field."
            )
    return notes


def _supply_event_type(spec: EventTypeSpec, language: str) -> str:
    if is_known(spec.code):
        return ""
    EventType.objects.get_or_create(
        code=spec.code,
        defaults={
            "label": pick(spec.label, language)[:_NAME_CHARS] or spec.code,
            "description": pick(spec.description, language),
            "schema": spec.schema_,
        },
    )
    return f"The event type {spec.code} was added; your own programs send it."


def _specs(model: type[S], values: list[Any], place: str) -> tuple[S, ...]:
    specs: list[S] = []
    for number, value in enumerate(values):
        try:
            specs.append(model.model_validate(value))
        except ValidationError as exc:
            raise InvalidTemplateError(
                [
                    Problem(place="/".join(["", place, str(number), *map(str, e["loc"])]), message=e["msg"])
                    for e in exc.errors()
                ]
            ) from exc
    return tuple(specs)
