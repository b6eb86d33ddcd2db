"""Custom fields: declared by the tenant, values checked against the declarations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Func, JSONField, TextField, Value

from core.errors import PermanentError
from core.text import strip_nul, to_western_digits
from crm.models import Contact, CustomField, FieldType
from crm.services.segments import refresh_asking

_MAX_TEXT = 5_000
#: Beyond it JSON's readers round, and an exponent could ask for a number of a million digits.
_MAX_DIGITS = 15
_MAX_CHOICES = 200


class InvalidCustomFieldError(PermanentError):
    """A custom field cannot take that value. ``field`` names it as ``custom.<slug>``."""

    def __init__(self, slug: str, message: str) -> None:
        super().__init__(f"custom.{slug}: {message}")
        self.field = f"custom.{slug}"
        self.problem = message


class InvalidDeclarationError(PermanentError):
    """A custom field cannot be declared so. ``fields`` maps each attribute to what is wrong with it."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(texts)}" for name, texts in fields.items()))
        self.fields = fields


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
    if number and number.adjusted() > _MAX_DIGITS:
        raise ValueError("is too large")
    return int(number) if number == number.to_integral_value() else float(number)


def _boolean(declared: CustomField, value: Any) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    found = words.get(str(value).strip().lower())
    if found is None:
        raise ValueError("is not yes or no (true, false)")
    return found


def _date(declared: CustomField, value: Any) -> str:
    try:
        return date.fromisoformat(to_western_digits(str(value)).strip()).isoformat()
    except ValueError:
        raise ValueError(f"is not a date: {str(value)[:40]!r}; write it as 2026-03-20") from None


def _datetime(declared: CustomField, value: Any) -> str:
    try:
        return datetime.fromisoformat(to_western_digits(str(value)).strip()).isoformat()
    except ValueError:
        raise ValueError(
            f"is not a date and time: {str(value)[:40]!r}; write it as 2026-03-20T10:00+01:00"
        ) from None


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


def declared_fields(slugs: Collection[str]) -> dict[str, CustomField]:
    """The tenant's declarations of these fields, by slug."""
    return {field.slug: field for field in CustomField.objects.filter(slug__in=slugs)} if slugs else {}


def clean_custom(
    values: Mapping[str, Any], declared: Mapping[str, CustomField] | None = None
) -> dict[str, Any]:
    """The values as they are stored, by the declared types (read here unless given). Raises ``InvalidCustomFieldError``."""
    if declared is None:
        declared = declared_fields(values.keys())
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


def declare_field(
    *,
    slug: str,
    label: str,
    type: str = FieldType.TEXT,  # noqa: A002  (the field's own word)
    choices: Sequence[str] = (),
) -> CustomField:
    """Add a field to the tenant's contacts. Raises ``InvalidDeclarationError``."""
    return _checked(CustomField(slug=slug, label=label, type=type, choices=list(choices)), new=True)


def update_field(
    field: CustomField, *, label: str | None = None, choices: Sequence[str] | None = None
) -> CustomField:
    """Change a field's label or choices; slug and type stay, since values and conditions rest on them. Values that
    are no longer among the choices stay too. Raises ``InvalidDeclarationError``."""
    field.label = field.label if label is None else label
    field.choices = field.choices if choices is None else list(choices)
    return _checked(field, new=False)


@transaction.atomic
def delete_fields(fields: Collection[CustomField]) -> None:
    """Remove fields with all their values."""
    slugs = [field.slug for field in fields]
    CustomField.objects.filter(id__in=[field.id for field in fields]).delete()
    holders = Contact.objects.filter(custom__has_any_keys=slugs)
    holders.update(custom=_Without(F("custom"), Value(slugs, output_field=ArrayField(TextField()))))
    paths = {f"user.custom.{slug}" for slug in slugs}
    refresh_asking(lambda field: any(f"{field}.".startswith(f"{path}.") for path in paths))


class _Without(Func):
    """``jsonb - text[]``: the object without these keys."""

    template = "%(expressions)s"
    arg_joiner = " - "
    output_field = JSONField()


def _checked(field: CustomField, *, new: bool) -> CustomField:
    field.label = strip_nul(field.label).strip()
    choice = field.type == FieldType.CHOICE
    problems: dict[str, list[str]] = {}
    try:
        field.clean_fields()
        field.validate_unique()
    except ValidationError as exc:
        problems = dict(exc.message_dict)
    if choice and not 0 < len(field.choices) <= _MAX_CHOICES:
        problems.setdefault("choices", []).append(f"A choice has 1 to {_MAX_CHOICES} values to choose from.")
    if len(set(field.choices)) < len(field.choices):
        problems.setdefault("choices", []).append("A value is there twice.")
    if field.choices and not choice:
        problems.setdefault("choices", []).append("Only a field of type choice has them.")
    if problems:
        raise InvalidDeclarationError(problems)
    field.save(force_insert=new)
    return field
