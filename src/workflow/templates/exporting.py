"""Export: a workflow as a template that another tenant or installation can import."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from typing import Any

from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.actions.base import ACTIONS
from workflow.connections.models import Connection
from workflow.graph import TRIGGER_TYPES, Document, read
from workflow.models import Action, Condition, EventType, Trigger, Version, Workflow
from workflow.services.publishing import resolve
from workflow.templates.document import (
    FORMAT,
    ConnectionNeed,
    EventTypeSpec,
    Template,
    Unresolved,
    Use,
    actions_of,
)
from workflow.templates.parameters import ParameterSchema
from workflow.templates.placeholders import escaped
from workflow.templates.portable import Portable
from workflow.templates.surroundings import declared_fields

_CUSTOM_IN_PATHS = re.compile(r"user\.custom\.([a-z][a-z0-9_]{0,59})")
_SENDS = "send_message"


def export(workflow: Workflow, *, version: int | None = None) -> Template:
    """The workflow's draft, or one of its versions, as a template in the tenant's language.

    Named triggers, conditions and actions are copied in. What belongs to the tenant (members, segments, other workflows,
    secrets) becomes a parameter and is told of in ``unresolved``. Raises ``Version.DoesNotExist``, and ``DocumentError``
    for a draft that is no document.
    """
    tenant = Tenant.objects.get(id=require_tenant().id)
    stored = Version.objects.get(workflow=workflow, number=version).document if version else workflow.draft
    document, lost = _whole(read(stored))
    connections = _connections(document)
    portable = Portable(tenant.language)
    graph = _graph(document, portable)
    steps = list(actions_of(graph))
    used = sorted(set(steps))
    parameters = portable.parameters
    return Template(
        format=FORMAT,
        slug=_slug(workflow),
        version=version or workflow.revision,
        author=tenant.name,
        name={tenant.language: workflow.name},
        description={tenant.language: workflow.description} if workflow.description else {},
        languages=[tenant.language],
        channels=["any"] if _SENDS in used else [],
        connections=connections,
        settings=_settings(graph),
        actions=used,
        estimated_cost=[Use(action=slug, uses=steps.count(slug)) for slug in used],
        parameters=ParameterSchema(properties=parameters, required=list(parameters)),
        event_types=[escaped(spec) for spec in _event_types(document, tenant.language)],
        custom_fields=[escaped(spec) for spec in _custom_fields(graph)],
        unresolved=[*lost, *portable.unresolved],
        workflow=graph,
    )


def _slug(workflow: Workflow) -> str:
    """Of the Latin letters in its name, else of its id."""
    words = re.sub(r"[^a-z0-9]+", "_", workflow.name.lower()).strip("_")[:60].strip("_")
    return words if words[:1].isalpha() else f"workflow_{workflow.id.hex[-12:]}"


def _whole(document: Document) -> tuple[Document, list[Unresolved]]:
    """The document with named blocks copied in; those that are not there any more are left out, and told of."""
    lost: list[Unresolved] = []

    def gone(model: Any, key: uuid.UUID | None, place: str, noun: str) -> bool:
        if key is None or model.objects.filter(id=key).exists():
            return False
        lost.append(
            Unresolved(place=place, message=f"the named {noun} does not exist any more; choose another")
        )
        return True

    plain = document.model_copy(deep=True)
    for number, trigger in enumerate(plain.triggers):
        if gone(Trigger, trigger.trigger_id, f"/triggers/{number}", "trigger"):
            trigger.trigger_id = None
    for node in plain.nodes:
        if gone(Condition, node.condition_id, node.id, "condition"):
            node.condition_id = None
        if gone(Action, node.action_id, node.id, "action"):
            node.action_id = None
    return resolve(plain), lost


def _connections(document: Document) -> list[ConnectionNeed]:
    """The connections that its steps use; a step that names one by its id names it by its name from now on."""
    rows = list(Connection.objects.all())
    by_reference = {str(row.id): row for row in rows} | {row.name: row for row in rows}
    needs: dict[tuple[str, str], ConnectionNeed] = {}
    for node in document.nodes:
        reference = node.config.get("connection")
        action = ACTIONS.find(node.action)
        row = by_reference.get(reference) if isinstance(reference, str) else None
        if row is not None:
            node.config["connection"] = row.name
            needs[row.type, row.name] = ConnectionNeed(type=row.type, name=row.name)
        elif not reference and (kind := getattr(action, "default_connection", "")):
            needs[kind, ""] = ConnectionNeed(type=kind)
    return list(needs.values())


def _settings(graph: dict[str, Any]) -> list[str]:
    """What must be set where it is used; opening hours are, as ``business.open_now`` or as an option of that name."""
    text = json.dumps(graph)
    return ["business_hours"] if "business." in text or '"business_hours": true' in text else []


def _graph(document: Document, portable: Portable) -> dict[str, Any]:
    """The document with placeholders, without what is left to its default."""
    plain = document.model_dump(mode="json", exclude_defaults=True)
    parts: dict[str, Any] = {}
    for key, value in plain.items():
        if key == "nodes":
            parts[key] = [portable.copy(node, node["id"]) for node in value]
        elif key == "triggers":
            parts[key] = [portable.copy(trigger, f"/triggers/{n}") for n, trigger in enumerate(value)]
        else:
            parts[key] = portable.copy(value, f"/{key}")
    return parts


def _codes(document: Document) -> set[str]:
    """The event types that it speaks of: of triggers and exits, and whatever a step or predicate names."""
    named = {
        TRIGGER_TYPES.get(trigger.type).event_type(trigger) if trigger.type in TRIGGER_TYPES else ""
        for trigger in document.triggers
    }
    return named | set(_named_codes(document.model_dump(mode="json")))


def _named_codes(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(code := value.get("event_type"), str):
            yield code
        for member in value.values():
            yield from _named_codes(member)
    elif isinstance(value, list):
        for member in value:
            yield from _named_codes(member)


def _event_types(document: Document, language: str) -> list[dict[str, Any]]:
    """The tenant's own event types that it uses."""
    rows = EventType.objects.filter(code__in=_codes(document), is_builtin=False).order_by("code")
    return [
        EventTypeSpec(
            code=row.code,
            label={language: row.label},
            description={language: row.description} if row.description else {},
            schema=row.schema,
        ).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for row in rows
    ]


def _custom_fields(graph: dict[str, Any]) -> list[dict[str, Any]]:
    """The contacts' fields that predicates, templates and steps name."""
    named = set(_CUSTOM_IN_PATHS.findall(json.dumps(graph, ensure_ascii=False)))
    for node in graph.get("nodes", ()):
        custom = node.get("config", {}).get("custom")
        named.update(custom if isinstance(custom, dict) else ())
    found = declared_fields(sorted(named))
    return [spec.model_dump(mode="json", exclude_defaults=True) for _, spec in sorted(found.items())]
