"""The admin's own log told to the audit as well: a mixin that the tenants' admin site gives to every model admin."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.audit.models import Door
from accounts.audit.services import NewEntry, record
from accounts.audit.snapshots import difference, snapshot, snapshot_now
from core.api.noting import noted


class AuditedAdmin(ModelAdmin):
    """Mixed in by ``TenantAdminSite.register``: what is logged is in the audit, with the fields that changed."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row of the page. Before a change its values are noted down."""
        row = super().get_object(request, object_id, from_field)
        if request.method == "POST" and row is not None:
            notes = noted(request)
            notes.row, notes.before = row, snapshot(row)
        return row

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """``obj`` was made."""
        _tell(request, "created", obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """``obj`` was changed, or something was done with it, which a text says."""
        notes = noted(request)
        changes: dict[str, Any] = {}
        if notes.row is not None and notes.row.pk == obj.pk and isinstance(obj, type(notes.row)):
            after = snapshot_now(obj, notes.before)
            changes = difference(type(obj), notes.before, after) if after is not None else {}
        detail = {"done": message} if isinstance(message, str) else {}
        _tell(request, "changed", obj, changes=changes, detail=detail)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """These are being deleted."""
        for obj in queryset:
            _tell(request, "deleted", obj)
        return super().log_deletions(request, queryset)


def _tell(
    request: HttpRequest,
    action: str,
    obj: Model,
    *,
    changes: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    record(
        NewEntry(
            door=Door.ADMIN,
            actor=f"member:{request.user.pk}",
            actor_name=str(getattr(request.user, "email", "")),
            action=action,
            object_type=obj._meta.label_lower,
            object_id=str(obj.pk),
            object_label=str(obj),
            changes=changes or {},
            detail=detail or {},
        ),
        request=request,
    )
