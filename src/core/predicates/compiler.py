"""Predicates compiled to closures, evaluated fast or explained line by line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeAlias

from core.predicates.explanation import Explanation, Kind
from core.predicates.nodes import AllOf, AnyOf, Comparison, Node, Not
from core.predicates.operators import OPERATORS
from core.predicates.paths import path_reader
from core.predicates.results import Context, Fault, Reader, Result, Test, all_of, any_of, not_of
from core.predicates.shapes import Occurrences
from core.predicates.showing import shown

_Run: TypeAlias = Callable[[Context], Result]


class _Part(Protocol):
    """A compiled node: ``run`` is the fast closure, ``explain`` the same judgement with its grounds."""

    @property
    def run(self) -> _Run: ...

    def explain(self, context: Context, pointer: str) -> Explanation: ...


@dataclass(frozen=True, slots=True)
class _Line:
    line: Comparison
    read: Reader
    test: Test
    run: _Run

    def explain(self, context: Context, pointer: str) -> Explanation:
        actual = self.read(context)
        verdict = self.test(actual, context)
        value = asdict(self.line.value) if isinstance(self.line.value, Occurrences) else self.line.value
        takes_value = OPERATORS.get(self.line.op).shape.schema is not None
        seen = "null" if isinstance(actual, Fault) else shown(actual, path=self.line.field)
        return Explanation(
            kind="comparison",
            pointer=pointer,
            result=_result(verdict),
            field=self.line.field,
            op=self.line.op,
            expected=shown(value, path=self.line.field) if takes_value else None,
            actual=seen,
            reason=self._reason(verdict, seen, context) if isinstance(verdict, Fault) else None,
        )

    def _reason(self, fault: Fault, seen: str, context: Context) -> str:
        path = fault.at or self.line.field
        value = seen if fault.at is None else shown(path_reader(path)(context), path=path)
        return f"{path} is {value}, {fault.complaint}"


@dataclass(frozen=True, slots=True)
class _Group:
    kind: Kind
    parts: tuple[_Part, ...]
    combine: Callable[[list[Result]], Result]
    run: _Run

    def explain(self, context: Context, pointer: str) -> Explanation:
        children = tuple(
            part.explain(context, f"{pointer}/{self.kind}/{index}") for index, part in enumerate(self.parts)
        )
        result = self.combine([child.result for child in children])
        return Explanation(kind=self.kind, pointer=pointer, result=result, children=children)


@dataclass(frozen=True, slots=True)
class _Negation:
    part: _Part
    run: _Run

    def explain(self, context: Context, pointer: str) -> Explanation:
        child = self.part.explain(context, f"{pointer}/not")
        return Explanation(kind="not", pointer=pointer, result=not_of(child.result), children=(child,))


def _result(verdict: bool | Fault) -> Result:
    if verdict is True:
        return Result.TRUE
    return Result.FALSE if verdict is False else Result.ERROR


def _compile_line(line: Comparison) -> _Part:
    operator = OPERATORS.get(line.op)
    read, test = operator.read(line), operator.build(line)
    true, false, error = Result.TRUE, Result.FALSE, Result.ERROR

    def run(context: Context) -> Result:
        verdict = test(read(context), context)
        if verdict is True:
            return true
        return false if verdict is False else error

    return _Line(line, read, test, run)


def _compile_all(node: AllOf) -> _Part:
    parts = tuple(_compile(child) for child in node.children)
    runs = tuple(part.run for part in parts)
    true, false, error = Result.TRUE, Result.FALSE, Result.ERROR

    def run(context: Context) -> Result:
        outcome = true
        for child in runs:
            result = child(context)
            if result is false:
                return false
            if result is error:
                outcome = error
        return outcome

    return _Group("all", parts, all_of, run)


def _compile_any(node: AnyOf) -> _Part:
    parts = tuple(_compile(child) for child in node.children)
    runs = tuple(part.run for part in parts)
    true, false, error = Result.TRUE, Result.FALSE, Result.ERROR

    def run(context: Context) -> Result:
        outcome = false
        for child in runs:
            result = child(context)
            if result is true:
                return true
            if result is error:
                outcome = error
        return outcome

    return _Group("any", parts, any_of, run)


def _compile_not(node: Not) -> _Part:
    part = _compile(node.child)
    child = part.run
    true, false, error = Result.TRUE, Result.FALSE, Result.ERROR

    def run(context: Context) -> Result:
        result = child(context)
        if result is true:
            return false
        return true if result is false else error

    return _Negation(part, run)


_COMPILERS: dict[type, Callable[[Any], _Part]] = {
    AllOf: _compile_all,
    AnyOf: _compile_any,
    Not: _compile_not,
    Comparison: _compile_line,
}


def _compile(node: Node) -> _Part:
    return _COMPILERS[type(node)](node)


class Predicate:
    """A compiled predicate; immutable, to be shared between threads and kept as long as its version."""

    __slots__ = ("_part", "_run", "node")

    def __init__(self, node: Node) -> None:
        self.node = node
        self._part = _compile(node)
        self._run = self._part.run

    def evaluate(self, context: Context) -> Result:
        """What the predicate says of ``context``.

        Never raises for JSON values. What the context's ``history`` raises (``performed`` calls it) passes
        through, as the caller knows whether to try again.
        """
        return self._run(context)

    def explain(self, context: Context) -> Explanation:
        """The same judgement as :meth:`evaluate` with the grounds of every line, also those it would skip."""
        return self._part.explain(context, "")

    def __repr__(self) -> str:
        return f"Predicate({self.node!r})"


def compile(node: Node) -> Predicate:  # noqa: A001
    """Compile a tree that ``parse`` returned: once per version, as it costs as much as tens of evaluations."""
    return Predicate(node)
