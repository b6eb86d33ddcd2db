"""The tenants' tables, all in ``public``."""

from tenants.models.domain import Domain
from tenants.models.schema import SchemaTemplate, TenantSchema
from tenants.models.tenant import Tenant, TenantState

__all__ = ["Domain", "SchemaTemplate", "Tenant", "TenantSchema", "TenantState"]
