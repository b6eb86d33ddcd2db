"""Contacts brought in from files."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from crm.api.bases import SCOPES, checked
from crm.api.bulk import ContactJobSerializer
from crm.models import ContactImport, ImportProblem
from crm.services.importing.reading import MOST_BYTES, InvalidFileError
from crm.services.imports import delete_import, report, run_import, take_in


class ImportOptionsSerializer(serializers.Serializer[Any]):
    """How to bring it in. ``match_by``: what tells that a row is a contact that there is already, the surest first; every
    row needs one of them. ``silent``: what happened is recorded, and no workflow starts or goes on by it."""

    match_by = serializers.ListField(
        child=serializers.ChoiceField(choices=["external_id", "phone", "email"]), required=False
    )
    existing = serializers.ChoiceField(choices=["update", "skip"], required=False)
    region = serializers.CharField(
        required=False, allow_blank=True, max_length=2, help_text="Of phones without a country code, as DZ."
    )
    tags = serializers.ListField(
        child=serializers.CharField(max_length=80), required=False, max_length=20, help_text="For every row."
    )
    date_order = serializers.ChoiceField(choices=["dmy", "mdy", "ymd"], required=False)
    silent = serializers.BooleanField(required=False)


class UploadSerializer(serializers.Serializer[Any]):
    """A file: CSV with headings in its first row, in any usual encoding and with any usual delimiter."""

    file = serializers.FileField(help_text="At most 50 MB and 200,000 rows.")


class RunImportSerializer(serializers.Serializer[Any]):
    """``mapping`` says for each column of the file what it is, empty for one to leave out: ``name``, ``first_name``,
    ``last_name``, ``phone``, ``email``, ``external_id``, ``language``, ``timezone``, ``tags``, ``opted_out``,
    ``custom.<slug>``."""

    mapping = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=80), max_length=100
    )
    options = ImportOptionsSerializer(required=False)
    dry_run = serializers.BooleanField(default=False, help_text="Keep nothing but the report.")


class ContactImportSerializer(serializers.ModelSerializer[ContactImport]):
    """A file that was sent. ``sample`` are its first rows; ``mapping`` and ``options`` at first our suggestion, then those
    of the last run. ``available``: it can still be brought in; a day later it is deleted."""

    columns = serializers.ListField(child=serializers.CharField(), read_only=True)
    sample = serializers.ListField(child=serializers.ListField(child=serializers.CharField()), read_only=True)
    mapping = serializers.ListField(child=serializers.CharField(allow_blank=True), read_only=True)
    options = ImportOptionsSerializer(read_only=True)
    available = serializers.SerializerMethodField()
    check_job = ContactJobSerializer(read_only=True, allow_null=True)
    run_job = ContactJobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = ContactImport
        fields = [
            "id", "filename", "encoding", "delimiter", "columns", "sample", "rows", "mapping", "options", "available",
            "check_job", "run_job", "created_by", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_available(self, wanted: ContactImport) -> bool:
        """Whether the rows are still there."""
        return bool(wanted.file)


class ImportProblemSerializer(serializers.ModelSerializer[ImportProblem]):
    """What was wrong with a row; ``code`` is for translations, ``message`` says it in English, with the mend."""

    class Meta:
        model = ImportProblem
        fields = ["line", "column", "value", "code", "message"]
        read_only_fields = fields


@extend_schema(tags=["crm"])
class ContactImportViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, ScopedViewSet
):
    """Files of contacts: sent, tried, brought in; each with a report on the rows that were left out."""

    queryset = ContactImport.objects.select_related("check_job", "run_job")
    serializer_class = ContactImportSerializer
    required_scopes = SCOPES
    search_fields = ["filename"]
    ordering_fields = ["created_at"]

    def get_parsers(self) -> list[Any]:
        """A file comes as a form, what is said of it as JSON."""
        upload = getattr(self, "action_map", {}).get("post") == "create"
        return [MultiPartParser()] if upload else super().get_parsers()

    @extend_schema(
        request={"multipart/form-data": UploadSerializer}, responses={201: ContactImportSerializer}
    )
    def create(self, request: Request) -> Response:
        """Send a file. Nothing is brought in yet; the answer holds its columns, first rows and a suggested mapping."""
        given = checked(UploadSerializer, request)
        upload: UploadedFile = given["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise InvalidFileError("The file is larger than 50 MB; split it.")
        made = take_in(upload.read(), filename=upload.name or "contacts.csv", by=self.principal.label)
        return Response(ContactImportSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=RunImportSerializer, responses={202: ContactImportSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try the file (``dry_run``) or bring it in, as a job. Bringing in the same file again changes nothing more: its
        rows find their contacts. 409 while a run is under way."""
        given = checked(RunImportSerializer, request)
        wanted = run_import(
            self.get_object().id,
            mapping=given["mapping"],
            options=given.get("options", {}),
            dry_run=given["dry_run"],
            by=self.principal.label,
        )
        return Response(ContactImportSerializer(wanted).data, status=status.HTTP_202_ACCEPTED)

    @extend_schema(responses=ImportProblemSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def problems(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was wrong with the rows in the last run, by line; at most 10,000 are kept."""
        rows = ImportProblem.objects.filter(job_id=_last_job(self.get_object())).order_by("line", "id")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(ImportProblemSerializer(page, many=True).data)

    @extend_schema(
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, description="The report.")},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def report(self, request: Request, *args: Any, **kwargs: Any) -> StreamingHttpResponse:
        """The same as a file for spreadsheets: line, column, value, code and problem."""
        wanted = self.get_object()
        job = _last_job(wanted)
        if job is None:
            raise NotFound
        lines = list(report(job))
        answer = StreamingHttpResponse(iter(lines), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="import-{wanted.id}-problems.csv"'
        return answer

    def perform_destroy(self, instance: ContactImport) -> None:
        """With its reports; the contacts stay."""
        delete_import(instance)


def _last_job(wanted: ContactImport) -> Any:
    """Ids follow time."""
    return max((job for job in (wanted.check_job_id, wanted.run_job_id) if job is not None), default=None)
