"""Tags."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.serializers import BaseSerializer

from accounts.api.viewsets import ScopedModelViewSet
from crm.api.serializers import TagSerializer
from crm.models import Tag
from crm.services.tags import create_tag, delete_tags, update_tag
from events.api.idempotency import IdempotentWritesMixin


@extend_schema(tags=["crm"])
class TagViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """The tenant's tags. Deleting one takes it off everybody."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    required_scopes = {"read": "crm:read", "write": "crm:write"}
    search_fields = ["name"]
    ordering_fields = ["name", "created_at"]

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Make it."""
        serializer.instance = create_tag(**serializer.validated_data)
        serializer.instance.refresh_from_db()

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """Rename or recolour it."""
        serializer.instance = update_tag(self.get_object(), **serializer.validated_data)

    def perform_destroy(self, instance: Tag) -> None:
        """Remove it."""
        with transaction.atomic():
            delete_tags([instance])
