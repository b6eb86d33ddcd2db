"""Writes what the back end knows to the fixtures of the web UI's tests: the schemas of all forms, and all predicates of the
grammar's conformance table with the operators.

    .venv/bin/python frontend/scripts/fixtures.py

A test of the back end compares the fixtures with what would be written.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "frontend/src/components"


def forms() -> list[dict[str, Any]]:
    """Every form as ``{"name", "schema", "example"}``, by name: actions, node types, trigger types, audiences, channels,
    connections and the parameters of templates."""
    from channels_app.providers.registry import PROVIDERS
    from workflow.actions.base import ACTIONS
    from workflow.audiences import AUDIENCES
    from workflow.connections.types import CONNECTION_TYPES
    from workflow.graph import NODE_TYPES, TRIGGER_TYPES
    from workflow.templates.catalogue import catalogue

    found: dict[str, tuple[dict[str, Any], Any]] = {}
    for kind, registry in (("action", ACTIONS), ("node", NODE_TYPES), ("trigger", TRIGGER_TYPES)):
        for member in registry.values():
            found[f"{kind}:{member.slug}"] = (member.Config.model_json_schema(), member.example)
    for audience in AUDIENCES.values():
        found[f"audience:{audience.slug}"] = (audience.Config.model_json_schema(), None)
    for provider in PROVIDERS.values():
        found[f"channel:{provider.slug}:credentials"] = (provider.Credentials.model_json_schema(), None)
        found[f"channel:{provider.slug}:settings"] = (provider.Settings.model_json_schema(), None)
    for connection in CONNECTION_TYPES.values():
        found[f"connection:{connection.slug}:settings"] = (
            connection.Settings.model_json_schema(),
            connection.example["settings"],
        )
        found[f"connection:{connection.slug}:secret"] = (
            connection.Secret.model_json_schema(),
            connection.example["secret"],
        )
    for slug, template in catalogue().items():
        properties = {
            name: parameter.schema_in("ar", {}) for name, parameter in template.parameters.properties.items()
        }
        schema = {
            "type": "object",
            "properties": properties,
            "required": template.parameters.required,
            "additionalProperties": False,
        }
        found[f"template:{slug}"] = (schema, None)
    return [
        {"name": name, "schema": schema, "example": example}
        for name, (schema, example) in sorted(found.items())
    ]


def predicates() -> dict[str, Any]:
    """``{"operators", "documents"}``: the catalogue of operators, and every predicate of the table that is JSON, once."""
    from core.predicates import catalogue
    from core.predicates.tests.cases import CASES

    documents: dict[str, Any] = {}
    for case in CASES:
        try:
            text = json.dumps(case.document, ensure_ascii=False, sort_keys=True, allow_nan=False)
        except (TypeError, ValueError):
            continue
        documents[text] = case.document
    return {"operators": catalogue(), "documents": list(documents.values())}


#: Each fixture with what makes it.
FIXTURES = {
    COMPONENTS / "schema-form/fixtures/schemas.json": forms,
    COMPONENTS / "predicate/fixtures/cases.json": predicates,
}


def main() -> None:
    """Write them all."""
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DATABASE_URL", "postgres://nobody:nothing@localhost/none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    for path, make in FIXTURES.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(make(), ensure_ascii=False, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
