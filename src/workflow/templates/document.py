"""The format ``wasl.workflow-template/1``: a workflow with placeholders, its parameters, and what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from core.errors import PermanentError
from workflow.graph import Problem
from workflow.graph.policy import Strict
from workflow.templates.parameters import ParameterSchema
from workflow.templates.placeholders import names_in
from workflow.templates.texts import Language, LocalText

FORMAT = "wasl.workflow-template/1"
#: In ``channels``: it sends messages, whatever the channel.
ANY = "any"

Category = Literal["greeting", "sales", "service", "retention", "team", "other"]
CATEGORIES: dict[Category, LocalText] = {
    "greeting": {"en": "Greeting", "fr": "Accueil", "ar": "الترحيب", "fa": "خوش‌آمدگویی"},
    "sales": {"en": "Sales", "fr": "Ventes", "ar": "المبيعات", "fa": "فروش"},
    "service": {"en": "Service", "fr": "Service client", "ar": "خدمة الزبائن", "fa": "خدمات مشتریان"},
    "retention": {"en": "Keeping customers", "fr": "Fidélisation", "ar": "الوفاء", "fa": "نگهداشت مشتری"},
    "team": {"en": "Team", "fr": "Équipe", "ar": "الفريق", "fa": "تیم"},
    "other": {"en": "Other", "fr": "Autre", "ar": "أخرى", "fa": "سایر"},
}


class InvalidTemplateError(PermanentError):
    """The template is not valid. ``problems`` lists each with its place and what to do."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.place}: {p.message}" for p in problems))
        self.problems = problems


class Sla(Strict):
    """What the template is meant to keep to, in minutes."""

    first_reply_minutes: Annotated[int, Field(ge=1)] | None = None
    resolution_minutes: Annotated[int, Field(ge=1)] | None = None


class ConnectionNeed(Strict):
    """A stored connection that the workflow uses: of this type and, where a step names it, of this name."""

    type: Annotated[str, Field(max_length=40)]
    name: Annotated[str, Field(max_length=120)] = ""


class Use(Strict):
    """How often one execution uses an action, on average; what that costs is the tenant's to say."""

    action: str
    uses: Annotated[float, Field(gt=0, le=10_000)] = 1


class EventTypeSpec(Strict):
    """An event type of the tenant's own that the workflow hears of or emits. ``schema`` is that of ``event.data``."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,59}$")]
    label: LocalText
    description: LocalText = Field(default_factory=dict)
    schema_: dict[str, Any] = Field(default_factory=dict, alias="schema")


class Unresolved(Strict):
    """Something that an export could not take along; ``parameter`` takes its place, where one does."""

    place: str
    message: str
    parameter: str = ""


class Template(Strict):
    """A workflow template. In ``workflow``, ``event_types`` and ``custom_fields`` stand placeholders: ``{"$param": "days"}``
    for a whole value, ``[[days]]`` inside a text."""

    format: Literal["wasl.workflow-template/1"]
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    version: Annotated[int, Field(ge=1)] = 1
    author: Annotated[str, Field(max_length=120)] = ""
    name: LocalText = Field(min_length=1)
    description: LocalText = Field(default_factory=dict)
    category: Category = "other"
    languages: list[Language] = Field(
        default_factory=list, max_length=50, description="Those that its texts are written in."
    )
    channels: list[Annotated[str, Field(max_length=30)]] = Field(
        default_factory=list,
        max_length=20,
        description="Providers of which one is needed, or any; none for a workflow that sends nothing.",
    )
    connections: list[ConnectionNeed] = Field(default_factory=list, max_length=50)
    settings: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list,
        max_length=20,
        description="What the tenant must have set, such as business_hours.",
    )
    actions: list[str] = Field(default_factory=list, description="The actions that its steps use.")
    sla: Sla | None = None
    estimated_cost: list[Use] = Field(default_factory=list, max_length=100)
    parameters: ParameterSchema = Field(default_factory=ParameterSchema)
    event_types: list[dict[str, Any]] = Field(
        default_factory=list,
        max_length=50,
        description="Event types of one's own, made where they are missing.",
    )
    custom_fields: list[dict[str, Any]] = Field(
        default_factory=list, max_length=50, description="Fields of contacts, made where they are missing."
    )
    unresolved: list[Unresolved] = Field(default_factory=list)
    workflow: dict[str, Any]

    @model_validator(mode="after")
    def _whole(self) -> Template:
        used = sorted(set(actions_of(self.workflow)))
        if self.actions != used:
            raise ValueError(f"'actions' must be those that its steps use: {', '.join(used) or 'none'}")
        if priced := {use.action for use in self.estimated_cost} - set(used):
            raise ValueError(f"'estimated_cost' names {', '.join(sorted(priced))}, which no step uses")
        found = set(names_in([self.workflow, self.event_types, self.custom_fields]))
        declared = set(self.parameters.properties)
        if undeclared := found - declared:
            raise ValueError(f"placeholders without a parameter: {', '.join(sorted(undeclared))}")
        if unused := declared - found:
            raise ValueError(f"parameters that nothing uses: {', '.join(sorted(unused))}; remove them")
        return self

    def dump(self) -> dict[str, Any]:
        """As it is written down: JSON, without what is left to its default."""
        plain = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        if "parameters" in plain:
            plain["parameters"] = {"type": "object", **plain["parameters"], "additionalProperties": False}
        return plain


def actions_of(workflow: dict[str, Any]) -> Iterator[str]:
    """The actions of a workflow's nodes, placeholders or not."""
    for part in ("nodes", "actions"):
        nodes = workflow.get(part)
        for node in nodes if isinstance(nodes, list) else ():
            if not isinstance(node, dict):
                continue
            if node.get("type") == "wait":
                yield "wait"
            elif isinstance(node.get("action"), str) and node["action"]:
                yield node["action"]


def read_template(value: Any) -> Template:
    """Parse a template strictly. Raises ``InvalidTemplateError``."""
    try:
        return Template.model_validate(value)
    except ValidationError as exc:
        raise InvalidTemplateError(
            [
                Problem(
                    place="/" + "/".join(str(part) for part in error["loc"]),
                    message=error["msg"].removeprefix("Value error, "),
                )
                for error in exc.errors()
            ]
        ) from exc


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Template.model_json_schema(by_alias=True),
    }
