"""One row of every model of a tenant, whatever the model: new models and their endpoints are covered without a word here."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from tenants.models import Tenant
from tenants.scope import tenant_scope

#: Stands in every text of the tenant's rows: wherever it is seen from outside, something leaked.
MARK = "SECRET_OF_DEMO"


@cache
def tenant_models() -> list[type[models.Model]]:
    """Every model that lies in a tenant's schema, those first that others point to."""
    waiting = [
        model
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS and config.name != "django.contrib.admin"
        for model in config.get_models()
    ]
    ordered: list[type[models.Model]] = []
    while waiting:
        ready = [
            model for model in waiting if _needs(model) <= {*ordered, model} or not _needs(model) & {*waiting}
        ]
        assert ready, f"a circle of foreign keys among {waiting}"
        ordered += ready
        waiting = [model for model in waiting if model not in ready]
    return ordered


def _needs(model: type[models.Model]) -> set[type[models.Model]]:
    return {f.related_model for f in model._meta.concrete_fields if f.is_relation and not f.null} - {model}


_VALUES: dict[type[models.Field], Callable[[models.Field], Any]] = {
    models.UUIDField: lambda field: uuid.uuid4(),
    models.DateTimeField: lambda field: datetime(2024, 1, 1, tzinfo=UTC),
    models.JSONField: lambda field: {},
    models.BinaryField: lambda field: b"-",
    models.BooleanField: lambda field: True,
    models.EmailField: lambda field: f"{MARK.lower()}@demo.example",
    models.CharField: lambda field: MARK[: field.max_length],
    models.TextField: lambda field: MARK,
    models.IntegerField: lambda field: 1,
}


#: Words that the code looks up: a row with another is one that it cannot show.
_KNOWN = {
    "channels_app.Channel.provider": "telegram",
    "workflow.Job.kind": "contacts_bulk",
}


def _value(field: models.Field) -> Any:
    if str(field) in _KNOWN:
        return _KNOWN[str(field)]
    if field.primary_key and isinstance(field, models.CharField):
        return "KEY_OF_DEMO"
    if field.choices:
        return field.choices[0][0]
    kind = next(kind for kind in type(field).__mro__ if kind in _VALUES)
    return _VALUES[kind](field)


def one_of_each(tenant: Tenant) -> dict[type[models.Model], models.Model]:
    """Make them. Rows that the tenant has already are taken as they are."""
    made: dict[type[models.Model], models.Model] = {}
    with tenant_scope(tenant):
        for model in tenant_models():
            values = {}
            for field in model._meta.concrete_fields:
                if field.is_relation:
                    values[field.name] = made.get(field.related_model)
                elif isinstance(field, models.CharField) or not (field.primary_key or field.null):
                    values[field.name] = _value(field)
            made[model] = model.objects.create(**values)
    return made


def fingerprint(tenant: Tenant) -> dict[str, str]:
    """A hash of every table of the tenant's schema."""
    with tenant_scope(tenant), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [tenant.schema_name]
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM {table} t"
            )
            found[table] = hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()
    return found
