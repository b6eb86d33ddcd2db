"""The five roles that every installation starts with."""

from django.db import migrations

ROLES = [
    ("owner", "Owner", ["admin:all"]),
    ("admin", "Admin", ["admin:all"]),
    (
        "manager",
        "Manager",
        ["workflow:write", "crm:write", "inbox:write", "channels:admin", "agent:chat", "analytics:read"],
    ),
    ("agent", "Agent", ["workflow:read", "crm:write", "inbox:write", "agent:chat"]),
    ("analyst", "Analyst", ["workflow:read", "crm:read", "inbox:read", "analytics:read"]),
]


def add_roles(apps, schema_editor):
    Role = apps.get_model("accounts", "Role")
    roles = Role.objects.using(schema_editor.connection.alias)
    for position, (slug, label, scopes) in enumerate(ROLES):
        roles.get_or_create(slug=slug, defaults={"label": label, "scopes": scopes, "position": position})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
