"""Cells of a file as values of a contact: what people write in a spreadsheet, in four languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.text import fold, to_western_digits
from crm.models import CustomField, FieldType
from crm.services.contacts import InvalidFieldError, clean
from crm.services.fields import InvalidCustomFieldError, clean_custom
from crm.services.importing.persian import YEARS, gregorian
from crm.services.tags import InvalidTagError, clean_name

#: An apostrophe that spreadsheets, and our own exports, put before what would be taken for a formula.
_GUARDED = re.compile(r"\A'(?=[=+\-@\t])")
_TAG_ENDS = re.compile(r"[,;|،؛\n]")
_DATE = re.compile(r"\A(\d{1,4})[/\-. ](\d{1,2})[/\-. ](\d{1,4})(?:[T ,]+(.*))?\Z")
_YES = frozenset(
    map(fold, ("true", "yes", "y", "1", "x", "oui", "vrai", "نعم", "صحيح", "بله", "آری", "✓", "✔"))
)
_NO = frozenset(map(fold, ("false", "no", "n", "0", "non", "faux", "لا", "خطأ", "خیر", "نه", "✗")))
_CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a cell (or, without ``target``, the row). ``code`` is for translations."""

    target: str
    code: str
    message: str


@dataclass(slots=True)
class Parsed:
    """A row as the services take it; with ``faults`` it is left out."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    opted_out: bool = False
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows. ``fields`` are the declared custom fields by slug; ``order`` is how dates are written: ``dmy``, ``mdy``
    or ``ymd`` (a year in front is always seen as one)."""

    targets: Sequence[str]
    fields: Mapping[str, CustomField]
    region: str
    order: str

    def read(self, line: int, cells: Sequence[str]) -> Parsed:
        """The row's values, cleaned; or what is wrong with them."""
        row = Parsed(line)
        names = {"first_name": "", "last_name": ""}
        for number, target in enumerate(self.targets):
            text = _GUARDED.sub("", cells[number].strip()) if number < len(cells) else ""
            if not target or not text:
                continue
            if target in names:
                names[target] = text
            else:
                self._cell(row, target, text)
        full = " ".join(part for part in names.values() if part)
        if full and "name" not in row.values:
            self._plain(row, "name", full)
        return row

    def _cell(self, row: Parsed, target: str, text: str) -> None:
        if target.startswith(_CUSTOM):
            self._custom(row, target.removeprefix(_CUSTOM), text)
        else:
            _CELLS.get(target, Reader._plain)(self, row, target, text)

    def _plain(self, row: Parsed, target: str, text: str) -> None:
        try:
            row.values |= clean({target: text}, country=self.region)
        except InvalidFieldError as exc:
            row.faults.append(Fault(target, f"invalid_{target}", exc.problem))

    def _language(self, row: Parsed, target: str, text: str) -> None:
        self._plain(row, target, text.lower())

    def _tags(self, row: Parsed, target: str, text: str) -> None:
        for part in _TAG_ENDS.split(text):
            if part.strip():
                try:
                    row.tags.append(clean_name(part))
                except InvalidTagError as exc:
                    row.faults.append(Fault(target, "invalid_tag", str(exc)))

    def _opted_out(self, row: Parsed, target: str, text: str) -> None:
        try:
            row.opted_out = _yes_or_no(text)
        except ValueError as exc:
            row.faults.append(Fault(target, "invalid_boolean", str(exc)))

    def _custom(self, row: Parsed, slug: str, text: str) -> None:
        declared = self.fields[slug]
        target = f"{_CUSTOM}{slug}"
        try:
            row.custom |= clean_custom({slug: _BY_TYPE[declared.type](self, declared, text)}, self.fields)
        except InvalidCustomFieldError as exc:
            row.faults.append(Fault(target, f"invalid_{declared.type}", exc.problem))
        except ValueError as exc:
            row.faults.append(Fault(target, f"invalid_{declared.type}", str(exc)))

    def date(self, text: str) -> tuple[str, str]:
        """The day as ISO 8601 (years like 1403 are Persian), and what stands after it. Raises ``ValueError`` with the mend."""
        western = to_western_digits(text).strip()
        found = _DATE.match(western)
        if found is None:
            raise ValueError(f"is not a date: {text[:40]!r}; write it as 2026-03-20")
        parts = [int(found[n]) for n in (1, 2, 3)]
        order = "ymd" if len(found[1]) > 2 else self.order
        by = dict(zip(order, parts, strict=True))
        year = by["y"] + 2000 if by["y"] < 100 else by["y"]
        calendar = gregorian if year in YEARS else date
        try:
            return calendar(year, by["m"], by["d"]).isoformat(), found[4] or ""
        except ValueError:
            raise ValueError(
                f"is not a date: {text[:40]!r}; write it as 2026-03-20, or choose another order of day and month"
            ) from None


def _yes_or_no(text: str) -> bool:
    word = fold(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(f"is neither yes nor no: {text[:40]!r}; write yes or no")


def _boolean(reader: Reader, declared: CustomField, text: str) -> Any:
    return _yes_or_no(text)


def _number(reader: Reader, declared: CustomField, text: str) -> Any:
    """``1 234,50`` and ``1,234.50`` are clear; ``1,234`` is a thousand in London and a bit over one in Paris."""
    digits = re.sub(r"[\s\u00a0\u202f'’]", "", to_western_digits(text))
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if comma < point else "."
        digits = digits.replace(thousands, "").replace(",", ".")
    elif comma >= 0:
        if digits.count(",") > 1:
            digits = digits.replace(",", "")
        elif len(digits) - comma == 4:
            raise ValueError(f"could mean two numbers: {text[:40]!r}; write it without the comma")
        digits = digits.replace(",", ".")
    return digits


def _choice(reader: Reader, declared: CustomField, text: str) -> Any:
    """In whatever letters it is written."""
    return next((choice for choice in declared.choices if fold(str(choice)) == fold(text)), text)


def _day(reader: Reader, declared: CustomField, text: str) -> Any:
    return reader.date(text)[0]


def _moment(reader: Reader, declared: CustomField, text: str) -> Any:
    day, rest = reader.date(text)
    if not rest:
        return day
    try:
        return datetime.fromisoformat(f"{day}T{rest.strip().zfill(5)}").isoformat()
    except ValueError:
        raise ValueError(f"is not a date and time: {text[:40]!r}; write it as 2026-03-20 10:00") from None


def _as_it_is(reader: Reader, declared: CustomField, text: str) -> Any:
    return text


_BY_TYPE: dict[str, Callable[[Reader, CustomField, str], Any]] = {
    FieldType.TEXT: _as_it_is,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _day,
    FieldType.DATETIME: _moment,
    FieldType.CHOICE: _choice,
}
_CELLS: dict[str, Callable[[Reader, Parsed, str, str], None]] = {
    "tags": Reader._tags,
    "opted_out": Reader._opted_out,
    "language": Reader._language,
}
