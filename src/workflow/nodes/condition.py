"""``condition``: a predicate, or a piece of code, decides between true, false and error."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated, Any

from core.forms import shown
from core.predicates import Result
from core.sandbox import CodeError, SandboxError, evaluate_condition
from core.sandbox.fields import Code
from workflow.engine import steps
from workflow.engine.run import Run, fill, with_history
from workflow.graph import Document, Node, NodeConfig, NodeType, PortRule, Problem, register

#: Code is run within the engine's transaction: what a batch has no time for goes on in the next one.
_LONGEST_S = 3.0


class ConditionConfig(NodeConfig):
    """Code instead of a predicate; it sees the roots by their names and ends in a bool."""

    code: Annotated[
        Code, shown("Code", "Python instead of a condition: ends in return True or return False.")
    ] = ""


@register
class Condition(NodeType):
    """Leaves by ``true`` or ``false``; what cannot be decided is never false: it leaves by ``error``, else fails."""

    slug = "condition"
    label = "Condition"
    icon = "question"
    description = "Go one way or the other."
    leaves_step = False
    Config = ConditionConfig
    keys = frozenset({"predicate", "condition_id"})
    verbatim = frozenset({"code"})
    branches = True
    port_rule = PortRule(fixed=("true", "false", "error"))

    def problems(self, node: Node, document: Document) -> list[Problem]:
        """Either a predicate or code."""
        if bool(node.predicate) == bool(node.config.get("code")):
            return [Problem(place=node.id, message="a condition needs a predicate, or code, and not both")]
        return []

    def run(self, runs: Sequence[Run]) -> None:
        """Each run leaves by the port that its predicate names."""
        fill(runs, {root for run in runs for root in run.node.roots})
        deadline = time.monotonic() + _LONGEST_S
        for run in runs:
            if run.node.predicate is not None:
                _by_predicate(run)
            elif run.trial is not None or time.monotonic() < deadline:
                _by_code(run)
            else:
                steps.postpone(run, self.slug)

    def grounds(self, run: Run) -> Any:
        """What each line of the predicate found."""
        predicate = run.node.predicate
        if predicate is None:
            return None
        return predicate.explain(with_history(run.context, run.execution)).as_dict()


def _by_predicate(run: Run) -> None:
    predicate = run.node.predicate
    assert predicate is not None
    context = with_history(run.context, run.execution)
    result = predicate.evaluate(context)
    if result is not Result.ERROR:
        steps.decide(run, result.name.lower())
        return
    reasons = "; ".join(predicate.explain(context).errors())
    steps.stumble(run, f"the condition could not be decided: {reasons}")


def _by_code(run: Run) -> None:
    code: Any = run.node.config["code"]
    try:
        holds = evaluate_condition(code, run.context)
    except (CodeError, SandboxError) as exc:
        steps.stumble(run, f"the condition could not be decided: {exc}")
        return
    steps.decide(run, "true" if holds else "false")
