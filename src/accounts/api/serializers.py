"""The JSON of users, members, keys and tenants."""

from __future__ import annotations

import re
import zoneinfo
from typing import Any

import phonenumbers
from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import ApiKey, Membership, Role, User
from accounts.scopes import SCOPE_NAMES
from accounts.sign_in.second_factor import has_second_factor
from tenants.models import Tenant


class UserSerializer(serializers.ModelSerializer[User]):
    """A person."""

    class Meta:
        model = User
        fields = ["id", "email", "name", "language", "timezone"]
        read_only_fields = fields


class ColleagueSerializer(serializers.Serializer[Any]):
    """A member, as colleagues name one: ``id`` is the user's."""

    id = serializers.UUIDField(source="user_id")
    name = serializers.SerializerMethodField()

    def get_name(self, membership: Membership) -> str:
        """By the e-mail address while they have given no name."""
        return membership.user.name or membership.user.email


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member of the tenant. ``state``: ``invited`` has not chosen a password yet, ``off`` can sign in nowhere."""

    user = UserSerializer(read_only=True)
    state = serializers.SerializerMethodField()
    has_second_factor = serializers.SerializerMethodField(
        help_text="Whether the account asks for more than its password."
    )

    class Meta:
        model = Membership
        fields = ["id", "user", "role", "state", "has_second_factor", "created_at", "last_seen_at"]
        read_only_fields = ["id", "user", "created_at", "last_seen_at"]

    @extend_schema_field(serializers.ChoiceField(choices=["active", "invited", "off"]))
    def get_state(self, membership: Membership) -> str:
        """From the account."""
        if not membership.user.is_active:
            return "off"
        return "active" if membership.user.has_usable_password() else "invited"

    def get_has_second_factor(self, membership: Membership) -> bool:
        """Read with the list (``annotated``), or for the one."""
        known: bool | None = getattr(membership, "has_second_factor", None)
        return has_second_factor(membership.user) if known is None else known


class NewMemberSerializer(serializers.Serializer[Any]):
    """What makes a member. ``name`` and ``password`` serve where the e-mail is new to the installation; without a
    password the person is sent a link by mail to choose one, which is better: nobody else knows it."""

    email = serializers.EmailField()
    role = serializers.PrimaryKeyRelatedField(queryset=Role.objects.all())
    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    password = serializers.CharField(required=False, trim_whitespace=False, max_length=512, write_only=True)


class ScopeSerializer(serializers.Serializer[Any]):
    """A right that roles and keys can hold."""

    slug = serializers.ChoiceField(choices=SCOPE_NAMES)
    description = serializers.CharField(help_text="In English; user interfaces translate by the slug.")


class RoleSerializer(serializers.ModelSerializer[Role]):
    """A role and its scopes."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPE_NAMES), read_only=True)

    class Meta:
        model = Role
        fields = ["slug", "label", "scopes"]
        read_only_fields = fields


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key, without its secret."""

    class Meta:
        model = ApiKey
        fields = [
            "id", "name", "prefix", "scopes", "created_by", "created_at", "expires_at", "revoked_at", "last_used_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewApiKeySerializer(serializers.Serializer[Any]):
    """What makes a key."""

    name = serializers.CharField(max_length=120)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPE_NAMES), allow_empty=False)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)


class IssuedKeySerializer(ApiKeySerializer):
    """A key just made: the only answer that holds its ``secret``."""

    secret = serializers.CharField(read_only=True, help_text="The whole key. It is not shown again.")

    class Meta(ApiKeySerializer.Meta):
        fields = [*ApiKeySerializer.Meta.fields, "secret"]
        read_only_fields = fields


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """The tenant's settings."""

    hosts = serializers.SerializerMethodField()

    class Meta:
        model = Tenant
        fields = [
            "id",
            "slug",
            "name",
            "state",
            "timezone",
            "language",
            "region",
            "currency",
            "hosts",
            "created_at",
        ]
        read_only_fields = ["id", "slug", "state", "hosts", "created_at"]

    def get_hosts(self, tenant: Tenant) -> list[str]:
        """The hosts that it answers on."""
        return [domain.host for domain in tenant.domains.all()]

    def validate_timezone(self, value: str) -> str:
        """A name of the time zone database."""
        return _one_of(
            value, zoneinfo.available_timezones(), "There is no such time zone; write one as Africa/Algiers."
        )

    def validate_language(self, value: str) -> str:
        """A language that Wasl speaks."""
        known = [code for code, _ in settings.LANGUAGES]
        return _one_of(value, known, f"Choose one of {', '.join(known)}.")

    def validate_region(self, value: str) -> str:
        """A country with telephones."""
        return _one_of(
            value.upper(),
            phonenumbers.SUPPORTED_REGIONS,
            "There is no such country; write two letters, as DZ.",
        )

    def validate_currency(self, value: str) -> str:
        """Three letters."""
        if not re.fullmatch(r"[A-Z]{3}", value.upper()):
            raise serializers.ValidationError("Write three letters, as DZD.")
        return value.upper()


def _one_of(value: str, known: Any, message: str) -> str:
    if value not in known:
        raise serializers.ValidationError(message)
    return value
