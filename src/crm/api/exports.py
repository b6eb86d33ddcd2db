"""Contacts written to files."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from crm.api.bases import SCOPES, checked
from crm.api.bulk import ContactJobSerializer, SelectionSerializer, selection_of
from crm.models import ContactExport
from crm.services.exports import DELIMITERS, NotReadyError, delete_export, file_of, start_export
from events.api.idempotency import IdempotentWritesMixin


class NewExportSerializer(serializers.Serializer[Any]):
    """Which contacts, and what of them."""

    selection = SelectionSerializer()
    columns = serializers.ListField(
        child=serializers.CharField(max_length=80), min_length=1, max_length=100, help_text="Keys of columns."
    )
    delimiter = serializers.ChoiceField(choices=list(DELIMITERS), default=",")


class ContactExportSerializer(serializers.ModelSerializer[ContactExport]):
    """An export. Its file can be fetched once the job is ``done``, until ``expires_at``."""

    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    job = ContactJobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = ContactExport
        fields = ["id", "filename", "columns", "job", "created_by", "created_at", "expires_at"]
        read_only_fields = fields


@extend_schema(tags=["crm"])
class ContactExportViewSet(
    IdempotentWritesMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    ScopedViewSet,
):
    """Contacts written to files, which are kept for a day."""

    queryset = ContactExport.objects.select_related("job")
    serializer_class = ContactExportSerializer
    required_scopes = SCOPES
    action_scopes = {"create": "crm:read", "destroy": "crm:read"}
    search_fields = ["filename"]
    ordering_fields = ["created_at"]

    @extend_schema(request=NewExportSerializer, responses={202: ContactExportSerializer})
    def create(self, request: Request) -> Response:
        """Begin to write a file: UTF-8 with a mark that Excel knows, texts that would be taken for formulas with an
        apostrophe before them (imports take it off again)."""
        given = checked(NewExportSerializer, request)
        made = start_export(
            selection_of(given["selection"]),
            keys=given["columns"],
            delimiter=given["delimiter"],
            by=self.principal.label,
        )
        return Response(ContactExportSerializer(made).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, description="The contacts.")},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def download(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """The file. 409 while it is being written."""
        wanted = self.get_object()
        name = file_of(wanted)
        try:
            content = default_storage.open(name, "rb")
        except FileNotFoundError as exc:
            raise NotReadyError from exc
        return FileResponse(
            content, as_attachment=True, filename=wanted.filename, content_type="text/csv; charset=utf-8"
        )

    def perform_destroy(self, instance: ContactExport) -> None:
        """With its file."""
        delete_export(instance)
