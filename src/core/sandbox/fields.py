"""A Pydantic type for code in configs: what cannot run is refused when it is entered."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from core.sandbox import CodeError, SandboxError, check_code
from core.sandbox.limits import DEFAULT


@lru_cache(maxsize=128)
def _problem(source: str) -> str:
    try:
        check_code(source)
    except CodeError as error:
        return str(error)
    return ""


def _can_run(source: str) -> str:
    try:
        problem = _problem(source)
    except SandboxError:
        return source  # a published config does not become invalid because a process could not be started
    if problem:
        raise ValueError(problem)
    return source


#: Python for the sandbox. Forms show an editor for code.
Code = Annotated[
    str,
    Field(min_length=1, max_length=DEFAULT.source_bytes, json_schema_extra={"format": "code"}),
    AfterValidator(_can_run),
]
