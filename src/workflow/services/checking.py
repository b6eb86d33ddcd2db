"""Checking: everything that keeps a document from being published, each problem with its place and the mend."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from core.predicates import PredicateError, check_fields, parse
from core.predicates.errors import InvalidValueError
from core.predicates.paths import check_path
from core.retry import RetryPolicy
from core.templating import TemplateError
from core.templating.tree import TooDeepError, templates
from workflow.actions.base import ACTIONS, Action
from workflow.connections.services.opening import connection_problems
from workflow.engine.rendering import liquid
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import (
    NODE_TYPES,
    TRIGGER_TYPES,
    Document,
    Node,
    Policy,
    Problem,
    TriggerSpec,
    structure_problems,
)
from workflow.roots import FIELDS
from workflow.services.event_types import is_known

#: The parts of a node that belong to some node types only.
_PARTS = ("action", "action_id", "retry", "predicate", "condition_id")


def problems_of(document: Document) -> list[Problem]:
    """Everything that keeps a resolved document from being published."""
    problems = structure_problems(document)
    if not document.triggers:
        problems.append(Problem(place="/triggers", message="a workflow needs at least one trigger; add one"))
    if len({trigger.id for trigger in document.triggers}) < len(document.triggers):
        problems.append(Problem(place="/triggers", message="two triggers have the same id; rename one"))
    for number, trigger in enumerate(document.triggers):
        problems += _trigger_problems(trigger, f"/triggers/{number}")
    for node in document.nodes:
        problems += _node_problems(node, document)
    return problems + _policy_problems(document.policy)


def _trigger_problems(trigger: TriggerSpec, place: str) -> list[Problem]:
    trigger_type = TRIGGER_TYPES.find(trigger.type)
    if trigger_type is None:
        known = ", ".join(TRIGGER_TYPES)
        return [
            Problem(
                place=f"{place}/type", message=f"there is no trigger type {trigger.type!r}; known: {known}"
            )
        ]
    problems = predicate_problems(trigger.predicate, f"{place}/predicate", needed=False)
    try:
        trigger_type.Config.model_validate(trigger.config)
    except ValidationError as exc:
        return problems + pydantic_problems(exc, f"{place}/config")
    problems += [Problem(place=place, message=message) for message in trigger_type.problems(trigger)]
    code = trigger_type.event_type(trigger)
    if not is_known(code):
        problems.append(_unknown_type(code, f"{place}/event_type"))
    return problems


def _unknown_type(code: str, place: str) -> Problem:
    return Problem(place=place, message=f"there is no event type {code!r}; choose a known one")


def _node_problems(node: Node, document: Document) -> list[Problem]:
    node_type = NODE_TYPES.find(node.type)
    if node_type is None:
        return []  # told by the structure
    problems = [
        Problem(place=node.id, message=f"{node.type} nodes have no {part.replace('_', ' ')}; remove it")
        for part in _PARTS
        if getattr(node, part) and part not in node_type.keys
    ]
    problems += node_type.problems(node, document)
    if node.predicate:
        problems += predicate_problems(node.predicate, node.id, needed=False)
    if "action" not in node_type.keys:
        return problems + config_problems(node_type, node.config, node.id)
    action = ACTIONS.find(node.action)
    return problems + (action_problems(action, node.config, node.id) if action is not None else [])


def _policy_problems(policy: Policy) -> list[Problem]:
    exits = policy.exits
    problems = predicate_problems(exits.unless, "/policy/exits/unless", needed=False)
    rules = [(f"/policy/exits/events/{n}", rule) for n, rule in enumerate(exits.events)]
    for place, rule in [*rules, *([("/policy/exits/goal", exits.goal)] if exits.goal else [])]:
        if not is_known(rule.event_type):
            problems.append(_unknown_type(rule.event_type, f"{place}/event_type"))
        problems += predicate_problems(rule.predicate, f"{place}/predicate", needed=False)
    problems += [
        Problem(
            place="/policy/exits/signals",
            message=f"there is no exit signal {slug!r}; known: {', '.join(EXIT_SIGNALS)}",
        )
        for slug in exits.signals
        if slug not in EXIT_SIGNALS
    ]
    if policy.reentry.key:
        try:
            check_path(policy.reentry.key)
        except InvalidValueError as exc:
            problems.append(Problem(place="/policy/reentry/key", message=str(exc)))
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


def retry_problems(retry: dict[str, Any], place: str) -> list[Problem]:
    """What is wrong with a retry policy."""
    try:
        RetryPolicy.model_validate(retry)
    except ValidationError as exc:
        return pydantic_problems(exc, f"{place}/retry")
    return []


def config_problems(holder: Any, config: dict[str, Any], place: str) -> list[Problem]:
    """What is wrong with the config of an action or a node type (``holder``). Values with templates are checked as
    templates now, by the model when run."""
    problems: list[Problem] = []
    try:
        found = list(templates({k: v for k, v in config.items() if k not in holder.verbatim}))
    except TooDeepError:
        return [Problem(place=place, message="the config is nested too deeply; make it flatter")]
    for path, source in found:
        try:
            liquid().check(source)
        except TemplateError as exc:
            problems.append(Problem(place=f"{place}/{path.replace('.', '/')}", message=str(exc)))
    try:
        holder.Config.model_validate(config)
    except ValidationError as exc:
        dynamic = {path.split(".", 1)[0] for path, _ in found}
        problems += [
            problem
            for problem, error in zip(pydantic_problems(exc, place), exc.errors(), strict=True)
            # What a template becomes is not known yet; that nothing reads its key is.
            if error["type"] == "extra_forbidden" or not error["loc"] or str(error["loc"][0]) not in dynamic
        ]
    return problems


def action_problems(action: Action[Any, Any], config: dict[str, Any], place: str) -> list[Problem]:
    """What is wrong with the config of an action, and with what it names. What a template becomes is not known yet."""
    problems = config_problems(action, config, place)
    wrong = {problem.place.removeprefix(f"{place}/").split("/", 1)[0] for problem in problems}
    fixed = {
        key: value
        for key, value in config.items()
        if key not in wrong and (key in action.verbatim or not _has_templates(value))
    }
    return problems + missing_problems(action, fixed, place)


def missing_problems(action: Action[Any, Any], config: dict[str, Any], place: str) -> list[Problem]:
    """What the valid, filled-in keys of a config name that is not there."""
    missing = [*connection_problems(action.Config, config), *action.problems(config)]
    return [Problem(place=f"{place}/{key}", message=message) for key, message in missing]


def _has_templates(value: Any) -> bool:
    try:
        return any(True for _ in templates(value))
    except TooDeepError:
        return True


def pydantic_problems(exc: ValidationError, place: str) -> list[Problem]:
    """A validation error as problems, each at its place."""
    return [
        Problem(place="/".join([place, *map(str, e["loc"])]), message=e["msg"].removeprefix("Value error, "))
        for e in exc.errors()
    ]
