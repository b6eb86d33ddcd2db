"""The settings of the tenant's engine."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from workflow.api.fields import JSONObjectField
from workflow.api.workflows import SCOPES
from workflow.services.settings import (
    MAX_PER_HOUR,
    MAX_RETENTION_DAYS,
    InvalidSettingError,
    change_settings,
    effective_settings,
    engine_settings,
)


class EffectiveSettingsSerializer(serializers.Serializer[Any]):
    """What holds now, the installation's own settings where the tenant set none. Null is no limit."""

    retention_days = serializers.IntegerField()
    executions_per_hour = serializers.IntegerField(allow_null=True)
    contact_executions_per_hour = serializers.IntegerField(allow_null=True)
    action_costs = serializers.DictField(child=serializers.FloatField())


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Ninety days, a limit and a price",
            value={
                "retention_days": 90,
                "executions_per_hour": None,
                "contact_executions_per_hour": 20,
                "action_costs": {"send_message": 0.8},
            },
            request_only=True,
        )
    ]
)
class EngineSettingsSerializer(serializers.Serializer[Any]):
    """What the tenant has set; null is the installation's own setting, or no limit. ``action_costs`` are sent as a whole."""

    retention_days = serializers.IntegerField(
        min_value=1,
        max_value=MAX_RETENTION_DAYS,
        allow_null=True,
        required=False,
        help_text="How long ended executions are kept.",
    )
    executions_per_hour = serializers.IntegerField(
        min_value=1,
        max_value=MAX_PER_HOUR,
        allow_null=True,
        required=False,
        help_text="How many executions may start in an hour, in the whole tenant.",
    )
    contact_executions_per_hour = serializers.IntegerField(
        min_value=1,
        max_value=MAX_PER_HOUR,
        allow_null=True,
        required=False,
        help_text="How many executions may start in an hour for one contact.",
    )
    action_costs = JSONObjectField(
        required=False,
        help_text="What one use of an action costs, in the tenant's currency, by the action's slug.",
    )
    effective = EffectiveSettingsSerializer(read_only=True)


class EngineSettingsView(APIView):
    """The engine's settings for the whole tenant."""

    required_scopes = SCOPES

    @extend_schema(tags=["workflows"], operation_id="workflow_settings", responses=EngineSettingsSerializer)
    def get(self, request: Request) -> Response:
        """What is set, and what holds."""
        return _shown()

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_settings_change",
        request=EngineSettingsSerializer,
        responses=EngineSettingsSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Change some; they hold at once."""
        given = EngineSettingsSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        try:
            change_settings(given.validated_data)
        except InvalidSettingError as exc:
            raise serializers.ValidationError({exc.field: [exc.problem]}) from exc
        return _shown()


def _shown() -> Response:
    own = engine_settings()
    fields = ("retention_days", "executions_per_hour", "contact_executions_per_hour", "action_costs")
    values = {field: getattr(own, field) for field in fields}
    return Response(EngineSettingsSerializer({**values, "effective": asdict(effective_settings(own))}).data)
