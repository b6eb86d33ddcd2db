"""Configs: their templates rendered for a batch at once in the sandbox, then validated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from core.errors import PermanentError, RetryableError
from core.templating import LiquidPool
from workflow.engine.run import Run, fill


class ConfigError(PermanentError):
    """The step's config is not valid once its templates are filled in."""


@cache
def liquid() -> LiquidPool:
    """This process's template sandbox."""
    return LiquidPool(size=1)


def configs_of(runs: Sequence[Run]) -> list[BaseModel | Exception]:
    """The validated config of each run's current node, or the error that kept it from being made."""
    dynamic = [run for run in runs if run.node.fixed is None]
    fill(runs, {root for run in runs for root in run.node.roots})
    try:
        rendered = liquid().render_trees([(run.node.templated, run.context) for run in dynamic])
    except RetryableError as exc:
        rendered = [exc] * len(dynamic)
    answers = iter(rendered)
    return [_config(run, answers) for run in runs]


def _config(run: Run, answers: Iterator[Any]) -> BaseModel | Exception:
    node = run.node
    if node.fixed is not None:
        return node.fixed
    rendered = next(answers)
    if isinstance(rendered, Exception):
        return rendered
    try:
        return node.model.model_validate({**node.config, **rendered})
    except ValidationError as exc:
        return ConfigError(
            "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in exc.errors())
        )
