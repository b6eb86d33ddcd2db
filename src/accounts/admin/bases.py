"""Bases of the model admins: refusals shown as messages, and the platform's log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.admin import ModelAdmin

from core.errors import PermanentError

log = structlog.get_logger(__name__)


class RefusalsAsMessages(ModelAdmin):
    """A service's refusal is told on the page that asked for it; what it had begun is rolled back by then."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change."""
        return self._told(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete one."""
        return self._told(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list, and actions on it."""
        return self._told(request, super().changelist_view, *args, **kwargs)

    def _told(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermanentError as exc:
            self.message_user(request, str(exc), messages.ERROR)
        except ValidationError as exc:
            self.message_user(request, " ".join(exc.messages), messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyModelAdmin(ModelAdmin):
    """Rows to look at."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class PlatformModelAdmin(RefusalsAsMessages):
    """A model on the platform's site: what is done is written to the structured log."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Note that ``obj`` was made."""
        self._note(request, "added", obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Note that ``obj`` was changed."""
        self._note(request, "changed", obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Note that these are being deleted."""
        for obj in queryset:
            self._note(request, "deleted", obj, "")

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """There is no log to show here."""
        raise Http404

    def _note(self, request: HttpRequest, what: str, obj: Model, message: Any) -> None:
        log.info(
            f"platform admin: {what}",
            model=obj._meta.label,
            row=str(obj.pk),
            by=f"user:{request.user.pk}",
            detail=message,
        )
