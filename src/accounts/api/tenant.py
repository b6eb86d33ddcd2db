"""The tenant's own settings, and an agency's children."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.brand import BrandSerializer
from accounts.api.permissions import ANY_SCOPE
from accounts.api.serializers import TenantSerializer
from accounts.api.viewsets import ScopedViewSet
from accounts.scopes import ADMIN_ALL
from tenants.brands import BrandView, brand_of
from tenants.models import Tenant
from tenants.scope import current_tenant, require_tenant

#: The audit answers for what was done: it is not kept for less than a month, nor longer than ten years.
RETENTION_DAYS = (30, 3_650)


class TenantSettingsSerializer(TenantSerializer):
    """The tenant's settings, with its brand (changed under ``tenant/brand/``)."""

    audit_retention_days = serializers.IntegerField(
        required=False,
        min_value=RETENTION_DAYS[0],
        max_value=RETENTION_DAYS[1],
        help_text="For how many days the audit is kept.",
    )
    brand = serializers.SerializerMethodField()

    class Meta(TenantSerializer.Meta):
        fields = [*TenantSerializer.Meta.fields, "audit_retention_days", "brand"]

    @extend_schema_field(BrandSerializer)
    def get_brand(self, tenant: Tenant) -> BrandView:
        """Its colour and logo."""
        return BrandSerializer(brand_of(tenant.id)).data  # type: ignore[return-value]


class TenantView(APIView):
    """The tenant that the request is for."""

    required_scopes = {"read": ANY_SCOPE, "write": ADMIN_ALL}

    @extend_schema(tags=["tenant"], summary="Show the tenant's settings", responses=TenantSettingsSerializer)
    def get(self, request: Request) -> Response:
        """Its settings."""
        return Response(TenantSettingsSerializer(_this_tenant()).data)

    @extend_schema(
        tags=["tenant"],
        summary="Change the tenant's settings",
        request=TenantSettingsSerializer,
        responses=TenantSettingsSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change some of them."""
        given = TenantSettingsSerializer(_this_tenant(), data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        given.save()
        return Response(given.data)


def _this_tenant() -> Tenant:
    return generics.get_object_or_404(Tenant.objects.prefetch_related("domains"), id=require_tenant().id)


@extend_schema(tags=["tenant"])
class AgencyTenantViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tenants that this one runs as their agency; each is reached by its host, or by X-Tenant on this host."""

    queryset = Tenant.objects.prefetch_related("domains")
    serializer_class = TenantSerializer
    required_scopes = {"read": ANY_SCOPE}
    lookup_field = "slug"
    filterset_fields = ["state"]
    search_fields = ["slug", "name"]
    ordering_fields = ["slug", "name", "created_at"]

    def get_queryset(self) -> QuerySet[Any]:
        """Its children."""
        tenant = current_tenant()
        return super().get_queryset().filter(parent=tenant.id if tenant else None)
