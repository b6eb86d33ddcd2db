"""The JSON of workflows and of the blocks that they are made of."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workflow.actions.base import ACTIONS
from workflow.api.errors import fields_of
from workflow.api.fields import JSONObjectField
from workflow.api.naming import ActorNamed, NamingListSerializer
from workflow.graph import DocumentError, Problem, read
from workflow.models import Action, Condition, EventType, Trigger, Version, Workflow
from workflow.services.checking import config_problems, predicate_problems, retry_problems
from workflow.services.event_types import is_known, known_codes


def refuse(problems: list[Problem], *, under: str = "") -> None:
    """Raises ``ValidationError`` with ``problems`` by field, if there are any."""
    if problems:
        raise serializers.ValidationError(fields_of(problems, under=under))


def check_event_type(code: str) -> str:
    """``code`` if it is known. Raises ``ValidationError``, which names those that are."""
    if not is_known(code):
        known = ", ".join(known_codes())
        raise serializers.ValidationError(f"There is no event type {code!r}; known: {known}.")
    return code


class VersionNameSerializer(serializers.ModelSerializer[Version]):
    """A version without its document."""

    class Meta:
        model = Version
        fields = ["id", "number", "published_at", "published_by", "note"]
        read_only_fields = fields


class VersionRowSerializer(ActorNamed, VersionNameSerializer):
    """A version in its workflow's history. ``actor_name`` is its publisher's."""

    actor_field = "published_by"

    class Meta(VersionNameSerializer.Meta):
        fields = [*VersionNameSerializer.Meta.fields, "actor_name"]
        read_only_fields = fields
        list_serializer_class = NamingListSerializer


class VersionSerializer(VersionRowSerializer):
    """A version: what runs, or ran."""

    document = serializers.DictField(read_only=True)

    class Meta(VersionRowSerializer.Meta):
        fields = [*VersionRowSerializer.Meta.fields, "document"]
        read_only_fields = fields


class TriggerNameSerializer(serializers.Serializer[Any]):
    """A trigger of a workflow in short; a trigger that is no plain event has no ``event_type`` here."""

    id = serializers.CharField()
    type = serializers.CharField()
    name = serializers.CharField()
    event_type = serializers.CharField()


class WorkflowNameSerializer(serializers.ModelSerializer[Workflow]):
    """A workflow without its document, as lists show it."""

    active_version = VersionNameSerializer(read_only=True, allow_null=True)
    has_unpublished_changes = serializers.SerializerMethodField(
        help_text="Whether the workflow was changed since it was published."
    )
    triggers = serializers.SerializerMethodField(
        help_text="Of the active version; of the draft before there is one."
    )

    class Meta:
        model = Workflow
        fields = [
            "id", "name", "description", "status", "paused_reason", "revision", "active_version", "has_unpublished_changes",
            "triggers", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_has_unpublished_changes(self, workflow: Workflow) -> bool:
        """By the draft's revision."""
        return workflow.published_revision != workflow.revision

    @extend_schema_field(TriggerNameSerializer(many=True))
    def get_triggers(self, workflow: Workflow) -> Any:
        """As the document has them."""
        document = workflow.draft if workflow.active_version is None else workflow.active_version.document
        specs = [spec for spec in document.get("triggers", []) if isinstance(spec, dict)]
        fallback = {"id": "", "type": "event", "name": "", "event_type": ""}
        return TriggerNameSerializer([{**fallback, **spec} for spec in specs], many=True).data


class WorkflowSerializer(WorkflowNameSerializer):
    """A workflow with its draft, which may be incomplete: only its shape is checked when it is saved.

    Send back the ``revision`` that you have read (or ``If-Match``) and a change that someone else made meanwhile is not
    overwritten: the answer is 409.
    """

    draft = JSONObjectField(required=False)
    revision = serializers.IntegerField(required=False)

    class Meta(WorkflowNameSerializer.Meta):
        fields = [*WorkflowNameSerializer.Meta.fields, "draft"]
        read_only_fields = ["id", "status", "paused_reason", "active_version", "created_at", "updated_at"]

    def validate_draft(self, draft: dict[str, Any]) -> dict[str, Any]:
        """Its shape."""
        try:
            read(draft)
        except DocumentError as exc:
            refuse(exc.problems)
        return draft


