"""The modules that tenants' code may import."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

#: What the interpreter brings and is of use there. Its ``os``, ``pathlib``, ``sys`` and ``asyncio`` answer every question
#: with an error, so they are refused before the code runs.
MODULES = frozenset({
    "base64", "binascii", "bisect", "collections", "copy", "csv", "dataclasses", "datetime", "decimal", "functools",
    "hashlib", "itertools", "json", "math", "random", "re", "time", "tomllib", "typing", "unicodedata",
})  # fmt: skip
_NO_EFFECT = frozenset({"__future__"})
_BEFORE_STATEMENT = frozenset(
    {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
)
_SKIPPED = frozenset({tokenize.COMMENT})


@dataclass(frozen=True, slots=True)
class Import:
    """An imported module, by the first part of its name, and where; both numbers count from 1."""

    module: str
    line: int
    column: int


def refused_import(source: str) -> Import | None:
    """The first import that the sandbox does not have. ``source`` is valid Python."""
    return next((found for found in _imports(source) if found.module not in MODULES | _NO_EFFECT), None)


def no_module(name: str) -> str:
    """What to tell the author about a module that is not there."""
    return f"the sandbox has no module {name!r}; available: {', '.join(sorted(MODULES))}"


def _imports(source: str) -> Iterator[Import]:
    keyword, starts, named = "", True, False
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in _BEFORE_STATEMENT or token.string in (";", ":"):
                keyword, starts = "", True
                continue
            if token.type in _SKIPPED:
                continue
            if starts and token.string in ("import", "from"):
                keyword, named = token.string, False
            elif keyword and not named:
                # Up to here: "from", or "import" and after each of its commas.
                named = True
                yield Import(token.string, token.start[0], token.start[1] + 1)
            elif keyword == "import" and token.string == ",":
                named = False
            starts = False
    except (tokenize.TokenError, SyntaxError):
        return  # the interpreter's grammar is newer than this tokenizer; it refuses unknown modules when they are imported
