"""What the CRM tells workflow templates of a tenant, and adds to it: segments and contacts' fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from crm.models import CustomField, Segment
from crm.services.fields import declare_field
from tenants.models import Tenant
from tenants.scope import require_tenant
from workflow.templates.surroundings import FIELD_KEEPERS, LISTINGS, CustomFieldSpec, FieldKeeper


def segments() -> Mapping[str, str]:
    """The names of the segments, by key."""
    return dict(Segment.objects.values_list("key", "name"))


class ContactFields(FieldKeeper):
    """The tenant's custom fields."""

    def declared(self, slugs: Collection[str]) -> dict[str, CustomFieldSpec]:
        """One read for all."""
        language = Tenant.objects.values_list("language", flat=True).get(id=require_tenant().id)
        return {
            row.slug: CustomFieldSpec(
                slug=row.slug, label={language: row.label}, type=row.type, choices=row.choices
            )
            for row in CustomField.objects.filter(slug__in=slugs)
        }

    def declare(self, spec: CustomFieldSpec, label: str) -> None:
        """Raises ``InvalidDeclarationError``."""
        declare_field(slug=spec.slug, label=label or spec.slug, type=spec.type, choices=spec.choices)


LISTINGS.add("segment", segments)
FIELD_KEEPERS.add("contact", ContactFields())
