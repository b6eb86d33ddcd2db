"""Dry runs: a workflow tried on a real contact."""

from __future__ import annotations

from typing import Any

from drf_spectacular.helpers import lazy_serializer
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.api.run_serializers import SampleSerializer
from workflow.api.serializers import check_event_type
from workflow.api.workflows import SCOPES
from workflow.models import Workflow
from workflow.services.trial_paths import Branch
from workflow.services.trying import DryRun, dry_run


class DryRunSerializer(SampleSerializer):
    """On whom and what. ``version`` is ``draft``, ``active`` or a number; ``lapse``: awaited events do not come."""

    version = serializers.CharField(max_length=10, default="draft")
    lapse = serializers.BooleanField(default=False)

    def validate_event_type(self, code: str) -> str:
        """A known one, or none for that of the first trigger."""
        return check_event_type(code) if code else code

    def wanted(self) -> DryRun:
        """What was given."""
        return DryRun(**self.validated_data)


class ExplanationSerializer(serializers.Serializer[Any]):
    """A line of a predicate, or a group of them with its ``children``, and what it came to. Groups have no ``field`` and the
    like; ``reason`` is why a line could not be decided. Empty where there is no predicate: every event will do."""

    kind = serializers.ChoiceField(choices=["all", "any", "not", "comparison"], required=False)
    pointer = serializers.CharField(
        required=False, help_text="The JSON pointer of the line in the predicate."
    )
    result = serializers.ChoiceField(choices=["true", "false", "error"], required=False)
    field = serializers.CharField(required=False)
    op = serializers.CharField(required=False)
    expected = serializers.CharField(required=False, allow_null=True)
    actual = serializers.CharField(required=False, allow_null=True)
    reason = serializers.CharField(required=False, allow_null=True)
    children = serializers.SerializerMethodField(required=False)

    @extend_schema_field(lazy_serializer("workflow.api.trials.ExplanationSerializer")(many=True))
    def get_children(self, explanation: Any) -> Any:
        """See :meth:`to_representation`."""

    def to_representation(self, instance: Any) -> Any:
        """It is plain JSON already; only lines have no children there."""
        return {
            **instance,
            "children": [self.to_representation(each) for each in instance.get("children", ())],
        }


class TriggerFindingSerializer(serializers.Serializer[Any]):
    """What one trigger says of the event: ``lines`` of its predicate, and the fewest that would have to change
    (``missing``)."""

    trigger = serializers.CharField()
    type = serializers.CharField()
    addressed = serializers.BooleanField()
    result = serializers.ChoiceField(choices=["true", "false", "error", "not_addressed"])
    explanation = ExplanationSerializer()
    text = serializers.CharField()
    lines = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class TriggerVerdictsSerializer(serializers.Serializer[Any]):
    """Whether a trigger takes the event, and why."""

    matches = serializers.BooleanField()
    trigger = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()
    findings = TriggerFindingSerializer(many=True)


class AdmissionVerdictSerializer(serializers.Serializer[Any]):
    """Whether re-entry and limits would let it in now."""

    admitted = serializers.BooleanField()
    result = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()


class BranchSerializer(serializers.Serializer[Any]):
    """A branch, a turn of a loop, or a called workflow; ``path`` is as the whole's."""

    branch = serializers.CharField()
    workflow = serializers.UUIDField(source="workflow_id")
    workflow_name = serializers.CharField(source="workflow")
    state = serializers.CharField()
    error = serializers.CharField()
    path = serializers.SerializerMethodField()

    @extend_schema_field(lazy_serializer("workflow.api.trials.PathStepSerializer")(many=True))
    def get_path(self, branch: Branch) -> Any:
        """Its nodes in order."""
        return PathStepSerializer(branch.path, many=True).data


class PathStepSerializer(serializers.Serializer[Any]):
    """A node that was come by. ``instead`` tells what was not really done: ``waited``, ``event`` (taken to have come),
    ``example`` (in place of a call), ``approved``. ``at`` and ``until`` are by the trial's own clock."""

    node = serializers.CharField()
    type = serializers.CharField()
    action = serializers.CharField()
    at = serializers.DateTimeField()
    port = serializers.CharField()
    state = serializers.CharField()
    reason = serializers.CharField()
    instead = serializers.ChoiceField(choices=["", "waited", "event", "example", "approved"])
    until = serializers.DateTimeField(allow_null=True)
    input = serializers.DictField()
    output = serializers.JSONField()
    error = serializers.CharField()
    grounds = serializers.JSONField(allow_null=True)
    branches = BranchSerializer(many=True)


class TriedSerializer(serializers.Serializer[Any]):
    """What a dry run found. The path is told whatever trigger and admission say."""

    version = serializers.IntegerField(allow_null=True, help_text="Null for the draft.")
    event = serializers.DictField()
    trigger = TriggerVerdictsSerializer()
    admission = AdmissionVerdictSerializer()
    would_start = serializers.BooleanField()
    state = serializers.CharField(help_text="As of an execution, or stopped: it took too long.")
    exit_reason = serializers.CharField()
    text = serializers.CharField()
    error = serializers.CharField()
    converted = serializers.BooleanField()
    path = PathStepSerializer(many=True)
    cut = serializers.BooleanField(help_text="Whether the path was too long to be told whole.")
    variables = serializers.DictField()
    output = serializers.DictField()
    uses = serializers.DictField(child=serializers.IntegerField())
    cost = serializers.CharField()
    currency = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


class DryRunView(APIView):
    """``POST workflows/{id}/dry_run/``. Nothing is recorded of it, so there is no idempotency key to heed."""

    required_scopes = SCOPES

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_workflows_dry_run",
        request=DryRunSerializer,
        responses=TriedSerializer,
    )
    def post(self, request: Request, workflow_id: Any) -> Response:
        """Run a version as it would run now on a real contact: waits are skipped, approvals approved, calls answered by an
        example, and nothing is sent, queued or kept. A draft that could not be published is refused, field by field."""
        workflow = get_object_or_404(Workflow.objects.select_related("active_version"), id=workflow_id)
        given = DryRunSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(TriedSerializer(dry_run(workflow, given.wanted())).data)
