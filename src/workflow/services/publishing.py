"""Publishing: from a draft to a version that never changes, and switching workflows on and off."""

from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Max
from pydantic import ValidationError

from core.errors import PermanentError
from core.predicates import PredicateError, check_fields, parse
from core.retry import RetryPolicy
from core.templating import TemplateError
from core.templating.tree import TooDeepError, templates
from workflow.actions.base import ACTIONS
from workflow.engine.rendering import liquid
from workflow.graph import Document, DocumentError, Node, Problem, read, structure_problems
from workflow.models import Action, Condition, EngineState, Trigger, Version, Workflow, WorkflowStatus
from workflow.roots import FIELDS
from workflow.services.event_types import is_known


class NotPublishedError(PermanentError):
    """A workflow must be published before it can be switched on."""


def publish_draft(workflow: Workflow, *, by: str) -> Version:
    """Publish the draft as the next version. Raises ``DocumentError`` with everything that is wrong with it.

    Named triggers, conditions and actions are copied into the version: changing them later changes no execution. An
    active workflow goes over to the new version; executions under way keep theirs.
    """
    Workflow.objects.select_for_update().get(id=workflow.id)
    document = resolve(read(workflow.draft))
    problems = problems_of(document)
    if problems:
        raise DocumentError(problems)
    last = Version.objects.filter(workflow=workflow).aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        workflow=workflow, number=last + 1, document=document.model_dump(mode="json"), published_by=by[:80]
    )
    workflow.active_version = version
    workflow.published_revision = workflow.revision
    workflow.save(update_fields=["active_version", "published_revision", "updated_at"])
    touch()
    return version


def activate(workflow: Workflow) -> None:
    """Let it start executions. Raises ``NotPublishedError``."""
    if workflow.active_version_id is None:
        raise NotPublishedError
    _set_status(workflow, WorkflowStatus.ACTIVE)


def pause(workflow: Workflow) -> None:
    """Start no more executions; those under way go on."""
    _set_status(workflow, WorkflowStatus.PAUSED)


def _set_status(workflow: Workflow, status: WorkflowStatus) -> None:
    workflow.status = status
    workflow.save(update_fields=["status", "updated_at"])
    touch()


def touch() -> None:
    """Tell every process that what is active has changed."""
    revision = secrets.randbits(62)
    if not EngineState.objects.filter(id=1).update(revision=revision):
        EngineState.objects.update_or_create(id=1, defaults={"revision": revision})


def resolve(document: Document) -> Document:
    """The document with the named blocks that it refers to copied in. Raises ``DocumentError``."""
    problems: list[Problem] = []
    plain = document.model_copy(deep=True)
    for number, trigger in enumerate(plain.triggers):
        if trigger.trigger_id is not None:
            row = Trigger.objects.filter(id=trigger.trigger_id).first()
            if row is None:
                problems.append(
                    Problem(
                        place=f"/triggers/{number}",
                        message="the named trigger does not exist; choose another",
                    )
                )
                continue
            trigger.event_type, trigger.predicate, trigger.trigger_id = row.event_type, row.predicate, None
    for node in plain.nodes:
        problems += _resolve_node(node)
    if problems:
        raise DocumentError(problems)
    return plain


def _resolve_node(node: Node) -> list[Problem]:
    if node.condition_id is not None:
        condition = Condition.objects.filter(id=node.condition_id).first()
        if condition is None:
            return [Problem(place=node.id, message="the named condition does not exist; choose another")]
        node.predicate, node.condition_id = condition.predicate, None
    if node.action_id is not None:
        action = Action.objects.filter(id=node.action_id).first()
        if action is None:
            return [Problem(place=node.id, message="the named action does not exist; choose another")]
        node.action, node.action_id = action.type, None
        node.config = {**action.config, **node.config}
        node.retry = {**action.retry, **node.retry}
    return []


def problems_of(document: Document) -> list[Problem]:
    """Everything that keeps a resolved document from being published, each with its place and the mend."""
    problems = structure_problems(document)
    if not document.triggers:
        problems.append(Problem(place="/triggers", message="a workflow needs at least one trigger; add one"))
    for number, trigger in enumerate(document.triggers):
        place = f"/triggers/{number}"
        if not is_known(trigger.event_type):
            problems.append(
                Problem(
                    place=f"{place}/event_type",
                    message=f"there is no event type {trigger.event_type!r}; choose a known one",
                )
            )
        problems += predicate_problems(trigger.predicate, f"{place}/predicate", needed=False)
    for node in document.nodes:
        problems += _CHECKS[node.type](node)
    return problems


def predicate_problems(predicate: dict[str, Any], place: str, *, needed: bool) -> list[Problem]:
    """What is wrong with a predicate document."""
    if not predicate:
        return [Problem(place=place, message="a condition needs a predicate; add a line")] if needed else []
    try:
        node = parse(predicate)
    except PredicateError as exc:
        return [Problem(place=place + exc.pointer, message=f"{exc.problem}; {exc.remedy}")]
    return [Problem(place=place + p.pointer, message=p.message) for p in check_fields(node, FIELDS)]


def _action_problems(node: Node) -> list[Problem]:
    if node.predicate:
        return [Problem(place=node.id, message="an action node has no predicate; remove it")]
    action = ACTIONS.find(node.action)
    if action is None:
        return [
            Problem(place=node.id, message=f"there is no action {node.action!r}; known: {', '.join(ACTIONS)}")
        ]
    return [*retry_problems(node.retry, node.id), *config_problems(action, node.config, node.id)]


def retry_problems(retry: dict[str, Any], place: str) -> list[Problem]:
    """What is wrong with a retry policy."""
    try:
        RetryPolicy.model_validate(retry)
    except ValidationError as exc:
        return _pydantic_problems(exc, f"{place}/retry")
    return []


def config_problems(action: Any, config: dict[str, Any], place: str) -> list[Problem]:
    """What is wrong with an action's config. Values with templates are checked as templates now, by the model when run."""
    problems: list[Problem] = []
    try:
        found = list(templates(config))
    except TooDeepError:
        return [Problem(place=place, message="the config is nested too deeply; make it flatter")]
    for path, source in found:
        try:
            liquid().check(source)
        except TemplateError as exc:
            problems.append(Problem(place=f"{place}/{path.replace('.', '/')}", message=str(exc)))
    try:
        action.Config.model_validate(config)
    except ValidationError as exc:
        dynamic = {path.split(".", 1)[0] for path, _ in found}
        problems += [
            problem
            for problem, error in zip(_pydantic_problems(exc, place), exc.errors(), strict=True)
            # What a template becomes is not known yet; that nothing reads its key is.
            if error["type"] == "extra_forbidden" or not error["loc"] or str(error["loc"][0]) not in dynamic
        ]
    return problems


def _condition_problems(node: Node) -> list[Problem]:
    if node.action or node.config or node.retry:
        return [
            Problem(place=node.id, message="a condition node has no action, config or retry; remove them")
        ]
    return predicate_problems(node.predicate, node.id, needed=True)


def _pydantic_problems(exc: ValidationError, place: str) -> list[Problem]:
    return [Problem(place="/".join([place, *map(str, e["loc"])]), message=e["msg"]) for e in exc.errors()]


_CHECKS = {"action": _action_problems, "condition": _condition_problems}