class ProblemSerializer(serializers.Serializer[Any]):
    """One thing to mend; ``place`` is a JSON pointer into the document or a node's id."""

    place = serializers.CharField()
    message = serializers.CharField()


class ProblemsSerializer(serializers.Serializer[Any]):
    """What keeps the draft from being published; empty when nothing does."""

    problems = ProblemSerializer(many=True)


class TriggerSerializer(serializers.ModelSerializer[Trigger]):
    """A named trigger: an event type and a predicate (empty: every event of the type)."""

    predicate = JSONObjectField(required=False)

    class Meta:
        model = Trigger
        fields = ["id", "name", "description", "event_type", "predicate", "created_at", "updated_at"]
        read_only_fields = ["id", "created_at", "updated_at"]

    def validate_event_type(self, code: str) -> str:
        """A known one."""
        return check_event_type(code)

    def validate_predicate(self, predicate: dict[str, Any]) -> dict[str, Any]:
        """A predicate of known fields."""
        refuse(predicate_problems(predicate, "", needed=False))
        return predicate


class ConditionSerializer(serializers.ModelSerializer[Condition]):
    """A named predicate."""

    predicate = JSONObjectField()

    class Meta:
        model = Condition
        fields = ["id", "name", "description", "predicate", "created_at", "updated_at"]
        read_only_fields = ["id", "created_at", "updated_at"]

    def validate_predicate(self, predicate: dict[str, Any]) -> dict[str, Any]:
        """A predicate of known fields, and not an empty one."""
        refuse(predicate_problems(predicate, "", needed=True))
        return predicate


class ActionSerializer(serializers.ModelSerializer[Action]):
    """A named action: ``type`` is one of ``actions/action_types/``, ``config`` of that type's schema."""

    config = JSONObjectField(required=False)
    retry = JSONObjectField(required=False, help_text="Overrides parts of the action's retry policy.")

    class Meta:
        model = Action
        fields = ["id", "name", "description", "type", "config", "retry", "created_at", "updated_at"]
        read_only_fields = ["id", "created_at", "updated_at"]

    def validate_type(self, slug: str) -> str:
        """A known one."""
        if slug not in ACTIONS:
            raise serializers.ValidationError(f"There is no action {slug!r}; known: {', '.join(ACTIONS)}.")
        return slug

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The config goes with the type."""
        slug = attrs.get("type") or (self.instance.type if isinstance(self.instance, Action) else "")
        action = ACTIONS.find(slug)
        if action is not None and {"type", "config"} & attrs.keys():
            config = attrs.get("config", self.instance.config if isinstance(self.instance, Action) else {})
            refuse(config_problems(action, config, "config"))
        refuse(retry_problems(attrs.get("retry", {}), ""))
        return attrs


class ActionTypeSerializer(serializers.Serializer[Any]):
    """What an action is: its schemas draw its form and describe its output."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    category = serializers.CharField()
    effect = serializers.ChoiceField(choices=["read", "reversible", "irreversible"])
    config_schema = serializers.DictField()
    output_schema = serializers.DictField()
    retry = serializers.DictField()
    example = serializers.DictField()
    example_output = serializers.DictField()
    ports = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(
        child=serializers.CharField(),
        help_text="Providers of channels of which one must be connected; `any` stands for all, an empty list for none.",
    )
    icon = serializers.CharField(help_text="One of the builder's icons; empty or unknown: its category's.")


class EventTypeSerializer(serializers.ModelSerializer[EventType]):
    """An event type; ``schema`` is the JSON Schema of ``event.data``, for the builder."""

    schema = JSONObjectField(required=False)

    class Meta:
        model = EventType
        fields = ["code", "label", "description", "schema", "is_builtin"]
        read_only_fields = ["is_builtin"]

    def validate_code(self, code: str) -> str:
        """Fixed once it is made."""
        if isinstance(self.instance, EventType) and code != self.instance.code:
            raise serializers.ValidationError("A code cannot be changed; make another event type.")
        return code
