"""Sessions of browsers: login, logout, me."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import ApiKeyAuthentication, UserSessionAuthentication
from accounts.api.serializers import LoginSerializer, MeSerializer
from accounts.backends import remembered_membership
from accounts.models import User
from accounts.principal import Principal
from accounts.selectors import principal_of, tenants_of
from tenants.models import Tenant
from tenants.scope import current_tenant


class WrongCredentials(exceptions.APIException):
    """The same for an unknown address, a wrong password, an account switched off and a stranger to this tenant."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "wrong_credentials"
    default_detail = "Wrong e-mail or password."


class LoginView(APIView):
    """Begins a session on this host."""

    # Nobody is known yet; JSON only, so that no foreign page's form can post here.
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["auth"], request=LoginSerializer, responses={200: MeSerializer, 401: OpenApiResponse()}
    )
    def post(self, request: Request) -> Response:
        """Sign in by e-mail and password. On a tenant's host only its members can; too many wrong tries are locked out."""
        host = request._request.host_tenant  # type: ignore[attr-defined]
        if current_tenant() != host:
            raise exceptions.PermissionDenied("Sign in without X-Tenant: a session belongs to its host.")
        given = LoginSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = authenticate(
            request._request,
            username=given.validated_data["email"],
            password=given.validated_data["password"],
        )
        if not isinstance(user, User):
            raise WrongCredentials
        login(request._request, user)
        return Response(_me(request, user, _principal(user)))


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


def _principal(user: User) -> Principal | None:
    tenant = current_tenant()
    membership = remembered_membership(user, tenant) if tenant else None
    return principal_of(membership, user=user, tenant=tenant) if membership and tenant else None


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
