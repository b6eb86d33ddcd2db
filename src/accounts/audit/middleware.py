"""The one place where successful writes through the API enter the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.db import Error, transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from accounts.audit.models import Door
from accounts.audit.quiet import is_quiet
from accounts.audit.services import NewEntry, name_of, record
from accounts.audit.snapshots import difference, snapshot_now
from accounts.principal import Principal
from core.api.noting import Noted, noted
from tenants.scope import current_tenant

log = structlog.get_logger(__name__)

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
#: What the standard operations are called; others go by their own name.
_STANDARD = {
    "create": "created",
    "update": "changed",
    "partial_update": "changed",
    "destroy": "deleted",
    "post": "done",
    "put": "changed",
    "patch": "changed",
    "delete": "deleted",
}
_LABELS = ("name", "label", "title", "email")


class AuditMiddleware:
    """Stands inside the tenant's scope. An entry is written once the view has committed; when that fails, the request
    stays done and the log says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method in _WRITES and _is_to_be_told(request, response):
            try:
                with transaction.atomic():
                    record(_entry(request, response), request=request)
            except Error:
                log.exception("not written to the audit", path=request.path)
        return response


def _is_to_be_told(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        response.status_code < 400
        and isinstance(getattr(request, "auth", None), Principal)
        and current_tenant() is not None
        and "Idempotent-Replayed" not in response
        and request.resolver_match is not None
        and not is_quiet(request.resolver_match.url_name or "")
    )


def _entry(request: HttpRequest, response: HttpResponse) -> NewEntry:
    principal: Principal = request.auth  # type: ignore[attr-defined]
    view = getattr(response, "renderer_context", {}).get("view")
    notes = noted(request)
    operation = getattr(view, "action", None) or (request.method or "").lower()
    changes: dict[str, Any] = {}
    action = _STANDARD.get(operation, operation)
    if notes.row is not None:
        after = snapshot_now(notes.row, notes.before)
        changes = difference(type(notes.row), notes.before, after) if after is not None else {}
    object_type, object_id, label = _object(request, response, view, notes)
    return NewEntry(
        door=Door.API,
        actor=principal.label,
        actor_name=name_of(principal),
        action=action,
        object_type=object_type,
        object_id=object_id,
        object_label=label,
        changes=changes,
        detail=notes.detail,
    )


def _object(request: HttpRequest, response: HttpResponse, view: Any, notes: Noted) -> tuple[str, str, str]:
    """What it was done to: the row that was found, else the one that the answer shows, else the path's own name."""
    assert request.resolver_match is not None
    if notes.row is not None:
        return _type(type(notes.row)), str(notes.row.pk), notes.object_label or str(notes.row)
    shown = getattr(response, "data", None)
    shown = shown if isinstance(shown, dict) else {}
    queryset = getattr(view, "queryset", None)
    model = _type(queryset.model) if queryset is not None else request.resolver_match.url_name or ""
    label = next((str(shown[name]) for name in _LABELS if shown.get(name)), "")
    return (
        notes.object_type or model,
        notes.object_id or str(shown.get("id") or ""),
        notes.object_label or label,
    )


def _type(model: type[Model]) -> str:
    return model._meta.label_lower
