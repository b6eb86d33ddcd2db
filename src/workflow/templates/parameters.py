"""The parameters of a template: what they are, in a superset of JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from core.predicates.errors import InvalidValueError
from core.predicates.patterns import compile_pattern
from workflow.graph.policy import Strict
from workflow.templates.placeholders import NAME
from workflow.templates.texts import LocalText, pick

Type = Literal["string", "number", "integer", "boolean", "array"]
Format = Literal[
    "",
    "channel",
    "custom-field",
    "duration",
    "event-type",
    "id",
    "member",
    "money",
    "phone",
    "role",
    "secret",
    "segment",
    "template-text",
    "time",
    "url",
    "workflow",
]
Scalar = str | int | float
Name = Annotated[str, Field(pattern=f"^{NAME}$")]

#: The formats of numbers; the others are of texts.
_OF_NUMBERS = frozenset({"money"})


class Keywords(Strict):
    """JSON Schema's own keywords, by its own names."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    enum: list[Scalar] = Field(default_factory=list, max_length=200)
    enum_labels: dict[str, LocalText] = Field(
        default_factory=dict, alias="enumLabels", description="What people see in place of each value."
    )
    minimum: float | None = None
    maximum: float | None = None
    min_length: Annotated[int, Field(ge=0)] | None = Field(default=None, alias="minLength")
    max_length: Annotated[int, Field(ge=1)] | None = Field(default=None, alias="maxLength")
    pattern: Annotated[str, Field(max_length=512)] = Field(default="", description="RE2, for the whole text.")

    @model_validator(mode="after")
    def _usable(self) -> Keywords:
        if self.pattern:
            try:
                compile_pattern(self.pattern)
            except InvalidValueError as exc:
                raise ValueError(str(exc)) from None
        if unknown := set(self.enum_labels) - set(map(str, self.enum)):
            raise ValueError(f"enumLabels names {', '.join(sorted(unknown))}, which enum has not")
        return self


class Items(Keywords):
    """What an array holds."""

    type: Literal["string", "number", "integer"] = "string"


class Parameter(Keywords):
    """One thing that whoever uses the template may choose.

    A text may have a default for each language (``defaultByLanguage``). One with neither default must be given.
    """

    type: Type
    format: Format = Field(
        default="", description="What the value means: the form has a fitting input for it."
    )
    title: LocalText
    description: LocalText = Field(default_factory=dict)
    default: Any = None
    default_by_language: LocalText = Field(default_factory=dict, alias="defaultByLanguage")
    items: Items | None = None
    min_items: Annotated[int, Field(ge=0)] | None = Field(default=None, alias="minItems")
    max_items: Annotated[int, Field(ge=1)] | None = Field(default=None, alias="maxItems")

    @model_validator(mode="after")
    def _fits(self) -> Parameter:
        if (self.type == "array") != (self.items is not None):
            raise ValueError("'items' goes with the type 'array', and only with it")
        if self.default_by_language and (self.type != "string" or self.default is not None):
            raise ValueError("'defaultByLanguage' is for a text that has no 'default'")
        if self.format and (self.type == "string") == (self.format in _OF_NUMBERS):
            raise ValueError(f"the format {self.format!r} does not go with the type {self.type!r}")
        if self.type == "array" and self.format:
            raise ValueError("an array has no format")
        return self

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is None and not self.default_by_language

    def default_in(self, language: str) -> Any:
        """The default for a workflow in ``language``; ``None`` when there is none."""
        return pick(self.default_by_language, language) if self.default_by_language else self.default

    def schema_in(self, language: str, choices: Mapping[str, str]) -> dict[str, Any]:
        """Plain JSON Schema for a form in ``language``. ``choices`` are what the tenant has to choose from, if the format
        names such things: told as ``x-choices``, with the labels of an enum's values as ``x-enum-labels``."""
        schema = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        for key in ("enumLabels", "defaultByLanguage"):
            schema.pop(key, None)
        schema |= {"type": self.type, "title": pick(self.title, language)}
        if self.description:
            schema["description"] = pick(self.description, language)
        if (default := self.default_in(language)) is not None:
            schema["default"] = default
        if self.enum_labels:
            schema["x-enum-labels"] = _labels(self.enum_labels, language)
        if self.items is not None and self.items.enum_labels:
            schema["items"].pop("enumLabels")
            schema["items"]["x-enum-labels"] = _labels(self.items.enum_labels, language)
        if self.items is not None:
            schema["items"]["type"] = self.items.type
        if choices:
            schema["x-choices"] = [{"value": value, "label": label} for value, label in choices.items()]
        return schema


def _labels(labels: Mapping[str, LocalText], language: str) -> dict[str, str]:
    return {value: pick(texts, language) for value, texts in labels.items()}


class ParameterSchema(Strict):
    """All parameters: an object's JSON Schema, whose properties are told in the order of the form."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    type: Literal["object"] = "object"
    properties: dict[Name, Parameter] = Field(default_factory=dict, max_length=100)
    required: list[Name] = Field(default_factory=list)
    additional_properties: Literal[False] = Field(default=False, alias="additionalProperties")

    @model_validator(mode="after")
    def _complete(self) -> ParameterSchema:
        needed = [name for name, parameter in self.properties.items() if parameter.required]
        if sorted(self.required) != sorted(needed):
            raise ValueError(
                f"'required' must name exactly the parameters without a default: {', '.join(needed) or 'none'}"
            )
        return self
