"""CSV that spreadsheets open as it was meant: quoted, and never taken for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

#: What spreadsheets take for the beginning of a formula, or pass over to one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """A text that would be taken for a formula, with an apostrophe before it, which our imports take off again. Numbers
    are what they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_line(values: Iterable[object], delimiter: str = ",") -> str:
    """One line, with its end."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(
        [harmless(value) for value in values]
    )
    return line.getvalue()
