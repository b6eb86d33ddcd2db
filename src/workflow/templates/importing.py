"""Import: a workflow made of a template document, or of a plain workflow document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from workflow.graph import Problem, read
from workflow.models import Workflow
from workflow.templates.document import FORMAT, InvalidTemplateError, Template, read_template
from workflow.templates.lacks import Lacks
from workflow.templates.making import Made, finished, free_name, instantiate, take_name
from workflow.templates.values import ParametersError


@transaction.atomic
def import_workflow(
    document: Mapping[str, Any],
    *,
    by: str,
    parameters: Mapping[str, Any],
    language: str = "",
    name: str = "",
    activate: bool = False,
) -> Made:
    """Make a workflow of an export, or of a plain workflow document (which has no parameters).

    Raises ``InvalidTemplateError`` for a document of a wrong shape, ``DocumentError`` for a plain one, ``ParametersError``,
    ``NameTakenError``, ``FieldMismatchError``; with ``activate`` ``DocumentError`` when it cannot be published.
    """
    if "format" not in document:
        return _plain(document, by=by, parameters=parameters, name=name, activate=activate)
    if document["format"] != FORMAT:
        raise InvalidTemplateError(
            [Problem(place="/format", message=f"this format is not known; known: {FORMAT}")]
        )
    template = read_template(document)
    made = instantiate(template, parameters, by=by, language=language, name=name, activate=activate)
    made.notes.extend(_unresolved(template))
    return made


def _plain(
    document: Mapping[str, Any], *, by: str, parameters: Mapping[str, Any], name: str, activate: bool
) -> Made:
    if parameters:
        raise ParametersError(
            [
                Problem(place=f"/{key}", message="a plain workflow document has no parameters")
                for key in parameters
            ]
        )
    draft = dict(document)
    read(draft)
    workflow = Workflow.objects.create(
        name=take_name(name) if name.strip() else free_name("Workflow"), draft=draft
    )
    return finished(workflow, by=by, activate=activate, lacks=Lacks(), notes=[])


def _unresolved(template: Template) -> list[str]:
    """What the export could not take along and no parameter makes good."""
    return [f"{lost.place}: {lost.message}" for lost in template.unresolved if not lost.parameter]
