"""The gate on ``.env.example``: it names every variable that is read, and no variable that nothing reads."""

from __future__ import annotations

import ast
import re
from pathlib import Path

_DECLARED = re.compile(r"^#?\s?([A-Z][A-Z0-9_]*)=", re.MULTILINE)
_COMPOSE = re.compile(r"\$\{([A-Z][A-Z0-9_]*)")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")


def problems(root: Path) -> list[str]:
    """What is wrong with ``.env.example`` under ``root``, one line each.

    Variables come from the settings and the other modules under ``src/`` (``env("NAME")``, ``env.int("NAME")``,
    ``os.environ["NAME"]``, ``.get``) and from ``${NAME}`` in the compose file. The settings' and the compose file's must
    be declared; a declared one must be read somewhere.
    """
    declared = declared_in((root / ".env.example").read_text(encoding="utf-8"))
    compose = compose_variables((root / "docker" / "compose.yml").read_text(encoding="utf-8"))
    settings = variables_under(root / "src" / "config")
    everywhere = variables_under(root / "src") | compose
    return [
        *(
            f".env.example does not name {name}, which is read"
            for name in sorted((settings | compose) - declared)
        ),
        *(f".env.example names {name}, which nothing reads" for name in sorted(declared - everywhere)),
    ]


def declared_in(text: str) -> set[str]:
    """The names in ``NAME=value`` and ``# NAME=value`` lines."""
    return set(_DECLARED.findall(text))


def compose_variables(text: str) -> set[str]:
    """The names in ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}``."""
    return set(_COMPOSE.findall(text))


def variables_under(directory: Path) -> set[str]:
    """The environment variables that the Python files under ``directory`` read, their tests left out."""
    names: set[str] = set()
    for file in directory.rglob("*.py"):
        if "tests" not in file.parts:
            names |= variables_in(ast.parse(file.read_text(encoding="utf-8"), filename=str(file)))
    return names


def variables_in(tree: ast.AST) -> set[str]:
    """The environment variables that one module reads."""
    names = set()
    for node in ast.walk(tree):
        argument: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args and _reads_environment(node.func):
            argument = node.args[0]
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_environ(node.value):
            argument = node.slice
        name = argument.value if isinstance(argument, ast.Constant) else None
        if isinstance(name, str) and _VARIABLE.fullmatch(name):
            names.add(name)
    return names


def _reads_environment(function: ast.expr) -> bool:
    """Whether this is ``env(…)``, ``env.<type>(…)``, ``os.getenv(…)`` or ``environ.get(…)``."""
    if isinstance(function, ast.Name):
        return function.id in ("env", "getenv")
    if not isinstance(function, ast.Attribute):
        return False
    if isinstance(function.value, ast.Name) and function.value.id == "env":
        return True
    return function.attr == "getenv" or (function.attr == "get" and _is_environ(function.value))


def _is_environ(value: ast.expr) -> bool:
    name = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
    return name.lstrip("_") == "environ"
