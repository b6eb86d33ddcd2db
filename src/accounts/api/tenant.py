"""The tenant's own settings, and an agency's children."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import ANY_SCOPE
from accounts.api.serializers import TenantSerializer
from accounts.api.viewsets import ScopedViewSet
from accounts.scopes import ADMIN_ALL
from tenants.models import Tenant
from tenants.scope import current_tenant, require_tenant


class TenantView(APIView):
    """The tenant that the request is for."""

    required_scopes = {"read": ANY_SCOPE, "write": ADMIN_ALL}

    @extend_schema(tags=["tenant"], responses=TenantSerializer)
    def get(self, request: Request) -> Response:
        """Its settings."""
        return Response(TenantSerializer(_this_tenant()).data)

    @extend_schema(tags=["tenant"], request=TenantSerializer, responses=TenantSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of them."""
        given = TenantSerializer(_this_tenant(), data=request.data, partial=True)
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
