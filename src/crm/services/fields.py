"""Custom fields: values checked against the tenant's declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from core.errors import PermanentError
from core.text import strip_nul, to_western_digits
from crm.models import CustomField, FieldType

_MAX_TEXT = 5_000


class InvalidCustomFieldError(PermanentError):
    """A custom field cannot take that value. ``field`` names it as ``custom.<slug>``."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(f"custom.{slug}: {message}")
        self.field = f"custom.{slug}"


def _text(declared: CustomField, value: Any) -> str:
    text = strip_nul(str(value))
    if len(text) > _MAX_TEXT:
        raise ValueError(f"is longer than {_MAX_TEXT} characters")
    return text


def _number(declared: CustomField, value: Any) -> int | float:
    if isinstance(value, bool):
        raise ValueError("is yes or no, not a number")
    try:
        number = Decimal(to_western_digits(str(value)).strip())
    except InvalidOperation:
        raise ValueError(f"is not a number: {str(value)[:40]!r}") from None
    if not number.is_finite():
        raise ValueError("is not a finite number")
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(declared: CustomField, value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("is not yes or no (true, false)")
    return found


def _date(declared: CustomField, value: Any) -> str:
    return date.fromisoformat(to_western_digits(str(value)).strip()).isoformat()


def _datetime(declared: CustomField, value: Any) -> str:
    return datetime.fromisoformat(to_western_digits(str(value)).strip()).isoformat()


def _choice(declared: CustomField, value: Any) -> str:
    if value not in declared.choices:
        raise ValueError(f"is none of {', '.join(map(str, declared.choices))}")
    return value


_CHECKS: dict[str, Callable[[CustomField, Any], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.CHOICE: _choice,
}


def clean_custom(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored, by the declared types. Raises ``InvalidCustomFieldError``."""
    if not values:
        return {}
    declared = {field.slug: field for field in CustomField.objects.filter(slug__in=values)}
    cleaned: dict[str, Any] = {}
    for slug, value in values.items():
        field = declared.get(slug)
        if field is None:
            raise InvalidCustomFieldError(slug, "is not declared; add the field first")
        try:
            cleaned[slug] = _CHECKS[field.type](field, value)
        except ValueError as exc:
            raise InvalidCustomFieldError(slug, str(exc)) from exc
    return cleaned
