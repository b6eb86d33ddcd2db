"""The tenant's brand: set by its administrators, and shown without a session, for the sign-in page shows it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import ANY_SCOPE
from accounts.scopes import ADMIN_ALL
from core.colors import NotAColorError, paired
from tenants.brands import brand_of, logo_of
from tenants.models import Tenant
from tenants.scope import current_tenant, require_tenant
from tenants.services.branding import MAX_LOGO_BYTES, LogoRefusedError, remove_logo, set_color, set_logo

_YEAR_S = 31_536_000


class PairingSerializer(serializers.Serializer[Any]):
    """A colour and what can be read on it. Contrast is WCAG's, 1 to 21; text needs 4.5."""

    color = serializers.CharField(help_text="As #rrggbb.")
    text_color = serializers.CharField(help_text="Black or white, whichever can be read on it.")
    contrast = serializers.FloatField(help_text="Between the two.")
    on_light = serializers.FloatField(help_text="The colour itself as text on white.")
    on_dark = serializers.FloatField(help_text="The colour itself as text on black.")


class BrandSerializer(serializers.Serializer[Any]):
    """How the tenant looks. ``logo_url`` is a path on this host, empty without a logo."""

    logo_url = serializers.CharField()
    colors = PairingSerializer(allow_null=True)


class BrandChangeSerializer(serializers.Serializer[Any]):
    """What to change."""

    color = serializers.CharField(allow_blank=True, max_length=7, help_text="As #1b6ef3; empty for none.")


class LogoSerializer(serializers.Serializer[Any]):
    """A picture, as a form's file."""

    logo = serializers.FileField(help_text="PNG, JPEG or WebP, at most 512 kB.")


class PublicTenantSerializer(serializers.Serializer[Any]):
    """What a stranger sees of a tenant at its door."""

    name = serializers.CharField()
    language = serializers.CharField()
    brand = BrandSerializer()


class TenantBrandView(APIView):
    """The tenant's colour and logo."""

    required_scopes = {"read": ANY_SCOPE, "write": ADMIN_ALL}

    @extend_schema(tags=["tenant"], summary="Show the brand", responses=BrandSerializer)
    def get(self, request: Request) -> Response:
        """As it is."""
        return _shown()

    @extend_schema(
        tags=["tenant"], summary="Set the colour", request=BrandChangeSerializer, responses=BrandSerializer
    )
    def patch(self, request: Request) -> Response:
        """The answer says which text can be read on it."""
        given = BrandChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            set_color(given.validated_data["color"])
        except NotAColorError as exc:
            raise serializers.ValidationError({"color": [str(exc)]}) from exc
        return _shown()


class BrandCheckView(APIView):
    """What a colour would be like."""

    required_scopes = {"read": ANY_SCOPE}

    @extend_schema(
        tags=["tenant"],
        summary="Check a colour",
        parameters=[OpenApiParameter("color", str, required=True, description="As #1b6ef3.")],
        responses=PairingSerializer,
    )
    def get(self, request: Request) -> Response:
        """Which text can be read on it, and where it can be text itself."""
        try:
            return Response(PairingSerializer(paired(request.query_params.get("color", ""))).data)
        except NotAColorError as exc:
            raise serializers.ValidationError({"color": [str(exc)]}) from exc


class BrandLogoView(APIView):
    """The logo, put and taken away."""

    required_scopes = {"write": ADMIN_ALL}
    parser_classes = [MultiPartParser]

    @extend_schema(
        tags=["tenant"],
        summary="Set the logo",
        request={"multipart/form-data": LogoSerializer},
        responses=BrandSerializer,
    )
    def put(self, request: Request) -> Response:
        """Replace it. The file's bytes must be those of a PNG, JPEG or WebP picture."""
        given = LogoSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file: UploadedFile = given.validated_data["logo"]
        try:
            # One byte more than allowed tells that there are more.
            set_logo(file.read(MAX_LOGO_BYTES + 1))
        except LogoRefusedError as exc:
            raise serializers.ValidationError({"logo": [str(exc)]}) from exc
        return _shown()

    @extend_schema(tags=["tenant"], summary="Remove the logo", request=None, responses=BrandSerializer)
    def delete(self, request: Request) -> Response:
        """The tenant's name stands in its place."""
        remove_logo()
        return _shown()


class PublicTenantView(APIView):
    """What the sign-in page needs."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["tenant"], summary="Show the tenant to a stranger", auth=[], responses=PublicTenantSerializer
    )
    def get(self, request: Request) -> Response:
        """Its name, language, colour and logo; 404 on the public host, which is nobody's."""
        tenant = current_tenant()
        if tenant is None:
            raise Http404
        row = Tenant.objects.only("name", "language").get(id=tenant.id)
        shown = {"name": row.name, "language": row.language, "brand": brand_of(tenant.id)}
        return Response(PublicTenantSerializer(shown).data, headers={"Cache-Control": "public, max-age=60"})


class LogoView(APIView):
    """The logo itself, for anyone."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        tags=["tenant"], summary="Show the logo", auth=[], responses={(200, "image/png"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, digest: str) -> HttpResponse:
        """The version that the address names. It is shown as a picture, and as nothing else."""
        tenant = current_tenant()
        logo = logo_of(tenant.id, digest) if tenant else None
        if logo is None:
            raise Http404
        return HttpResponse(
            logo.content,
            content_type=logo.mime,
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Content-Disposition": "inline",
                "Cache-Control": f"public, max-age={_YEAR_S}, immutable",
                "Vary": "Host",
            },
        )


def _shown() -> Response:
    return Response(BrandSerializer(brand_of(require_tenant().id)).data)
