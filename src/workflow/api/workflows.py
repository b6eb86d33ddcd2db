"""Workflows: written, published, switched on and off, run by hand, measured."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedModelViewSet
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.run_serializers import ExecutionSerializer, RunWorkflowSerializer
from workflow.api.serializers import (
    ProblemsSerializer,
    StatisticsSerializer,
    VersionNameSerializer,
    VersionSerializer,
    WorkflowNameSerializer,
    WorkflowSerializer,
)
from workflow.graph import DocumentError, Problem, read
from workflow.models import Version, Workflow, WorkflowExecution
from workflow.selectors import statistics
from workflow.services.checking import problems_of
from workflow.services.drafts import change_workflow, delete_workflow
from workflow.services.publishing import activate, pause, publish_draft, resolve
from workflow.services.running import run_workflow

SCOPES = {"read": "workflow:read", "write": "workflow:write"}
_MAX_DAYS = 366


@extend_schema(tags=["workflows"])
class WorkflowViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """The tenant's workflows."""

    queryset = Workflow.objects.select_related("active_version")
    serializer_class = WorkflowSerializer
    required_scopes = SCOPES
    filterset_fields = ["status"]
    search_fields = ["name", "description"]
    ordering_fields = ["name", "created_at", "updated_at", "status"]

    def get_serializer_class(self) -> Any:
        """Lists leave the drafts out."""
        return WorkflowNameSerializer if self.action == "list" else WorkflowSerializer

    def perform_create(self, serializer: Any) -> None:
        """A new workflow is at revision 1, whatever was sent."""
        serializer.validated_data.pop("revision", None)
        serializer.save()

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The revision read."
            )
        ]
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change name, description or draft; 409 when someone else did so since the named revision."""
        workflow = self.get_object()
        given = self.get_serializer(workflow, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        expected = changes.pop("revision", None)
        header = _if_match(request)
        changed = change_workflow(workflow.id, changes, expected=expected if header is None else header)
        return Response(WorkflowSerializer(changed).data)

    def perform_destroy(self, instance: Workflow) -> None:
        """With all that hangs on it; an active one must be paused first."""
        delete_workflow(instance.id)

    @extend_schema(request=None, responses=VersionSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a version of the draft. What keeps it from being published is told by place."""
        with transaction.atomic():
            version = publish_draft(self._locked(), by=self.principal.label)
        return Response(VersionSerializer(version).data)

    @extend_schema(request=None, responses=WorkflowSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let it start executions; a draft that was never published is published first."""
        with transaction.atomic():
            workflow = self._locked()
            if workflow.active_version is None:
                publish_draft(workflow, by=self.principal.label)
            activate(workflow)
        return Response(WorkflowSerializer(workflow).data)

    @extend_schema(request=None, responses=WorkflowSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Start no more executions; those under way go on."""
        with transaction.atomic():
            workflow = self._locked()
            pause(workflow)
        return Response(WorkflowSerializer(workflow).data)

    @extend_schema(request=RunWorkflowSerializer, responses={201: ExecutionSerializer})
    @action(detail=True, methods=["post"])
    def execute(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Run the active version for one contact now, whatever its triggers say. Works on a paused one too."""
        given = RunWorkflowSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        execution = run_workflow(self.get_object(), given.subject(by=self.principal.label))
        shown = WorkflowExecution.objects.select_related("workflow", "version").get(id=execution.id)
        return Response(ExecutionSerializer(shown).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description="How far back to look, 1 to 366; default 30.")],
        responses=StatisticsSerializer,
    )
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How its executions went."""
        days = serializers.IntegerField(min_value=1, max_value=_MAX_DAYS).run_validation(
            request.query_params.get("days", 30)
        )
        return Response(StatisticsSerializer(statistics(self.get_object(), days=days)).data)

    @extend_schema(responses=ProblemsSerializer)
    @action(detail=True, methods=["get"])
    def problems(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Everything that keeps the draft from being published."""
        return Response(ProblemsSerializer({"problems": _problems(self.get_object())}).data)

    @extend_schema(responses=VersionNameSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], filter_backends=[])
    def versions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Its versions, the newest first."""
        page = self.paginate_queryset(Version.objects.filter(workflow=self.get_object()).order_by("-number"))
        return self.get_paginated_response(VersionNameSerializer(page, many=True).data)

    @extend_schema(
        operation_id="workflow_workflows_version_retrieve",
        parameters=[OpenApiParameter("number", int, OpenApiParameter.PATH)],
        responses=VersionSerializer,
    )
    @action(detail=True, methods=["get"], url_path=r"versions/(?P<number>[0-9]{1,9})")
    def version(self, request: Request, *args: Any, number: str, **kwargs: Any) -> Response:
        """One version with its document."""
        found = get_object_or_404(Version, workflow=self.get_object(), number=int(number))
        return Response(VersionSerializer(found).data)

    def _locked(self) -> Workflow:
        """The workflow, held until the transaction ends, so that what is published is what is stored."""
        found = self.get_object()
        return (
            Workflow.objects.select_for_update(of=("self",)).select_related("active_version").get(id=found.id)
        )


def _problems(workflow: Workflow) -> list[Problem]:
    try:
        return problems_of(resolve(read(workflow.draft)))
    except DocumentError as exc:
        return exc.problems


def _if_match(request: Request) -> int | None:
    """The revision that ``If-Match`` names, in quotes or without; ``None`` when there is no such header."""
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise serializers.ValidationError({"If-Match": ['Write the revision that you have read, as "3".']})
    return int(text)
