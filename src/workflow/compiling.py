"""Compiling: predicates to closures, and which roots a predicate or a template reads."""

from __future__ import annotations

from typing import Any

from core import predicates
from core.predicates import Predicate, fields_used, parse
from core.templating.tree import templates
from workflow.roots import ROOTS


def compile_predicate(document: dict[str, Any]) -> Predicate | None:
    """The compiled predicate, or ``None`` for an empty document, which holds for everything."""
    return predicates.compile(parse(document)) if document else None


def roots_used(document: dict[str, Any]) -> frozenset[str]:
    """The roots that a predicate document reads."""
    return (
        frozenset(path.split(".", 1)[0] for path in fields_used(parse(document))) if document else frozenset()
    )


def roots_named(config: Any) -> frozenset[str]:
    """The roots whose names stand in a config's templates: rather one too many than one too few."""
    return roots_in_text("\n".join(source for _, source in templates(config)))


def roots_in_text(text: str) -> frozenset[str]:
    """The roots whose names stand in a piece of code or the like."""
    return frozenset(name for name in ROOTS if name in text)
