"""What the tenant demands of its members' sessions: for ``admin:all``."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import AccessPolicy, User
from accounts.principal import Principal
from accounts.scopes import ADMIN_ALL
from accounts.services.policies import demand_second_factor, policy_of
from accounts.sign_in.second_factor import gave_second_factor


class AccessPolicySerializer(serializers.ModelSerializer[AccessPolicy]):
    """The tenant's rules for sessions."""

    class Meta:
        model = AccessPolicy
        fields = ["require_second_factor"]


class AccessPolicyView(APIView):
    """The tenant's rules for sessions."""

    required_scopes = {"read": ADMIN_ALL, "write": ADMIN_ALL}

    @extend_schema(tags=["access"], summary="Show the access policy", responses=AccessPolicySerializer)
    def get(self, request: Request) -> Response:
        """As it is."""
        return Response(AccessPolicySerializer(policy_of(_principal(request).tenant)).data)

    @extend_schema(
        tags=["access"],
        summary="Change the access policy",
        request=AccessPolicySerializer,
        responses=AccessPolicySerializer,
    )
    def patch(self, request: Request) -> Response:
        """Demand a second factor of all members' sessions, or no longer. A session that has given none cannot demand it
        of others (400 ``set_up_yours_first``)."""
        given = AccessPolicySerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        principal = _principal(request)
        policy = policy_of(principal.tenant)
        if "require_second_factor" in given.validated_data:
            policy = demand_second_factor(
                principal.tenant,
                demanded=given.validated_data["require_second_factor"],
                by=principal,
                by_gave_one=not isinstance(request.user, User) or gave_second_factor(request._request),
            )
        return Response(AccessPolicySerializer(policy).data)


def _principal(request: Request) -> Principal:
    principal: Any = request.auth
    assert isinstance(principal, Principal)
    return principal
