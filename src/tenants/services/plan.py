"""What a schema should look like: the migrations that apply to it, their version hash, and the DDL that makes it whole."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from functools import cache

from django.apps import apps
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from tenants.models import SchemaTemplate
from tenants.scope import TenantRef, public_scope, tenant_scope

#: Replaced by the new schema's name when the template runs. Long and odd enough to appear nowhere else.
PLACEHOLDER = "wasl_template_schema"
_TEMPLATE = TenantRef(id=uuid.UUID(int=0), schema_name=PLACEHOLDER, slug="template")

#: What apps keep in every schema in line with their code, each as a text that changes with it.
_contents: list[Callable[[], str]] = []


def part_of_version(describe: Callable[[], str]) -> Callable[[], str]:
    """Register ``describe``: when its text changes, every schema is behind, and is brought up by ``on_migrated``."""
    _contents.append(describe)
    return describe


@cache
def migration_names() -> tuple[tuple[str, str], ...]:
    """Every migration on disk as (app label, name), in the order in which they apply."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    plan: list[tuple[str, str]] = []
    for leaf in loader.graph.leaf_nodes():
        plan.extend(node for node in loader.graph.forwards_plan(leaf) if node not in plan)
    return tuple(plan)


@cache
def current_version() -> str:
    """The hash of :func:`migration_names` and of what apps keep in each schema: equal on two schemas exactly when the same
    migrations are applied, and the same release has brought their contents in line with its code."""
    parts = [*(f"{app}.{name}" for app, name in migration_names()), *(describe() for describe in _contents)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def build_ddl() -> str:
    """The DDL of a new tenant schema, from the migrations' final state; needs no connection to run anything.

    Only what Django's schema editor knows is in it; a test compares the result with a migrated schema object by object.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    state = loader.project_state()
    connection = connections["owner"]
    labels = {config.label for config in apps.get_app_configs() if config.name in settings.TENANT_APPS}
    with tenant_scope(_TEMPLATE), connection.schema_editor(collect_sql=True, atomic=False) as editor:
        for model in state.apps.get_models(include_auto_created=False):
            if model._meta.app_label in labels and model._meta.managed:
                editor.create_model(model)
    statements = [s for s in editor.collected_sql if s and not s.startswith("--")]
    return "\n".join(statements)


def schema_template() -> SchemaTemplate:
    """The template of the current version, built and stored on first use."""
    with public_scope():
        template = SchemaTemplate.objects.using("owner").filter(version=current_version()).first()
        if template is None:
            template, _ = SchemaTemplate.objects.using("owner").get_or_create(
                version=current_version(), defaults={"ddl": build_ddl()}
            )
        return template
