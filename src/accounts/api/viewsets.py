"""Bases of the view sets that show a tenant's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet
from rest_framework import mixins, viewsets
from rest_framework.permissions import SAFE_METHODS

from accounts.audit.snapshots import snapshot
from accounts.principal import Principal
from core.api.noting import noted
from tenants.scope import require_tenant

if TYPE_CHECKING:
    _Base = viewsets.GenericViewSet[Any]
else:
    _Base = viewsets.GenericViewSet


class ScopedViewSet(_Base):
    """Declare ``queryset``, ``serializer_class`` and ``required_scopes``; add DRF's mixins for what it can do."""

    #: By kind of method; see ``accounts.api.permissions``.
    required_scopes: dict[str, str] = {}
    #: By action, before the above.
    action_scopes: dict[str, str] = {}

    @property
    def principal(self) -> Principal:
        """Who asks, for which tenant."""
        principal = self.request.auth
        assert isinstance(principal, Principal)
        return principal

    def get_queryset(self) -> QuerySet[Model]:
        """The rows. Raises ``NoTenantError`` outside a tenant's scope."""
        if not getattr(self, "swagger_fake_view", False):
            require_tenant()
        return super().get_queryset()

    def get_object(self) -> Any:
        """The row of the path. Before a change its values are noted down, for the audit."""
        row = super().get_object()
        notes = noted(self.request)
        if self.request.method not in SAFE_METHODS and notes.row is None and isinstance(row, Model):
            notes.row, notes.before, notes.object_label = row, snapshot(row), str(row)
        return row


class ScopedModelViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    ScopedViewSet,
):
    """List, show, create, change, delete. ``PATCH`` only: a whole row is never replaced."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
