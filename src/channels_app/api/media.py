"""Files that customers sent, for download."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from accounts.api.viewsets import ScopedViewSet
from channels_app.models import Media, MediaState

#: What a browser may be told that a file is; anything else is bytes to save.
_PLAIN = ("image/", "audio/", "video/", "application/pdf")
_NEVER = ("image/svg",)


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
        """The first parser."""
        return parsers[0]


@extend_schema(tags=["inbox"])
class MediaViewSet(ScopedViewSet):
    """What the tenant's rows do not name is not served: no path comes from the request."""

    queryset = Media.objects.all()
    required_scopes = {"read": "inbox:read"}
    content_negotiation_class = AnyType
    filter_backends: list[Any] = []

    @extend_schema(
        summary="Download a file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """The file, to be saved: never shown in our origin."""
        media: Media = self.get_object()
        if media.state != MediaState.STORED or not default_storage.exists(media.file):
            raise NotStoredError(f"The file is not here: {media.error or media.state}.")
        extension = media.file.rpartition(".")[2]
        name = media.filename or f"{media.kind}.{extension}"
        safe = media.mime_type.startswith(_PLAIN) and not media.mime_type.startswith(_NEVER)
        return FileResponse(
            default_storage.open(media.file),
            as_attachment=True,
            filename=name.replace("/", "_").replace("\\", "_"),
            content_type=media.mime_type if safe else "application/octet-stream",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, max-age=86400",
            },
        )
