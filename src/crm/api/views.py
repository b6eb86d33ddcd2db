"""Saved views of the table of contacts."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.api.viewsets import ScopedModelViewSet
from crm.models import ContactView
from crm.services.views import save_view, visible_to
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.fields import JSONObjectField


class ContactViewSerializer(serializers.ModelSerializer[ContactView]):
    """A view: columns, ordering and filter under a name. ``mine``: the caller made it, and may change it."""

    columns = serializers.ListField(child=serializers.CharField(max_length=80), max_length=50)
    ordering = serializers.ListField(child=serializers.CharField(max_length=80), max_length=3, required=False)
    predicate = JSONObjectField(required=False)
    mine = serializers.SerializerMethodField()

    class Meta:
        model = ContactView
        fields = [
            "id", "name", "columns", "ordering", "predicate", "search", "shared", "mine", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["id", "created_at", "updated_at"]

    def get_mine(self, view: ContactView) -> bool:
        """Whether it is the caller's own."""
        return view.owner_id is not None and view.owner_id == self.context.get("owner")


@extend_schema(tags=["crm"])
class ContactViewViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """The caller's own views, and those that are shared. Whoever may read contacts keeps views of their own; sharing one,
    and changing what is shared, takes ``crm:write``."""

    queryset = ContactView.objects.all()
    serializer_class = ContactViewSerializer
    required_scopes = {"read": "crm:read", "write": "crm:read"}
    search_fields = ["name"]
    ordering_fields = ["name", "created_at"]

    @property
    def _owner(self) -> uuid.UUID | None:
        return self.principal.id if self.principal.kind == "member" else None

    def get_queryset(self) -> QuerySet[Any]:
        """See the class."""
        super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return ContactView.objects.none()
        return visible_to(self._owner).order_by("name", "id")

    def get_serializer_context(self) -> dict[str, Any]:
        """With who asks."""
        fake = getattr(self, "swagger_fake_view", False)
        return {**super().get_serializer_context(), "owner": None if fake else self._owner}

    def perform_create(self, serializer: Any) -> None:
        """A program's views are shared, since it sees no others."""
        values = dict(serializer.validated_data)
        if self._owner is None:
            values["shared"] = True
        self._allow(ContactView(owner_id=self._owner), values.get("shared", False))
        serializer.instance = save_view(ContactView(owner_id=self._owner), values)

    def perform_update(self, serializer: Any) -> None:
        """One's own, or with ``crm:write`` a shared one."""
        view = serializer.instance
        self._allow(view, view.shared or serializer.validated_data.get("shared", False))
        serializer.instance = save_view(view, serializer.validated_data)

    def perform_destroy(self, instance: ContactView) -> None:
        """As changing it."""
        self._allow(instance, instance.shared)
        instance.delete()

    def _allow(self, view: ContactView, shared: bool) -> None:
        if (shared or view.owner_id != self._owner) and not self.principal.allows("crm:write"):
            raise PermissionDenied("This needs the scope crm:write.")
