"""A member's own notifications."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.permissions import ANY_SCOPE
from accounts.api.viewsets import ScopedViewSet
from accounts.notifications.models import Notification
from accounts.notifications.services import mark_read


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """Something that the member is told. ``link`` holds a ``contact_id``, a ``conversation_id``, an ``approval_id`` with the
    ``url`` of the page that decides (a path on this host), or nothing."""

    link = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "link", "created_at", "read_at"]
        read_only_fields = fields


class UnreadSerializer(serializers.Serializer[Any]):
    """How many the member has not seen."""

    unread = serializers.IntegerField()


class NotificationFilter(django_filters.FilterSet):
    """``unread``: not seen yet, or seen."""

    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields = ["unread", "kind"]


@extend_schema(tags=["notifications"])
@extend_schema_view(list=extend_schema(summary="List one's own notifications"))
class NotificationViewSet(mixins.ListModelMixin, ScopedViewSet):
    """What the member who asks was told, newest first. An API key is nobody, and has none."""

    queryset = Notification.objects.all()
    serializer_class = NotificationSerializer
    required_scopes = {"read": ANY_SCOPE, "write": ANY_SCOPE}
    filter_backends = [DjangoFilterBackend]
    filterset_class = NotificationFilter

    def get_queryset(self) -> QuerySet[Any]:
        """One's own."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.filter(recipient_id=self.principal.id)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are narrowed; one notification is found by its id, whatever else the query says."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(summary="Count what is unread", responses=UnreadSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def unread(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How many the member has not seen."""
        return self._unread()

    @extend_schema(summary="Mark one as read", request=None, responses=UnreadSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """It was seen. Answers how many are left."""
        mark_read(self.principal.id, [self.get_object().id])
        return self._unread()

    @extend_schema(summary="Mark all as read", request=None, responses=UnreadSerializer)
    @action(detail=False, methods=["post"])
    def read_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All were seen."""
        mark_read(self.principal.id)
        return self._unread()

    def _unread(self) -> Response:
        return Response({"unread": self.get_queryset().filter(read_at__isnull=True).count()})
