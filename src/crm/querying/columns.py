"""The columns that a table of contacts can show: those of every contact, and the tenant's own fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Expression, F, Value
from django.db.models.functions import Lower, NullIf

from core.predicates.operators import FieldType as Kind
from core.predicates.operators import operators_for
from crm.models import CustomField, FieldType
from crm.querying.custom import SORTED_BY
from workflow.roots import FIELDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``key`` names it in views, orderings and exports; ``field`` in predicates (empty: it cannot be asked for);
    ``type`` is text, number, boolean, date, datetime, choice, phone, email or list. ``label`` is the tenant's own word for
    a custom field, else English."""

    key: str
    label: str
    type: str
    field: str = ""
    sorted_by: Expression | F | None = None
    editable: bool = False
    custom: bool = False
    default: bool = False
    choices: Sequence[str] = ()
    operators: Sequence[str] = ()

    @property
    def sortable(self) -> bool:
        """Whether lists can be ordered by it."""
        return self.sorted_by is not None


def _text(name: str) -> Expression:
    """Without regard to case; who has none comes last."""
    return NullIf(Lower(F(name)), Value(""))


def _fixed(key: str, label: str, kind: str, **more: object) -> Column:
    field_path = str(more.pop("field", f"user.{key}"))
    spec = FIELDS.find(field_path) if field_path else None
    operators = [operator.slug for operator in spec.allowed()] if spec else []
    return Column(key=key, label=label, type=kind, field=field_path, operators=operators, **more)  # type: ignore[arg-type]


def _built_in() -> list[Column]:
    return [
        _fixed("name", "Name", "text", sorted_by=_text("name"), editable=True, default=True),
        _fixed("phone", "Phone", "phone", sorted_by=_text("phone"), editable=True, default=True),
        _fixed("email", "E-mail", "email", sorted_by=_text("email"), editable=True, default=True),
        _fixed("external_id", "Own id", "text", sorted_by=_text("external_id"), editable=True),
        _fixed("language", "Language", "text", sorted_by=_text("language"), editable=True),
        _fixed("timezone", "Time zone", "text", sorted_by=_text("timezone"), editable=True),
        _fixed("tags", "Tags", "list", default=True),
        _fixed("segments", "Segments", "list"),
        _fixed("opted_out", "Opted out", "boolean", sorted_by=F("opted_out_at")),
        _fixed("created_at", "Created", "datetime", sorted_by=F("created_at"), default=True),
        _fixed("updated_at", "Changed", "datetime", field="", sorted_by=F("updated_at")),
        _fixed("id", "Contact id", "text", sorted_by=F("id")),
    ]


_KINDS = {
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATE: Kind.DATETIME,
    FieldType.DATETIME: Kind.DATETIME,
}


def _operators(kind: str) -> list[str]:
    return [operator.slug for operator in operators_for(_KINDS.get(FieldType(kind), Kind.TEXT))]


def of_field(row: CustomField) -> Column:
    """The column of a custom field."""
    return Column(
        key=f"custom.{row.slug}",
        label=row.label,
        type=row.type,
        field=f"user.custom.{row.slug}",
        sorted_by=SORTED_BY[row.type](row.slug),
        editable=True,
        custom=True,
        choices=tuple(map(str, row.choices)),
        operators=_operators(row.type),
    )


def columns() -> list[Column]:
    """All columns of the current tenant, its own fields last."""
    return [*_built_in(), *map(of_field, CustomField.objects.all())]


def column_of(key: str, known: Sequence[Column]) -> Column | None:
    """The column of that key, if there is one."""
    return next((column for column in known if column.key == key), None)
