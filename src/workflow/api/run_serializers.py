"""The JSON of what happens: events in, samples to try on, executions and their steps."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from events.models import Event
from workflow.api.fields import JSONObjectField
from workflow.api.naming import ActorNamed, ContactNamed, NamingListSerializer
from workflow.api.serializers import ProblemSerializer, check_event_type
from workflow.models import ActionExecution, TriggerEventLog, WorkflowExecution
from workflow.services.running import Subject
from workflow.services.testing import Sample
from workflow.services.whereabouts import whereabouts


class SubjectSerializer(serializers.Serializer[Any]):
    """For whom to run something: ``user_id`` is the contact's id in your own system, or ours."""

    user_id = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    conversation_id = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    data = JSONObjectField(  # type: ignore[assignment]
        strip_nul=True, required=False, default=dict, help_text="Becomes event.data."
    )

    def subject(self, *, by: str) -> Subject:
        """What was asked for, by whom."""
        given = self.validated_data
        return Subject(
            by=by, user_id=given["user_id"], conversation_id=given["conversation_id"], data=given["data"]
        )


class RunWorkflowSerializer(SubjectSerializer):
    """What starts a workflow by hand."""

    user_id = serializers.CharField(max_length=120)


class RunActionSerializer(SubjectSerializer):
    """What runs a single action: its config, and for whom."""

    config = JSONObjectField(required=False, default=dict)


class RunResultSerializer(serializers.Serializer[Any]):
    """What the action gave back."""

    action = serializers.CharField()
    output = serializers.DictField()


class ProcessEventSerializer(serializers.Serializer[Any]):
    """An event to process. ``user_id`` is the contact's id in your own system (or ours): the contact is made when it is
    new. A ``conversation_id`` that is not ours is kept as ``data.external_conversation_id``."""

    event_type = serializers.CharField(max_length=60)
    data = JSONObjectField(strip_nul=True, required=False, default=dict)  # type: ignore[assignment]
    user_id = serializers.CharField(max_length=120, required=False, allow_blank=True, allow_null=True)
    conversation_id = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)
    timestamp = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When it happened; default: now."
    )

    def validate_event_type(self, code: str) -> str:
        """A known one."""
        return check_event_type(code)


class MatchedSerializer(serializers.Serializer[Any]):
    """A workflow that the event starts."""

    workflow = serializers.UUIDField(source="workflow_id")
    name = serializers.CharField()


class TakenSerializer(serializers.Serializer[Any]):
    """``queued``: recorded, and on its way to whoever wants it. ``duplicate``: this message came before.

    ``matched`` are the workflows that start as things stand now; the event's own turn comes in the order of its contact's
    events. ``links.explain`` tells later why each ran or did not.
    """

    event_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=["queued", "duplicate"])
    matched = MatchedSerializer(many=True)
    links = serializers.DictField(child=serializers.CharField())


class SampleSerializer(serializers.Serializer[Any]):
    """What to try on: a real event by its id, or a made-up one. ``context`` replaces roots, as in
    ``{"user": {"tags": ["interested"]}}``."""

    event_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    event_type = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    data = JSONObjectField(strip_nul=True, required=False, default=dict)  # type: ignore[assignment]
    user_id = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    conversation_id = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    context = JSONObjectField(required=False, default=dict)  # type: ignore[assignment]

    def validate_event_id(self, event_id: Any) -> Any:
        """An event that is there."""
        if event_id is not None and not Event.objects.filter(id=event_id).exists():
            raise serializers.ValidationError("There is no such event.")
        return event_id

    def sample(self) -> Sample:
        """What was given."""
        return Sample(**self.validated_data)


class PredicateTestSerializer(serializers.Serializer[Any]):
    """``error`` means that the predicate cannot be decided, which is never the same as ``false``."""

    result = serializers.ChoiceField(choices=["true", "false", "error"])
    explanation = serializers.DictField()
    text = serializers.CharField()
    problems = ProblemSerializer(many=True)


class ActionTestSerializer(serializers.Serializer[Any]):
    """``config`` is what the action would be given, its secrets hidden."""

    valid = serializers.BooleanField()
    config = serializers.DictField()
    problems = ProblemSerializer(many=True)


class StepSerializer(serializers.ModelSerializer[ActionExecution]):
    """One step of an execution."""

    class Meta:
        model = ActionExecution
        fields = [
            "id", "node", "action", "state", "port", "attempts", "input", "output", "error", "started_at",
            "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class ExecutionSerializer(ContactNamed, serializers.ModelSerializer[WorkflowExecution]):
    """One run of a workflow. A branch, a turn of a loop and a called workflow have a ``parent``; ``branch`` names their
    place in it."""

    workflow_name = serializers.CharField(source="workflow.name", read_only=True)
    version_number = serializers.IntegerField(source="version.number", read_only=True)

    class Meta:
        model = WorkflowExecution
        fields = [
            "id", "workflow", "workflow_name", "version", "version_number", "event_id", "contact_id",
            "contact_name", "conversation_id", "trigger", "entry_key", "parent", "branch", "state", "node", "error", "exit_reason",
            "converted_at", "started_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields
        list_serializer_class = NamingListSerializer


class WaitingSerializer(serializers.Serializer[Any]):
    """One thing that an execution waits for."""

    node = serializers.CharField()
    branch = serializers.CharField()
    text = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)


class ExecutionDetailSerializer(ExecutionSerializer):
    """One run with its steps, in the order in which they began, and what it waits for."""

    steps = StepSerializer(many=True, read_only=True)
    outputs = serializers.DictField(read_only=True)
    vars = serializers.SerializerMethodField(help_text="What set_variables set.")
    waits_for = serializers.SerializerMethodField(help_text="Empty once it has ended.")

    def get_vars(self, execution: WorkflowExecution) -> dict[str, Any]:
        """Out of its scope."""
        return dict((execution.scope or {}).get("vars", {}))

    @extend_schema_field(WaitingSerializer(many=True))
    def get_waits_for(self, execution: WorkflowExecution) -> Any:
        """Its own waits and those of its branches, in words."""
        return WaitingSerializer(whereabouts(execution).waits_for, many=True).data

    class Meta(ExecutionSerializer.Meta):
        fields = [*ExecutionSerializer.Meta.fields, "vars", "outputs", "waits_for", "steps"]
        read_only_fields = fields


class TriggerEventLogSerializer(serializers.ModelSerializer[TriggerEventLog]):
    """What a workflow's trigger made of an event."""

    workflow_name = serializers.CharField(source="workflow.name", read_only=True)

    class Meta:
        model = TriggerEventLog
        fields = [
            "id",
            "event_id",
            "workflow",
            "workflow_name",
            "execution_id",
            "result",
            "detail",
            "created_at",
        ]
        read_only_fields = fields


class EventSerializer(ContactNamed, ActorNamed, serializers.ModelSerializer[Event]):
    """Something that happened."""

    class Meta:
        model = Event
        fields = [
            "id", "type", "occurred_at", "recorded_at", "contact_id", "contact_name", "conversation_id", "data",
            "actor", "actor_name", "causation_id", "depth",
        ]  # fmt: skip
        read_only_fields = fields
        list_serializer_class = NamingListSerializer
