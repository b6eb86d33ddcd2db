"""The catalogue for builders: fields, operators, the predicate grammar and the shapes of events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import predicates
from workflow.api.workflows import SCOPES
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


class CatalogueSerializer(serializers.Serializer[Any]):
    """All that a builder needs to offer."""

    fields = FieldSerializer(many=True)  # type: ignore[assignment]
    operators = OperatorSerializer(many=True)
    event_types = EventShapeSerializer(many=True)
    predicate_schema = serializers.DictField(help_text="The JSON Schema of a predicate.")


class CatalogueView(APIView):
    """What predicates and templates can be made of."""

    required_scopes = SCOPES

    @extend_schema(tags=["workflows"], operation_id="workflow_fields", responses=CatalogueSerializer)
    def get(self, request: Request) -> Response:
        """The fields, the operators, the shapes of events, and the grammar."""
        return Response(
            {
                "fields": [spec.as_dict() for spec in FIELDS.specs()],
                "operators": predicates.catalogue(),
                "event_types": list(EventType.objects.values("code", "label", "schema")),
                "predicate_schema": predicates.json_schema(),
            }
        )
