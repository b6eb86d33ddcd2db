"""API keys: for ``admin:all``."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.serializers import ApiKeySerializer, IssuedKeySerializer, NewApiKeySerializer
from accounts.api.viewsets import ScopedViewSet
from accounts.models import ApiKey
from accounts.scopes import ADMIN_ALL
from accounts.services.keys import issue_api_key, revoke_api_key
from tenants.scope import current_tenant


@extend_schema(tags=["access"])
class ApiKeyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The keys of the tenant's programs. Keys are revoked, never deleted: what they did stays theirs."""

    queryset = ApiKey.objects.all()
    serializer_class = ApiKeySerializer
    required_scopes = {"read": ADMIN_ALL, "write": ADMIN_ALL}
    search_fields = ["name", "prefix"]
    ordering_fields = ["created_at", "last_used_at", "expires_at"]

    def get_queryset(self) -> QuerySet[Any]:
        """This tenant's keys: the table is everybody's."""
        tenant = current_tenant()
        return super().get_queryset().filter(tenant=tenant.id if tenant else None)

    @extend_schema(request=NewApiKeySerializer, responses={201: IssuedKeySerializer})
    def create(self, request: Request) -> Response:
        """Make a key. Its secret is in this answer and in no other."""
        given = NewApiKeySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        issued = issue_api_key(tenant=self.principal.tenant, by=self.principal, **given.validated_data)
        shown = {**ApiKeySerializer(issued.key).data, "secret": issued.secret}
        return Response(shown, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses=ApiKeySerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End a key at once."""
        return Response(ApiKeySerializer(revoke_api_key(self.get_object(), by=self.principal)).data)
