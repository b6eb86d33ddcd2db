"""Texts in several languages, and which of them to show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

#: The languages that every template of the catalogue speaks.
LANGUAGES = ("en", "fr", "ar", "fa")

Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)]
LocalText = Annotated[
    dict[Language, Annotated[str, Field(max_length=4_096)]],
    Field(max_length=50, description='One text a language, as in {"en": "Welcome", "ar": "ترحيب"}.'),
]


def pick(texts: Mapping[str, str], language: str) -> str:
    """The text in ``language``, else in its base language, in English, in any; nothing of nothing."""
    for wanted in (language, language.split("-", 1)[0], "en"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()), "")
