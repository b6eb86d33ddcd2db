"""Workflows: written, switched on and off, run by hand; what concerns their versions and statistics joins as mixins."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedModelViewSet
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.preconditions import IF_MATCH, if_match
from workflow.api.run_serializers import ExecutionSerializer, RunWorkflowSerializer
from workflow.api.serializers import WorkflowNameSerializer, WorkflowSerializer
from workflow.api.statistics import StatisticsMixin
from workflow.api.versions import VersionsMixin
from workflow.models import Workflow, WorkflowExecution
from workflow.services.drafts import change_workflow, delete_workflow
from workflow.services.publishing import activate, pause, publish_draft
from workflow.services.running import run_workflow
from workflow.services.versions import locked

SCOPES = {"read": "workflow:read", "write": "workflow:write"}


@extend_schema(tags=["workflows"])
class WorkflowViewSet(VersionsMixin, StatisticsMixin, IdempotentWritesMixin, ScopedModelViewSet):
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

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change name, description or draft; 409 when someone else did so since the named revision."""
        workflow = self.get_object()
        given = self.get_serializer(workflow, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        changes = dict(given.validated_data)
        expected = changes.pop("revision", None)
        header = if_match(request)
        changed = change_workflow(workflow.id, changes, expected=expected if header is None else header)
        return Response(WorkflowSerializer(changed).data)

    def perform_destroy(self, instance: Workflow) -> None:
        """With all that hangs on it; an active one must be paused first."""
        delete_workflow(instance.id)

    @extend_schema(request=None, parameters=[IF_MATCH], responses=WorkflowSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let it start executions; a draft that was never published is published first."""
        expected = if_match(request)
        with transaction.atomic():
            workflow = locked(self.get_object().id)
            if workflow.active_version is None:
                publish_draft(workflow, by=self.principal.label, expected=expected)
            activate(workflow)
        return Response(WorkflowSerializer(workflow).data)

    @extend_schema(request=None, responses=WorkflowSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Start no more executions; those under way go on."""
        with transaction.atomic():
            workflow = locked(self.get_object().id)
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
