"""The catalogue: the templates that come with Wasl, read from ``fixtures/workflow_templates``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.conf import settings

from core.errors import PermanentError
from core.text import fold
from workflow.templates.document import Template, read_template

FOLDER: Path = settings.BASE_DIR / "src" / "fixtures" / "workflow_templates"


class UnknownTemplateError(PermanentError):
    """There is no such template."""


@cache
def catalogue() -> Mapping[str, Template]:
    """All templates by slug, in the order of their slugs. Raises ``InvalidTemplateError`` for a file that is not valid."""
    found: dict[str, Template] = {}
    for path in sorted(FOLDER.glob("*.json")):
        template = read_template(json.loads(path.read_text(encoding="utf-8")))
        if template.slug != path.stem:
            raise ValueError(f"{path.name}: its slug is {template.slug!r}; name the file after it")
        found[template.slug] = template
    return found


def template_named(slug: str) -> Template:
    """The template of that slug. Raises ``UnknownTemplateError``."""
    try:
        return catalogue()[slug]
    except KeyError:
        raise UnknownTemplateError(
            f"There is no template {slug[:60]!r}; known: {', '.join(catalogue())}."
        ) from None


def search(*, category: str = "", language: str = "", channel: str = "", words: str = "") -> list[Template]:
    """The templates of a category, with texts in a language, that work on a channel (a provider's slug), in whose name or
    description, in whatever language, every word occurs."""
    wanted = fold(words).split()
    return [
        template
        for template in catalogue().values()
        if (not category or template.category == category)
        and (not language or language in template.languages)
        and (not channel or not template.channels or {"any", channel} & set(template.channels))
        and all(word in _text(template) for word in wanted)
    ]


def _text(template: Template) -> str:
    return fold(" ".join([template.slug, *template.name.values(), *template.description.values()]))
