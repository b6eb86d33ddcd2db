"""What the CRM brings to predicates, templates and policies: the root ``user``, its fields, ways to find one, and an exit signal."""

from __future__ import annotations

from core.predicates import FieldSpec, FieldType
from crm.events import USER_OPTED_OUT
from crm.selectors import contact_views
from crm.services.contacts import contact_for_external_id
from crm.services.finding import contact_by_email, contact_by_phone
from workflow.exit_signals import ExitSignal, add_exit_signal
from workflow.roots import RESOLVERS, Root, add_root

add_root(
    Root("user", "contact_id", contact_views),
    [
        FieldSpec(path="user.id", label="Contact id", type=FieldType.TEXT, example="0190…"),
        FieldSpec(path="user.external_id", label="Own id", type=FieldType.TEXT, example="customer123"),
        FieldSpec(path="user.name", label="Name", type=FieldType.TEXT, example="أمينة بن علي"),
        FieldSpec(path="user.first_name", label="First name", type=FieldType.TEXT, example="أمينة"),
        FieldSpec(path="user.phone", label="Phone", type=FieldType.TEXT, example="+213555123456"),
        FieldSpec(path="user.email", label="E-mail", type=FieldType.TEXT, example="amina@example.com"),
        FieldSpec(path="user.language", label="Language", type=FieldType.TEXT, example="ar"),
        FieldSpec(path="user.timezone", label="Time zone", type=FieldType.TEXT, example="Africa/Algiers"),
        FieldSpec(path="user.tags", label="Tags", type=FieldType.LIST, example=["interested"]),
        FieldSpec(path="user.segments", label="Segments", type=FieldType.LIST, example=["loyal"]),
        FieldSpec(path="user.opted_out", label="Opted out", type=FieldType.BOOLEAN, example=False),
        FieldSpec(
            path="user.created_at", label="Created", type=FieldType.DATETIME, example="2026-01-01T10:00:00Z"
        ),
        FieldSpec(path="user.custom.*", label="Custom field", type=FieldType.ANY, example="L"),
    ],
)
RESOLVERS.add("contact", contact_for_external_id)
RESOLVERS.add("contact_by_phone", contact_by_phone)
RESOLVERS.add("contact_by_email", contact_by_email)
add_exit_signal(ExitSignal("opt_out", "The contact opts out", USER_OPTED_OUT.code))
