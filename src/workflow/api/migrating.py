"""Moving waiting executions to another version of their workflow."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.principal import Principal
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.jobs import JobSerializer
from workflow.api.workflows import SCOPES
from workflow.models import Workflow
from workflow.services.cleanup import drain_versions
from workflow.services.jobs import create_job
from workflow.services.migrating import ALL, Migration, Order
from workflow.services.migration_counts import OUTCOMES

#: More than these are moved by a job.
MOST_AT_ONCE = 200
_KIND = "migrate"


class MigrateSerializer(serializers.Serializer[Any]):
    """From which version to which; new nodes by old ones, where the id is not the same."""

    to = serializers.CharField(max_length=10, default="active", help_text="active, or a version's number.")
    mapping = serializers.DictField(
        child=serializers.CharField(max_length=60), default=dict, help_text="{old node: new node}"
    )
    missing = serializers.ChoiceField(
        choices=["leave", "exit", "fail"],
        default="leave",
        help_text="What becomes of executions whose node is not in the new version.",
    )
    retime = serializers.BooleanField(
        default=False, help_text="How long waits last is computed anew, from when they began."
    )

    def get_fields(self) -> dict[str, Any]:
        """With ``from``, which is a word of Python's."""
        source = serializers.CharField(
            max_length=10, default=ALL, help_text="A version's number, or all but the new one."
        )
        return {"from": source, **super().get_fields()}

    def order(self) -> Order:
        """What was asked for."""
        given = self.validated_data
        return Order(
            source=given["from"],
            target=given["to"],
            mapping=given["mapping"],
            missing=given["missing"],
            retime=given["retime"],
        )


class MigrationRowSerializer(serializers.Serializer[Any]):
    """So many executions of one version at one node, and what becomes of them."""

    version = serializers.IntegerField()
    node = serializers.CharField(allow_blank=True)
    to = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(choices=list(OUTCOMES))
    reason = serializers.CharField(allow_blank=True)
    why = serializers.CharField(allow_blank=True)
    executions = serializers.IntegerField()


class MigrationSerializer(serializers.Serializer[Any]):
    """How many executions were, or would be, moved, left, taken out and failed. A job's ``result`` is the same."""

    moved = serializers.IntegerField()
    left = serializers.IntegerField()
    exited = serializers.IntegerField()
    failed = serializers.IntegerField()
    rows = MigrationRowSerializer(many=True)


class MigrateView(IdempotentWritesMixin, APIView):
    """``POST workflows/{id}/migrate/``."""

    required_scopes = SCOPES

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_workflows_migrate",
        request=MigrateSerializer,
        parameters=[
            OpenApiParameter("preview", OpenApiTypes.BOOL, description="Only count; nothing is changed.")
        ],
        responses={
            200: MigrationSerializer,
            202: JobSerializer,
        },
    )
    def post(self, request: Request, workflow_id: Any) -> Response:  # type: ignore[override]
        """Move executions that wait for a time or an event to another version. Those in the middle of a call, of branches, a
        loop, a called workflow or an approval stay where they are, and are counted with the reason. More than 200 are moved
        by a job of the kind ``migrate`` (202)."""
        workflow = get_object_or_404(Workflow.objects.select_related("active_version"), id=workflow_id)
        given = MigrateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        migration = Migration(workflow, given.order())
        migration.check()
        if serializers.BooleanField().run_validation(request.query_params.get("preview", False)):
            return Response(MigrationSerializer(migration.preview().as_json()).data)
        ids = migration.candidates(limit=MOST_AT_ONCE + 1)
        if len(ids) > MOST_AT_ONCE:
            job = create_job(_KIND, migration.params(), by=self._label, workflow=workflow)
            return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)
        with transaction.atomic():
            tally = migration.move(ids)
        tally.merge(migration.called())
        with transaction.atomic():
            drain_versions()
        return Response(MigrationSerializer(tally.as_json()).data)

    @property
    def _label(self) -> str:
        principal = self.request.auth
        assert isinstance(principal, Principal)
        return principal.label
