"""How forms draw a field of a Pydantic model: hints in its JSON Schema that change nothing of what it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo

#: The inputs that a form may be asked for by ``x-widget``; the web UI has one for each.
WIDGETS = frozenset(
    {
        "any",
        "checkboxes",
        "code",
        "color",
        "cron",
        "date",
        "date-time",
        "duration",
        "field",
        "file",
        "json",
        "liquid",
        "list",
        "money",
        "multiline",
        "number",
        "phone",
        "predicate",
        "relation",
        "relations",
        "secret",
        "select",
        "switch",
        "text",
        "time",
        "timezone",
    }
)
#: What a field may refer to by ``x-relation``.
RELATIONS = frozenset(
    {
        "channel",
        "connection",
        "contact",
        "custom-field",
        "event-type",
        "language",
        "member",
        "provider",
        "role",
        "segment",
        "tag",
        "template",
        "workflow",
    }
)


def hints(
    widget: str = "",
    *,
    relation: str = "",
    advanced: bool = False,
    when: Mapping[str, Sequence[Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """For ``json_schema_extra``. ``advanced`` waits behind a button; ``when`` names the values that other fields must have
    for this one to be shown; ``more`` are further hints, such as ``lines=1`` for ``x-lines``.

    Raises ``ValueError`` for a widget or relation that forms do not know.
    """
    if widget and widget not in WIDGETS:
        raise ValueError(f"no form has the widget {widget!r}; known: {', '.join(sorted(WIDGETS))}")
    if relation and relation not in RELATIONS:
        raise ValueError(f"no form offers {relation!r}; known: {', '.join(sorted(RELATIONS))}")
    named: dict[str, Any] = {f"x-{name.replace('_', '-')}": value for name, value in more.items()}
    if widget or relation:
        named["x-widget"] = widget or "relation"
    if relation:
        named["x-relation"] = relation
    if advanced:
        named["x-advanced"] = True
    if when:
        named["x-when"] = {name: list(values) for name, values in when.items()}
    return named


def shown(title: str, description: str = "", **how: Any) -> FieldInfo:
    """For ``Annotated``: what a field is called, what it is for, and by ``how`` the hints of its input."""
    said: dict[str, Any] = {"title": title}
    if description:
        said["description"] = description
    if how:
        said["json_schema_extra"] = hints(**how)
    field: FieldInfo = Field(**said)
    return field
