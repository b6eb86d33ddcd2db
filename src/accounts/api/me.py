"""Who asks: the person or key, where they are, what they may, how they like it."""

from __future__ import annotations

import zoneinfo
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import ApiKeyAuthentication, UserSessionAuthentication
from accounts.api.brand import BrandSerializer
from accounts.api.serializers import UserSerializer
from accounts.hosts import origin_beside
from accounts.models import Theme, User
from accounts.notifications.kinds import KINDS
from accounts.notifications.preferences import preferences_of
from accounts.principal import Principal
from accounts.scopes import SCOPE_NAMES
from accounts.selectors import Reachable, tenants_of
from accounts.services.profiles import change_profile
from accounts.sign_in.second_factor import demands_second_factor, gave_second_factor, has_second_factor
from tenants.brands import brand_of
from tenants.models import Tenant

_LANGUAGES = [code for code, _ in settings.LANGUAGES]


class CurrentTenantSerializer(serializers.Serializer[Any]):
    """The tenant that the request is for, as its web UI needs it."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    language = serializers.ChoiceField(choices=_LANGUAGES)
    timezone = serializers.CharField()
    currency = serializers.CharField()
    region = serializers.CharField(help_text="Two letters: the country of phone numbers without a prefix.")
    brand = BrandSerializer()


class ReachableTenantSerializer(serializers.Serializer[Any]):
    """A tenant that this person may enter, by a hand-over (``auth/hand-over/``) from where they are."""

    id = serializers.UUIDField(source="tenant.id")
    slug = serializers.CharField(source="tenant.slug")
    name = serializers.CharField(source="tenant.name")
    role = serializers.CharField(help_text="The slug of the role that they have there.")
    access = serializers.ChoiceField(
        choices=["member", "agency"], help_text="Given by the tenant itself, or by the agency that runs it."
    )
    url = serializers.SerializerMethodField(help_text="Its web UI: scheme and host.")

    def get_url(self, reachable: Reachable) -> str:
        """For the browser that asks."""
        return origin_beside(reachable.tenant, self.context["request"])


class NotificationPreferenceSerializer(serializers.Serializer[Any]):
    """How one kind of notification reaches this person."""

    kind = serializers.ChoiceField(choices=list(KINDS))
    in_app = serializers.BooleanField(help_text="Off: it is written as read already.")
    email = serializers.BooleanField()


class PreferencesSerializer(serializers.Serializer[Any]):
    """What the person chose; empty texts: the tenant's."""

    language = serializers.ChoiceField(choices=_LANGUAGES, allow_blank=True)
    timezone = serializers.CharField(allow_blank=True, max_length=64)
    theme = serializers.ChoiceField(choices=Theme.choices)
    notifications = NotificationPreferenceSerializer(many=True)

    def validate_timezone(self, value: str) -> str:
        """A name of the time zone database."""
        if value and value not in zoneinfo.available_timezones():
            raise serializers.ValidationError("There is no such time zone; write one as Africa/Algiers.")
        return value


class SecuritySerializer(serializers.Serializer[Any]):
    """How safe the account and this session are."""

    has_password = serializers.BooleanField()
    has_second_factor = serializers.BooleanField(help_text="The account asks for more than its password.")
    gave_second_factor = serializers.BooleanField(help_text="This session was opened with it.")
    second_factor_demanded = serializers.BooleanField(
        help_text="The tenant demands one: without it everything but the account's own pages is refused."
    )


class MeSerializer(serializers.Serializer[Any]):
    """Who asks. ``user``, ``preferences`` and ``security`` are ``null`` for an API key; ``tenant`` and ``role`` are where
    the request names no tenant."""

    label = serializers.CharField(  # type: ignore[assignment]
        help_text="How the audit names this caller: member:<id> or key:<id>."
    )
    user = UserSerializer(allow_null=True)
    tenant = CurrentTenantSerializer(allow_null=True)
    role = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPE_NAMES))
    tenants = ReachableTenantSerializer(many=True, help_text="The tenants that this person may enter.")
    preferences = PreferencesSerializer(allow_null=True)
    security = SecuritySerializer(allow_null=True)
    is_platform_staff = serializers.BooleanField(
        help_text="May enter the platform's admin on the public host."
    )
    csrf_token = serializers.CharField(
        help_text="Send it as X-CSRFToken with every change; empty for an API key."
    )


class ProfileSerializer(PreferencesSerializer):
    """What one can change of oneself. Kinds of notifications that are not named stay as they are."""

    name = serializers.CharField(max_length=120, allow_blank=True)


class MeView(APIView):
    """The caller."""

    authentication_classes = [ApiKeyAuthentication, UserSessionAuthentication]
    permission_classes = [IsAuthenticated]

    @extend_schema(tags=["auth"], summary="Say who asks", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """The caller, their tenant, role and scopes, where else they may go, and a browser's CSRF token."""
        return Response(_me(request))

    @extend_schema(
        tags=["auth"], summary="Change one's own profile", request=ProfileSerializer, responses=MeSerializer
    )
    def patch(self, request: Request) -> Response:
        """Name, language, time zone, theme, notifications. For people: a key has no profile."""
        user = request.user
        if not isinstance(user, User):
            raise exceptions.PermissionDenied("An API key has no profile.")
        given = ProfileSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        chosen = given.validated_data.pop("notifications", [])
        change_profile(
            user,
            given.validated_data,
            notifications={
                one["kind"]: {key: one[key] for key in ("in_app", "email") if key in one} for one in chosen
            },
        )
        return Response(_me(request))


def _me(request: Request) -> dict[str, Any]:
    user = request.user if isinstance(request.user, User) else None
    principal = request.auth if isinstance(request.auth, Principal) else None
    tenant = Tenant.objects.prefetch_related("domains").get(id=principal.tenant.id) if principal else None
    if user is not None:
        reachable = tenants_of(user)
    else:
        assert tenant is not None  # a key always acts for a tenant
        reachable = [Reachable(tenant=tenant, role="", access="member")]
    return MeSerializer(
        {
            "label": principal.label if principal else f"member:{user.id}" if user else "",
            "user": user,
            "tenant": _tenant(tenant) if tenant else None,
            "role": principal.role if principal else None,
            "scopes": sorted(principal.scopes) if principal else [],
            "tenants": reachable,
            "preferences": _preferences(user) if user else None,
            "security": _security(request, user) if user else None,
            "is_platform_staff": user is not None and (user.is_staff or user.is_superuser),
            "csrf_token": get_token(request._request) if user else "",
        },
        context={"request": request._request},
    ).data


def _tenant(tenant: Tenant) -> dict[str, Any]:
    names = ("id", "slug", "name", "language", "timezone", "currency", "region")
    return {**{name: getattr(tenant, name) for name in names}, "brand": brand_of(tenant.id)}


def _preferences(user: User) -> dict[str, Any]:
    return {
        "language": user.language,
        "timezone": user.timezone,
        "theme": user.theme,
        "notifications": [asdict(one) for one in preferences_of(user)],
    }


def _security(request: Request, user: User) -> dict[str, bool]:
    membership = request._request.membership  # type: ignore[attr-defined]
    return {
        "has_password": user.has_usable_password(),
        "has_second_factor": has_second_factor(user),
        "gave_second_factor": gave_second_factor(request._request),
        "second_factor_demanded": membership is not None and demands_second_factor(membership),
    }
