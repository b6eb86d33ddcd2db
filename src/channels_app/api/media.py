"""Files of messages: those that customers sent, for download, and members' uploads."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.files import file_answer
from channels_app.api.message_serializers import MediaSerializer
from channels_app.models import Channel, Media, MediaState
from channels_app.providers.registry import PROVIDERS
from channels_app.services.uploads import store_upload


class NotStoredError(exceptions.APIException):
    """The file is not here."""

    status_code = 409
    default_code = "media_not_stored"


class AnyType(BaseContentNegotiation):
    """A file is what it is, whatever the client would like; errors are JSON."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        return renderers[0], renderers[0].media_type

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The first parser that reads the request's body."""
        kind = request.content_type.partition(";")[0].strip()
        return next((parser for parser in parsers if parser.media_type == kind), None)


class MediaUploadSerializer(serializers.Serializer[Any]):
    """A file, and optionally the channel that it is for, whose provider's limits are then looked at."""

    file = serializers.FileField()
    channel = serializers.UUIDField(required=False)

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        """Before it is read."""
        if (file.size or 0) > settings.MEDIA_MAX_BYTES:
            raise serializers.ValidationError(
                f"The file has {file.size:,} bytes; at most {settings.MEDIA_MAX_BYTES:,} are taken."
            )
        return file

    def validate_channel(self, channel_id: Any) -> Channel:
        """The channel itself."""
        channel = Channel.objects.filter(id=channel_id).first()
        if channel is None:
            raise serializers.ValidationError("There is no such channel.")
        return channel


@extend_schema(tags=["inbox"])
class MediaViewSet(ScopedViewSet):
    """What the tenant's rows do not name is not served: no path comes from the request."""

    queryset = Media.objects.all()
    serializer_class = MediaSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    content_negotiation_class = AnyType
    parser_classes = [MultiPartParser]
    filter_backends: list[Any] = []

    @extend_schema(
        summary="Download a file",
        parameters=[
            OpenApiParameter("inline", bool, description="Show it in place: pictures, sound, films, PDF")
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The file, to be saved or for a player; never a page of our origin. ``Range`` is understood."""
        media: Media = self.get_object()
        if media.state != MediaState.STORED or not default_storage.exists(media.file):
            raise NotStoredError(f"The file is not here: {media.error or media.state}.")
        return file_answer(
            media,
            inline=request.query_params.get("inline") in ("1", "true"),
            byte_range=request.headers.get("Range", ""),
        )

    @extend_schema(
        summary="Upload a file",
        request={"multipart/form-data": MediaUploadSerializer},
        responses={201: MediaSerializer},
    )
    def create(self, request: Request) -> Response:
        """Keep a file to be sent: give its id in ``media_ids`` of a message. What is not sent in a day is deleted. The
        file is taken for what its bytes are, whatever it is called."""
        given = MediaUploadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        file: UploadedFile = given.validated_data["file"]
        channel: Channel | None = given.validated_data.get("channel")
        row = store_upload(
            file.read(),
            filename=file.name or "",
            uploader=self.principal.label,
            provider=PROVIDERS.get(channel.provider) if channel is not None else None,
        )
        return Response(MediaSerializer(row).data, status=status.HTTP_201_CREATED)
