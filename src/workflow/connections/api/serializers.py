"""The JSON of connections and of their types."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from workflow.api.fields import JSONObjectField
from workflow.connections.models import Connection
from workflow.connections.types.base import Outcome


class ConnectionTypeSerializer(serializers.Serializer[Any]):
    """A type of connection, with the JSON Schemas that its form is drawn from."""

    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    settings_schema = serializers.DictField()
    secret_schema = serializers.DictField(help_text="Fields with `writeOnly` are never shown.")
    example = serializers.DictField()


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A stored connection. Its secret is never shown."""

    class Meta:
        model = Connection
        fields = ["id", "name", "type", "settings", "created_at", "updated_at"]
        read_only_fields = fields


class NewConnectionSerializer(serializers.Serializer[Any]):
    """A connection to store: ``settings`` and ``secret`` by the type's schemas."""

    name = serializers.CharField(max_length=120)
    type = serializers.CharField(max_length=40, help_text="A slug of `connections/types/`.")
    settings = JSONObjectField(default=dict)
    secret = JSONObjectField(default=dict, write_only=True)


class ConnectionChangeSerializer(serializers.Serializer[Any]):
    """What to change: the settings and secrets that are given replace, the others stay."""

    name = serializers.CharField(required=False, max_length=120)
    settings = JSONObjectField(required=False)
    secret = JSONObjectField(required=False, write_only=True)


class ConnectionTestSerializer(serializers.Serializer[Any]):
    """How trying it out went."""

    outcome = serializers.ChoiceField(choices=[outcome.value for outcome in Outcome])
    message = serializers.CharField()
