"""The catalogue for builders: fields, operators, the predicate grammar and the shapes of events."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import predicates
from core.retry import RetryPolicy
from workflow.api.workflows import SCOPES
from workflow.audiences import AUDIENCES
from workflow.exit_signals import EXIT_SIGNALS
from workflow.graph import NODE_TYPES, TRIGGER_TYPES, Document
from workflow.models import EventType
from workflow.roots import FIELDS


class FieldSerializer(serializers.Serializer[Any]):
    """A field that predicates and templates may name; a path that ends in ``.*`` stands for all below it."""

    path = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    operators = serializers.ListField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.JSONField())
    example = serializers.JSONField(allow_null=True)


class OperatorSerializer(serializers.Serializer[Any]):
    """An operator, with the shape of its value."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    value = serializers.DictField()
    types = serializers.ListField(child=serializers.CharField())
    example = serializers.DictField()


class EventShapeSerializer(serializers.Serializer[Any]):
    """An event type with the JSON Schema of ``event.data``."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    schema = serializers.DictField()


class PortRuleSerializer(serializers.Serializer[Any]):
    """Which ports a node has: one for each item of the config's list ``each``, then ``fixed``."""

    fixed = serializers.ListField(child=serializers.CharField())
    each = serializers.CharField(help_text="A key of the config that holds a list; empty: none.")
    key = serializers.CharField(help_text="Where an item names its port; empty: the item is the name.")
    label = serializers.CharField(help_text="Where an item says what people call it; empty: nowhere.")  # type: ignore[assignment]
    when = serializers.DictField(
        child=serializers.CharField(),
        help_text="Fixed ports that are there only while that key of the config is set.",
    )


class NodeTypeSerializer(serializers.Serializer[Any]):
    """A node type, with the JSON Schema of its config and the ports of its example."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    config_schema = serializers.DictField()
    example = serializers.DictField()
    ports = serializers.ListField(child=serializers.CharField())
    port_rule = PortRuleSerializer()
    keys = serializers.ListField(
        child=serializers.CharField(),
        help_text="The parts of a node that it reads beside its config: action, retry, predicate, …",
    )
    branches = serializers.BooleanField(help_text="Whether one of its ports must lead on.")
    icon = serializers.CharField(help_text="One of the builder's icons; empty or unknown: its category's.")


class TriggerTypeSerializer(serializers.Serializer[Any]):
    """A trigger type, with the JSON Schema of its config."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    config_schema = serializers.DictField()
    example = serializers.DictField()
    keys = serializers.ListField(
        child=serializers.CharField(),
        help_text="The parts of a trigger that it reads beside those that all have: event_type, trigger_id.",
    )
    icon = serializers.CharField(
        help_text="One of the builder's icons; empty or unknown: that of all triggers."
    )


class ExitSignalSerializer(serializers.Serializer[Any]):
    """A ready-made reason to leave, and the event type that it stands for."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    event_type = serializers.CharField()


class AudienceSerializer(serializers.Serializer[Any]):
    """A set of contacts that a schedule or a start by hand may name, with the JSON Schema of its config."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    config_schema = serializers.DictField()


class CatalogueSerializer(serializers.Serializer[Any]):
    """All that a builder needs to offer, beside the actions (``actions/action_types/``)."""

    fields = FieldSerializer(many=True)  # type: ignore[assignment]
    operators = OperatorSerializer(many=True)
    event_types = EventShapeSerializer(many=True)
    predicate_schema = serializers.DictField(help_text="The JSON Schema of a predicate.")
    node_types = NodeTypeSerializer(many=True)
    trigger_types = TriggerTypeSerializer(many=True)
    exit_signals = ExitSignalSerializer(many=True)
    audiences = AudienceSerializer(many=True)
    document_schema = serializers.DictField(help_text="The JSON Schema of a workflow's document.")
    retry_schema = serializers.DictField(help_text="The JSON Schema of a retry policy.")


class CatalogueView(APIView):
    """What predicates, templates and workflows can be made of."""

    required_scopes = SCOPES

    @extend_schema(tags=["workflows"], operation_id="workflow_fields", responses=CatalogueSerializer)
    def get(self, request: Request) -> Response:
        """Fields, operators and the grammar of predicates, shapes of events, types of nodes and triggers."""
        return Response(
            {
                "fields": [spec.as_dict() for spec in FIELDS.specs()],
                "operators": predicates.catalogue(),
                "event_types": list(EventType.objects.values("code", "label", "schema")),
                "predicate_schema": predicates.json_schema(),
                "node_types": [node_type.describe() for node_type in NODE_TYPES.values()],
                "trigger_types": [trigger_type.describe() for trigger_type in TRIGGER_TYPES.values()],
                "exit_signals": [asdict(signal) for signal in EXIT_SIGNALS.values()],
                "audiences": [
                    {
                        "slug": audience.slug,
                        "label": audience.label,
                        "config_schema": audience.Config.model_json_schema(),
                    }
                    for audience in AUDIENCES.values()
                ],
                "document_schema": Document.model_json_schema(),
                "retry_schema": RetryPolicy.model_json_schema(),
            }
        )
