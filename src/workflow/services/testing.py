"""Trying things out: a predicate or an action on a sample, with nothing done."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from core.ids import uuid7
from core.templating import TemplateError
from events.models import Event
from workflow.actions.base import ACTIONS
from workflow.compiling import compile_predicate
from workflow.engine.rendering import liquid
from workflow.engine.run import base_context, load_roots, with_history
from workflow.engine.storing import stored
from workflow.graph import Problem
from workflow.roots import ROOTS
from workflow.services.checking import config_problems, missing_problems, predicate_problems
from workflow.services.subjects import contact_named, conversation_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What to try on: a real event by ``event_id``, or one made of the other fields. ``context`` replaces whole roots,
    such as ``{"user": {"tags": ["interested"]}}``, in what is then read of the contact and conversation."""

    event_id: uuid.UUID | None = None
    event_type: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    user_id: str = ""
    conversation_id: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredicateTest:
    """``result`` is ``true``, ``false`` or ``error``; ``explanation`` the tree, ``text`` the same in lines. With
    ``problems`` nothing was evaluated."""

    result: str
    explanation: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionTest:
    """``config`` is the rendered config without its secrets; ``valid`` tells whether the action would take it."""

    valid: bool
    config: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@contextmanager
def _nothing_kept() -> Iterator[None]:
    """Whatever the block writes is undone: an unknown contact is tried as a new one, and not made."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def try_predicate(predicate: dict[str, Any], sample: Sample) -> PredicateTest:
    """Evaluate a predicate document (empty: always true) on a sample. Raises ``Event.DoesNotExist``."""
    problems = predicate_problems(predicate, "predicate", needed=False)
    if problems:
        return PredicateTest(result="error", problems=tuple(problems))
    compiled = compile_predicate(predicate)
    if compiled is None:
        return PredicateTest(result="true", text="No predicate: every event is taken.")
    with _nothing_kept():
        event = _event(sample)
        explanation = compiled.explain(with_history(_context(event, sample), event))
    return PredicateTest(
        result=explanation.result.value, explanation=explanation.as_dict(), text=explanation.as_text()
    )


def try_trigger(event_type: str, predicate: dict[str, Any], sample: Sample) -> PredicateTest:
    """The same for a trigger: an event of another type does not start it. A sample without a type has the trigger's."""
    given = sample.event_type
    if sample.event_id is not None:
        given = Event.objects.values_list("type", flat=True).get(id=sample.event_id)
    if given and given != event_type:
        return PredicateTest(result="false", text=f"The trigger waits for {event_type}; this is {given}.")
    return try_predicate(predicate, sample)


def try_action(slug: str, config: dict[str, Any], sample: Sample) -> ActionTest:
    """Render an action's config on a sample and validate it; nothing is done. Raises ``UnknownKeyError``."""
    action = ACTIONS.get(slug)
    problems = config_problems(action, config, "config")
    if problems:
        return ActionTest(valid=False, config=stored(config), problems=tuple(problems))
    with _nothing_kept():
        context = _context(_event(sample), sample)
    try:
        rendered = liquid().render_tree(config, context)
    except TemplateError as exc:
        return ActionTest(
            valid=False, config=stored(config), problems=(Problem(place="config", message=str(exc)),)
        )
    try:
        model = action.Config.model_validate(rendered)
    except ValidationError as exc:
        found = tuple(
            Problem(place="/".join(["config", *map(str, e["loc"])]), message=e["msg"]) for e in exc.errors()
        )
        return ActionTest(valid=False, config=stored(rendered), problems=found)
    missing = tuple(missing_problems(action, rendered, "config"))
    return ActionTest(valid=not missing, config=stored(model.model_dump(mode="json")), problems=missing)


def _event(sample: Sample) -> Event:
    """The sample's event, unsaved unless it is a real one."""
    if sample.event_id is not None:
        return Event.objects.get(id=sample.event_id)
    now = datetime.now(UTC)
    return Event(
        id=uuid7(),
        type=sample.event_type,
        data=dict(sample.data),
        contact_id=contact_named(sample.user_id),
        conversation_id=conversation_named(sample.conversation_id),
        occurred_at=now,
        recorded_at=now,
    )


def _context(event: Event, sample: Sample) -> dict[str, Any]:
    context = base_context(event)
    load_roots(list(ROOTS), [(context, event)])
    return {**context, "steps": {}, **sample.context}
