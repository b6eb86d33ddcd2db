"""Custom fields."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.serializers import BaseSerializer

from accounts.api.viewsets import ScopedModelViewSet
from crm.api.serializers import CustomFieldChangeSerializer, CustomFieldSerializer
from crm.models import CustomField
from crm.services.fields import declare_field, delete_fields, update_field
from events.api.idempotency import IdempotentWritesMixin


@extend_schema(tags=["crm"])
@extend_schema_view(
    partial_update=extend_schema(request=CustomFieldChangeSerializer, responses=CustomFieldSerializer)
)
class CustomFieldViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """The fields that the tenant added to its contacts. Deleting one removes its values from every contact."""

    queryset = CustomField.objects.all()
    required_scopes = {"read": "crm:read", "write": "crm:write"}
    search_fields = ["slug", "label"]
    ordering_fields = ["slug", "label"]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Slug and type are set once."""
        return CustomFieldChangeSerializer if self.action == "partial_update" else CustomFieldSerializer

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        """Declare it."""
        serializer.instance = declare_field(**serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        """Change its label or choices."""
        assert serializer.instance is not None
        serializer.instance = update_field(serializer.instance, **serializer.validated_data)

    def perform_destroy(self, instance: CustomField) -> None:
        """Remove it."""
        with transaction.atomic():
            delete_fields([instance])
