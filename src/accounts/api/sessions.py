"""Sessions of browsers: logout, me. Signing in is allauth's: see ``accounts.sign_in``."""

from __future__ import annotations

from django.contrib.auth import logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import ApiKeyAuthentication, UserSessionAuthentication
from accounts.api.serializers import MeSerializer
from accounts.models import User
from accounts.principal import Principal
from accounts.selectors import tenants_of
from tenants.models import Tenant


class LogoutView(APIView):
    """Ends the session."""

    authentication_classes = [UserSessionAuthentication]
    permission_classes = [AllowAny]

    @extend_schema(tags=["auth"], request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """Sign out."""
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(APIView):
    """Says who asks."""

    authentication_classes = [ApiKeyAuthentication, UserSessionAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(tags=["auth"], responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller, their tenant, role and scopes, and a browser's CSRF token."""
        user = request.user if isinstance(request.user, User) else None
        principal = request.auth if isinstance(request.auth, Principal) else None
        return Response(_me(request, user, principal))


def _me(request: Request, user: User | None, principal: Principal | None) -> dict[str, object]:
    tenant = Tenant.objects.get(id=principal.tenant.id) if principal else None
    label = principal.label if principal else f"member:{user.id}" if user else ""
    return MeSerializer(
        {
            "label": label,
            "user": user,
            "tenant": tenant,
            "role": principal.role if principal else None,
            "scopes": sorted(principal.scopes) if principal else [],
            "tenants": tenants_of(user) if user else [tenant],
            "csrf_token": get_token(request._request) if user else "",
        }
    ).data
