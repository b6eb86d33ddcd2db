"""Files of contacts as people send them: whatever encoding and delimiter, read once into rows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from core.errors import PermanentError
from core.text import strip_nul

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 100
SAMPLE_ROWS = 5
_MOST_CELL = 10_000
_DELIMITERS = ",;\t|"
_SNIFFED_CHARS = 64_000
_SNIFFED_ROWS = 30
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_SEP_LINE = re.compile(r"\Asep=([,;\t|])\r?\n")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class InvalidFileError(PermanentError):
    """The file cannot be read as a table of contacts."""

    field = "file"


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read. ``lines`` are its rows, one JSON array a line: the number of the line where the row begins,
    and its cells; ``sample`` the cells of the first ones."""

    columns: list[str]
    sample: list[list[str]]
    rows: int
    encoding: str
    delimiter: str
    lines: bytes


def read_table(content: bytes) -> Table:
    """The table that a file holds; its first row are the headings. Raises ``InvalidFileError``."""
    if len(content) > MOST_BYTES:
        raise InvalidFileError("The file is larger than 50 MB; split it.")
    text, encoding = _decoded(content)
    declared = _SEP_LINE.match(text)
    skipped = 0
    if declared is not None:
        text, skipped = text[declared.end() :], 1
    delimiter = declared[1] if declared is not None else _delimiter(text)
    rows = _rows(text, delimiter, skipped)
    _, headings = next(rows, (0, []))
    if not headings:
        raise InvalidFileError("The file is empty; its first row must hold the headings.")
    if len(headings) > MOST_COLUMNS:
        raise InvalidFileError(f"The file has {len(headings)} columns; at most {MOST_COLUMNS} can be read.")
    columns = [heading.strip()[:200] or f"#{number}" for number, heading in enumerate(headings, 1)]
    sample: list[list[str]] = []
    written = io.BytesIO()
    count = 0
    for line, cells in rows:
        count += 1
        if count > MOST_ROWS:
            raise InvalidFileError(f"The file has more than {MOST_ROWS:,} rows; split it.")
        if len(sample) < SAMPLE_ROWS:
            sample.append([cell[:200] for cell in cells[: len(columns)]])
        written.write(orjson.dumps([line, *cells]) + b"\n")
    if not count:
        raise InvalidFileError("The file has headings, but no rows below them.")
    return Table(columns, sample, count, encoding, delimiter, written.getvalue())


def _decoded(content: bytes) -> tuple[str, str]:
    """The text, and the encoding that it is in."""
    for bom, encoding in _BOMS.items():
        if content.startswith(bom):
            return _decode(content, encoding), encoding.removesuffix("-sig")
    try:
        return strip_nul(content.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        encoding = _code_page(content)
        return _decode(content, encoding), encoding


def _decode(content: bytes, encoding: str) -> str:
    try:
        return strip_nul(content.decode(encoding, errors="strict" if "utf" in encoding else "replace"))
    except UnicodeDecodeError as exc:
        raise InvalidFileError("The text of the file is damaged; save it again as CSV in UTF-8.") from exc


def _code_page(content: bytes) -> str:
    """Arabic words are runs of letters beyond ASCII; the accents of French stand alone among others."""
    runs = [len(run) for run in _HIGH_RUNS.findall(content[:1_000_000])]
    return "cp1256" if runs and sum(runs) / len(runs) >= 2 else "cp1252"


def _delimiter(text: str) -> str:
    """The one by which most of the first rows have the same number of cells, and more than one."""
    head = text[:_SNIFFED_CHARS]

    def score(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        widths: list[int] = []
        try:
            for row in reader:
                widths += [len(row)] if row else []
                if len(widths) >= _SNIFFED_ROWS:
                    break
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    best = max(_DELIMITERS, key=score)
    return best if score(best)[1] else ","


def _rows(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, with the line where each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begin = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield begin + skipped, [cell[:_MOST_CELL] for cell in row]
            begin = reader.line_num + 1
    except csv.Error as exc:
        raise InvalidFileError(f"Line {reader.line_num + skipped} cannot be read: {exc}.") from exc
