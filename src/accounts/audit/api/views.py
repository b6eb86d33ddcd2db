"""The audit, for those who may do everything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Max, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from accounts.audit.models import AuditEntry, Door
from accounts.scopes import ADMIN_ALL
from core.ids import uuid7_bound

#: Choices are read from so many of the newest entries.
_LOOKED_AT = 5_000
_MOST_CHOICES = 200


class ChangeSerializer(serializers.Serializer[Any]):
    """A field that changed. A value is text, a number, true, false, null or a list of those; ``•••`` stands for a secret,
    ``…`` for what is too long to show."""

    field = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """Something that someone did."""

    door = serializers.ChoiceField(choices=Door.choices, read_only=True)
    changes = serializers.SerializerMethodField()
    detail = serializers.DictField(read_only=True)

    class Meta:
        model = AuditEntry
        fields = [
            "id", "at", "door", "actor", "actor_name", "action", "object_type", "object_id", "object_label",
            "changes", "detail", "ip", "request_id",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, entry: AuditEntry) -> list[dict[str, Any]]:
        """Field by field."""
        return [
            {"field": name, "before": before, "after": after}
            for name, (before, after) in sorted(entry.changes.items())
        ]


class ActorSerializer(serializers.Serializer[Any]):
    """Someone who did something."""

    actor = serializers.CharField()
    name = serializers.CharField()


class AuditChoicesSerializer(serializers.Serializer[Any]):
    """What the list can be narrowed by: what occurs among the newest 5,000 entries."""

    actors = ActorSerializer(many=True)
    actions = serializers.ListField(child=serializers.CharField())
    object_types = serializers.ListField(child=serializers.CharField())


class AuditFilter(django_filters.FilterSet):
    """By who, what, to what, and when."""

    actor = django_filters.CharFilter(max_length=80, help_text="member:<id> or key:<id>")
    action = django_filters.CharFilter(max_length=60)
    object_type = django_filters.CharFilter(max_length=80)
    object_id = django_filters.CharFilter(max_length=80)
    door = django_filters.ChoiceFilter(choices=Door.choices)
    after = django_filters.IsoDateTimeFilter(method="since", label="From this moment on")
    before = django_filters.IsoDateTimeFilter(method="until", label="Before this moment")

    class Meta:
        model = AuditEntry
        fields = ["actor", "action", "object_type", "object_id", "door"]

    def since(self, rows: QuerySet[AuditEntry], name: str, value: datetime) -> QuerySet[AuditEntry]:
        """Ids are in the order of time."""
        return rows.filter(id__gte=uuid7_bound(value))

    def until(self, rows: QuerySet[AuditEntry], name: str, value: datetime) -> QuerySet[AuditEntry]:
        """See :meth:`since`."""
        return rows.filter(id__lt=uuid7_bound(value))


@extend_schema(tags=["audit"])
@extend_schema_view(
    list=extend_schema(summary="List what was done"), retrieve=extend_schema(summary="Show an entry")
)
class AuditViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """Who did what, newest first: every successful write through the API and the admin, and sign-ins."""

    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    required_scopes = {"read": ADMIN_ALL}
    filterset_class = AuditFilter
    search_fields = ["object_label", "actor_name", "request_id"]
    ordering_fields: list[str] = []

    @extend_schema(summary="List what it can be narrowed by", responses=AuditChoicesSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def choices(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that occur."""
        newest = AuditEntry.objects.order_by("-id").values("id")[:_LOOKED_AT]
        rows = AuditEntry.objects.filter(id__in=newest)
        actors = rows.exclude(actor="").values("actor").annotate(name=Max("actor_name")).order_by("name")
        found = {
            "actors": list(actors[:_MOST_CHOICES]),
            "actions": _distinct(rows, "action"),
            "object_types": _distinct(rows, "object_type"),
        }
        return Response(AuditChoicesSerializer(found).data)


def _distinct(rows: QuerySet[AuditEntry], column: str) -> list[str]:
    values = rows.order_by(column).values_list(column, flat=True).distinct()[:_MOST_CHOICES]
    return [value for value in values if value]
