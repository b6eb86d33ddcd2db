"""The product's source files as syntax trees, for rules that no linter knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"


@dataclass(frozen=True, slots=True)
class Source:
    """A file: ``path`` is relative to ``src``, ``package`` its first part."""

    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/")[0]

    def at(self, node: ast.AST) -> str:
        """Where a node is, for a message."""
        return f"src/{self.path}:{getattr(node, 'lineno', 1)}"


def parsed(text: str, path: str = "app/module.py") -> Source:
    """A source from its text."""
    return Source(path, ast.parse(text))


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the product; tests and migrations are not its own words."""
    return tuple(
        Source(path.relative_to(SRC).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in sorted(SRC.rglob("*.py"))
        if not {"tests", "migrations"} & set(path.relative_to(SRC).parts)
    )


def imports(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """Every imported name in full, with its node: ``from a.b import c`` is ``a.b.c``."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node


def called(node: ast.Call) -> str:
    """The dotted name of what is called; names that cannot be told are left out."""
    parts: list[str] = []
    function: ast.expr = node.func
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        parts.append(function.id)
    return ".".join(reversed(parts))
