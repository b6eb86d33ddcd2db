"""``custom_code``: a piece of Python that reads the execution's data and gives a value."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from core.forms import shown
from core.http import HttpClient
from core.sandbox import CodeLimits, run_code
from core.sandbox.fields import Code
from core.sandbox.schemas import InvalidSchemaError, check_schema, match_schema
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Output, register


def _usable(schema: dict[str, Any] | None) -> dict[str, Any] | None:
    if schema is not None:
        try:
            check_schema(schema)
        except InvalidSchemaError as exc:
            raise ValueError(str(exc)) from exc
    return schema


Schema = Annotated[dict[str, Any] | None, AfterValidator(_usable)]


class CustomCodeConfig(Config):
    """The code and what it works on. Liquid is filled in in ``inputs`` only."""

    code: Code = Field(
        description="Python. Sees inputs and the roots (event, user, steps, …) by their names; ends in return"
    )
    inputs: Annotated[dict[str, Any], shown("Inputs")] = Field(
        default_factory=dict, description="Values for the code, as inputs['name']"
    )
    input_schema: Annotated[Schema, shown("Shape of the inputs", widget="json", advanced=True)] = Field(
        default=None, description="JSON Schema that inputs must fit"
    )
    output_schema: Annotated[Schema, shown("Shape of the value", widget="json", advanced=True)] = Field(
        default=None, description="JSON Schema that the value must fit"
    )
    timeout_ms: Annotated[
        int,
        Field(ge=10, le=1_000, description="The longest that the code may run"),
        shown("Time-out", advanced=True, unit="ms"),
    ] = 1_000


class CustomCodeOutput(Output):
    """What the code returned, and the text that it printed."""

    value: Any = None
    printed: str = ""


@register
class CustomCode(ExternalAction[CustomCodeConfig, CustomCodeOutput]):
    """Run in the sandbox, in a thread and outside of any transaction: code may take its time."""

    slug = "custom_code"
    label = "Run code"
    icon = "code"
    description = "Work out a value with a piece of Python, in a sandbox without files, network or secrets."
    category = "flow"
    effect = Effect.READ
    Config = CustomCodeConfig
    Output = CustomCodeOutput
    verbatim = frozenset({"code", "input_schema", "output_schema"})
    example: ClassVar = {
        "code": "total = sum(item['price'] * item['quantity'] for item in inputs['items'])\nreturn {'total': total}",
        "inputs": {"items": [{"price": 1200, "quantity": 2}]},
    }
    example_output: ClassVar = {"value": {"total": 2400}, "printed": ""}

    def rehearse(self, config: CustomCodeConfig, context: ActionContext) -> CustomCodeOutput:
        """What it works out: code reaches nothing outside."""
        return _worked_out(config, context.data)

    async def run(
        self, config: CustomCodeConfig, context: ActionContext, http: HttpClient
    ) -> CustomCodeOutput:
        """Raises ``CodeError``, ``SchemaMismatchError`` and ``SandboxError``."""
        return await asyncio.to_thread(_worked_out, config, context.data)


def _worked_out(config: CustomCodeConfig, roots: dict[str, Any]) -> CustomCodeOutput:
    if config.input_schema is not None:
        match_schema(config.inputs, config.input_schema, "inputs")
    limits = CodeLimits(time_s=config.timeout_ms / 1_000)
    result = run_code(config.code, inputs={**roots, "inputs": config.inputs}, limits=limits)
    if config.output_schema is not None:
        match_schema(result.value, config.output_schema, "the result")
    return CustomCodeOutput(value=result.value, printed=result.printed)
