"""The tenants' tables, all in ``public``."""

from tenants.models.brand import Brand
from tenants.models.domain import Domain
from tenants.models.schema import SchemaTemplate, TenantSchema
from tenants.models.tenant import Tenant, TenantState

__all__ = ["Brand", "Domain", "SchemaTemplate", "Tenant", "TenantSchema", "TenantState"]
