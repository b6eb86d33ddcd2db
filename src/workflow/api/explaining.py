"""Why did this (not) run? For one event and every workflow, or for one contact and one workflow."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from events.models import Event
from workflow.api.run_serializers import EventSerializer, WaitingSerializer
from workflow.api.trials import TriggerFindingSerializer
from workflow.api.workflows import SCOPES
from workflow.models import Workflow
from workflow.services.explaining import Asked, explain_contact

_MOST_DAYS = 90


class VerdictSerializer(serializers.Serializer[Any]):
    """Why a workflow ran for the event, or did not. ``version`` was in force when the event came. ``remedy`` says what
    would let it run; empty where nothing would."""

    workflow = serializers.UUIDField(source="workflow_id")
    name = serializers.CharField(source="workflow")
    status = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    active_version = serializers.IntegerField(allow_null=True)
    ran = serializers.BooleanField()
    result = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()
    note = serializers.CharField()
    execution = serializers.UUIDField(source="execution_id", allow_null=True)
    execution_state = serializers.CharField(allow_blank=True)
    triggers = TriggerFindingSerializer(many=True)


class ExplainedSerializer(serializers.Serializer[Any]):
    """The event, and a verdict for each workflow that waited for its type."""

    event = EventSerializer()
    workflows = VerdictSerializer(many=True)


class EventVerdictSerializer(serializers.Serializer[Any]):
    """What the workflow made of one event."""

    event = EventSerializer()
    verdict = VerdictSerializer()


class WhereaboutsSerializer(serializers.Serializer[Any]):
    """Where an execution stands, or how it ended."""

    execution = serializers.UUIDField(source="execution_id")
    state = serializers.CharField()
    node = serializers.CharField()
    exit_reason = serializers.CharField()
    text = serializers.CharField()
    waits_for = WaitingSerializer(many=True)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ContactExplanationSerializer(serializers.Serializer[Any]):
    """The answer in a sentence, then what the workflow made of each event, and its executions, the newest first."""

    contact = serializers.UUIDField(source="contact_id", allow_null=True)
    event_types = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    events = EventVerdictSerializer(many=True)
    executions = WhereaboutsSerializer(many=True)


class AskedSerializer(serializers.Serializer[Any]):
    """Of whom, and of which event or how many days back."""

    user_id = serializers.CharField(
        max_length=120, required=False, default="", help_text="The contact's id in your own system, or ours."
    )
    event_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    days = serializers.IntegerField(min_value=1, max_value=_MOST_DAYS, default=7)

    def validate_event_id(self, event_id: Any) -> Any:
        """An event that is there."""
        if event_id is not None and not Event.objects.filter(id=event_id).exists():
            raise serializers.ValidationError("There is no such event.")
        return event_id


class ExplainView(APIView):
    """``GET workflows/{id}/explain/``."""

    required_scopes = SCOPES

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_workflows_explain",
        parameters=[AskedSerializer],
        responses=ContactExplanationSerializer,
    )
    def get(self, request: Request, workflow_id: Any) -> Response:
        """Why did this, or did this not, run for a contact? Of one event, or of all within the last days that the workflow
        waits for. Judged by the version that was in force then, on what the contact is now."""
        workflow = get_object_or_404(
            Workflow.objects.select_related("active_version").defer("active_version__document"),
            id=workflow_id,
        )
        given = AskedSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        found = explain_contact(workflow, Asked(**given.validated_data))
        return Response(ContactExplanationSerializer(found).data)
