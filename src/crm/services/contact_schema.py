"""The form of a contact: a JSON Schema of what may be edited, the tenant's own fields included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm.models import CustomField, FieldType


def contact_schema() -> dict[str, Any]:
    """As forms are drawn from: titles of built-in fields are English and their keys can be translated; a custom field is
    under ``custom`` with the tenant's own label. Lengths and forms are those that the services check."""
    fields = list(CustomField.objects.all())
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "Name", "maxLength": 200},
            "phone": {"type": "string", "title": "Phone", "format": "phone", "maxLength": 40},
            "email": {"type": "string", "title": "E-mail", "format": "email", "maxLength": 254},
            "language": {
                "type": "string",
                "title": "Language",
                "maxLength": 10,
                "x-relation": "language",
            },
            "timezone": {"type": "string", "title": "Time zone", "format": "timezone", "maxLength": 64},
            "external_id": {"type": "string", "title": "Own id", "maxLength": 120},
            "custom": {
                "type": "object",
                "title": "Custom fields",
                "properties": {row.slug: field_schema(row) for row in fields},
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    }


def field_schema(row: CustomField) -> dict[str, Any]:
    """Of one custom field."""
    return {"title": row.label, **_TYPES[row.type](row)}


_TYPES: dict[str, Callable[[CustomField], dict[str, Any]]] = {
    FieldType.TEXT: lambda row: {"type": "string", "maxLength": 5_000},
    FieldType.NUMBER: lambda row: {"type": "number"},
    FieldType.BOOLEAN: lambda row: {"type": "boolean"},
    FieldType.DATE: lambda row: {"type": "string", "format": "date"},
    FieldType.DATETIME: lambda row: {"type": "string", "format": "date-time"},
    FieldType.CHOICE: lambda row: {"type": "string", "enum": list(row.choices)},
}
