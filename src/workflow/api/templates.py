"""Workflow templates: looked through, previewed, made into workflows; and workflows as templates, out and in."""

from __future__ import annotations

from typing import Any

from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.viewsets import ScopedViewSet
from accounts.principal import Principal
from core.api.schema import EXAMPLES, Example
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.template_serializers import (
    ImportSerializer,
    InstantiateSerializer,
    MadeSerializer,
    TemplateDetailSerializer,
    TemplatePreviewSerializer,
    TemplateSerializer,
    TryTemplateSerializer,
)
from workflow.api.workflows import SCOPES
from workflow.models import Version, Workflow
from workflow.templates.catalogue import search, template_named
from workflow.templates.costs import prices
from workflow.templates.document import Template, json_schema
from workflow.templates.exporting import export
from workflow.templates.importing import import_workflow
from workflow.templates.making import instantiate, preview, tenant_language
from workflow.templates.texts import LANGUAGES

_LANGUAGE = OpenApiParameter(
    "language",
    str,
    description="The language of texts; else Accept-Language's first that templates speak, else the tenant's.",
)
_SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The template's slug.")


def asked_language(request: Request) -> str:
    """The language that texts are shown in."""
    named = request.query_params.get("language", "")
    accepted = [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    bases = [tag.split("-", 1)[0].lower() for tag in [named, *accepted]]
    return next((base for base in bases if base in LANGUAGES), "") or tenant_language()


@extend_schema(tags=["workflow templates"])
class TemplateViewSet(IdempotentWritesMixin, ScopedViewSet):
    """The templates that come with Wasl."""

    required_scopes = SCOPES
    action_scopes = {"preview": "workflow:read"}
    lookup_field = "slug"
    lookup_value_regex = "[a-z][a-z0-9_]*"
    filter_backends = ()
    serializer_class = TemplateSerializer

    @extend_schema(
        operation_id="workflow_templates_list",
        parameters=[
            _LANGUAGE,
            OpenApiParameter(
                "category", str, description="greeting, sales, service, retention, team, other."
            ),
            OpenApiParameter("channel", str, description="Those that work on this provider's channels."),
            OpenApiParameter("in_language", str, description="Those with texts in this language."),
            OpenApiParameter("search", str, description="Words of name or description, in any language."),
        ],
        responses=TemplateSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The catalogue, in one language."""
        asked = request.query_params
        found = search(
            category=asked.get("category", ""),
            language=asked.get("in_language", ""),
            channel=asked.get("channel", ""),
            words=asked.get("search", ""),
        )
        page = self.paginate_queryset(found) or []
        context = {"language": asked_language(request), "prices": prices()}
        return self.get_paginated_response(TemplateSerializer(page, many=True, context=context).data)

    @extend_schema(
        operation_id="workflow_templates_retrieve",
        parameters=[_SLUG, _LANGUAGE],
        responses=TemplateDetailSerializer,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One template: its parameters as the JSON Schema of a form, and the document itself."""
        context = {"language": asked_language(request), "prices": prices()}
        return Response(TemplateDetailSerializer(self._template(), context=context).data)

    @extend_schema(
        operation_id="workflow_templates_preview",
        parameters=[_SLUG],
        request=TryTemplateSerializer,
        responses=TemplatePreviewSerializer,
    )
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The workflow as it would be, what keeps it from working, and what an execution costs. Nothing is kept."""
        given = TryTemplateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(TemplatePreviewSerializer(preview(self._template(), **given.validated_data)).data)

    @extend_schema(
        operation_id="workflow_templates_instantiate",
        parameters=[_SLUG],
        request=InstantiateSerializer,
        responses={201: MadeSerializer},
    )
    @action(detail=True, methods=["post"])
    def instantiate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a workflow of it: a draft, or with ``activate`` published and switched on."""
        given = InstantiateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = instantiate(self._template(), by=self.principal.label, **given.validated_data)
        return Response(MadeSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="workflow_templates_format", responses=OpenApiTypes.OBJECT)
    @action(detail=False, methods=["get"], pagination_class=None)
    def format(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The JSON Schema of template documents."""
        return Response(json_schema())

    def _template(self) -> Template:
        return template_named(self.kwargs["slug"])


class ExportView(APIView):
    """A workflow as a template document."""

    required_scopes = SCOPES

    @extend_schema(
        tags=["workflow templates"],
        operation_id="workflow_workflows_export",
        parameters=[
            OpenApiParameter("version", int, description="The number of a version; without it, the draft."),
        ],
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, workflow_id: Any) -> Response:
        """What belongs to this tenant alone (members, segments, other workflows, secrets) stands as parameters, and is told
        of in ``unresolved``."""
        workflow = get_object_or_404(Workflow, id=workflow_id)
        asked = request.query_params.get("version")
        number = (
            serializers.IntegerField(min_value=1, max_value=2**31 - 1).run_validation(asked)
            if asked
            else None
        )
        if number is not None:
            get_object_or_404(Version, workflow=workflow, number=number)
        template = export(workflow, version=number)
        headers = {"Content-Disposition": f'attachment; filename="{template.slug}.json"'}
        return Response(template.dump(), headers=headers)


class ImportView(IdempotentWritesMixin, APIView):
    """A workflow from a document."""

    required_scopes = SCOPES

    @extend_schema(
        tags=["workflow templates"],
        operation_id="workflow_workflows_import",
        request=ImportSerializer,
        responses={201: MadeSerializer},
    )
    def post(self, request: Request) -> Response:  # type: ignore[override]
        """Make a workflow of an export, or of a plain workflow document: a draft, or with ``activate`` switched on."""
        given = ImportSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        principal = request.auth
        assert isinstance(principal, Principal)
        made = import_workflow(by=principal.label, **given.validated_data)
        return Response(MadeSerializer(made).data, status=status.HTTP_201_CREATED)


EXAMPLES.add(
    "workflow_workflows_import",
    Example(
        summary="A template with its parameters",
        status="201",
        request={
            "name": "ترحيب",
            "parameters": {"tag": "زبون جديد"},
            "activate": True,
            "document": {
                "format": "wasl.workflow-template/1",
                "slug": "mark",
                "name": {"en": "Mark newcomers", "ar": "وسم الجدد"},
                "actions": ["add_tag"],
                "parameters": {
                    "properties": {"tag": {"type": "string", "title": {"en": "Tag"}, "default": "new"}}
                },
                "workflow": {
                    "triggers": [{"event_type": "USER_CREATED"}],
                    "nodes": [{"id": "mark", "action": "add_tag", "config": {"tag": {"$param": "tag"}}}],
                },
            },
        },
        response={
            "workflow": {"name": "ترحيب", "status": "active"},
            "problems": [],
            "lacks": {"channels": [], "connections": [], "settings": []},
            "notes": [],
        },
    ),
)
