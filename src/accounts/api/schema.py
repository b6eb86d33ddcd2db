"""How callers identify themselves, in the OpenAPI document's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """The bearer key."""

    target_class = "accounts.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """An HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer", "description": "An API key: wasl_…"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The browser's session."""

    target_class = "accounts.api.authentication.MemberSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The session's cookie; changes need X-CSRFToken besides."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Begun at /_allauth/browser/v1/auth/login; changes need the X-CSRFToken header too.",
        }


class SignedInScheme(SessionScheme):
    """The same session, where it need not be a member's."""

    target_class = "accounts.api.authentication.UserSessionAuthentication"
    name = "signedIn"
