"""What the engine's admin pages share: inlines to look at, JSON that can be read, links, refusals with their places."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget

from core.errors import PermanentError
from workflow.graph import Problem
from workflow.models import ActionState, ExecutionState, JobState, Workflow, WorkflowStatus
from workflow.roots import ROOTS

#: The theme's colour of each state.
TONES: dict[str, str] = {
    ExecutionState.RUNNING: "info",
    ExecutionState.WAITING: "warning",
    ExecutionState.COMPLETED: "success",
    ExecutionState.EXITED: "primary",
    ExecutionState.FAILED: "danger",
    ExecutionState.CANCELLED: "default",
    ActionState.RETRYING: "warning",
    WorkflowStatus.ACTIVE: "success",
    WorkflowStatus.PAUSED: "warning",
    WorkflowStatus.DRAFT: "default",
    JobState.DONE: "success",
    "started": "success",
    "error": "danger",
}
_LONGEST_JSON = 20_000


def label_of(request: HttpRequest) -> str:
    """The member who asks, as events name them."""
    return f"member:{request.user.pk}"


def refuse(problems: list[Problem]) -> None:
    """Raises ``ValidationError`` with each problem and its place."""
    if problems:
        raise forms.ValidationError([f"{problem.place}: {problem.message}" for problem in problems])


def as_text(value: Any) -> str:
    """JSON as people write it, cut where it is too long for a page."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return text if len(text) <= _LONGEST_JSON else f"{text[:_LONGEST_JSON]}\n…"


def readable(value: Any) -> str:
    """JSON as people write it: Django's own way to show it escapes every Arabic letter."""
    return format_html('<pre dir="ltr" style="white-space: pre-wrap">{}</pre>', as_text(value))


def isolated(text: Any) -> str:
    """A text of its own direction, such as a phone number among Arabic words."""
    return format_html("<bdi>{}</bdi>", text) if text else ""


def link(model: str, pk: Any, text: Any) -> str:
    """A link to a row's page, ``model`` being ``app_model``; empty without a row, and no link where there is no such page."""
    if pk is None:
        return ""
    try:
        url = reverse(f"admin:{model}_change", args=[pk])
    except NoReverseMatch:
        return isolated(text)
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}"><bdi>{}</bdi></a>', url, text
    )


def contact_names(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of contacts, as the engine knows them: by the root that conditions and templates read."""
    root = ROOTS.find("user")
    if root is None or not ids:
        return {}
    return {contact_id: view.get("name") or "" for contact_id, view in root.load(set(ids)).items()}


def ids_in(term: str, *columns: str) -> Q | None:
    """The rows that have the id ``term`` in one of the columns, by index; ``None`` when it is no id."""
    try:
        wanted = uuid.UUID(term.strip())
    except ValueError:
        return None
    found = Q()
    for column in columns:
        found |= Q(**{column: wanted})
    return found


class WorkflowFilter(admin.SimpleListFilter):
    """By workflow. Names alone are read: Django's own filter would read every draft."""

    title = "workflow"
    parameter_name = "workflow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """All of the tenant's."""
        return [(str(pk), name) for pk, name in Workflow.objects.order_by("name").values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of one that there is."""
        value = self.value()
        if value is None:
            return queryset
        known = any(value == pk for pk, _ in self.lookup_choices)
        return queryset.filter(workflow_id=value) if known else queryset.none()


class PrettyJSONField(forms.JSONField):
    """JSON to be written by people: on several lines, from the left, letters as they are."""

    def __init__(self, *, rows: int = 24, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"dir": "ltr", "rows": rows, "spellcheck": "false"})
        super().__init__(widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """As it is shown; what could not be read is shown as it was sent."""
        if isinstance(value, forms.fields.InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, indent=2)


class LookOnlyInline(TabularInline):
    """Rows of another table, to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


@dataclass(frozen=True, slots=True)
class Steer:
    """A button on a row's page: its words, when it is there, what it does, and what is said and logged afterwards."""

    label: str
    fits: Callable[[Any], bool]
    do: Callable[[HttpRequest, Any], Any]
    done: str
    asks: str = ""


class SteeredAdmin(ModelAdmin):
    """Rows whose page has buttons. They are sent as forms: following a link never changes anything."""

    steering: ClassVar[dict[str, Steer]] = {}

    def has_steer_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change workflows."""
        return request.user.has_perm("workflow.change_workflow")

    def get_urls(self) -> list[URLPattern]:
        """With the buttons' own."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_steer"
        view = self.admin_site.admin_view(self.steer_view)
        return [path("<path:object_id>/steer/<slug:verb>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the buttons that fit."""
        row = self.get_object(request, object_id)
        buttons = self._buttons(request, row) if row is not None else []
        context = {**(extra_context or {}), "steering": buttons}
        return super().change_view(request, object_id, form_url, context)

    def _buttons(self, request: HttpRequest, row: Model) -> list[dict[str, str]]:
        if not self.has_steer_permission(request):
            return []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_steer"
        return [
            {"label": steer.label, "asks": steer.asks, "url": reverse(name, args=[row.pk, verb])}
            for verb, steer in self.steering.items()
            if steer.fits(row)
        ]

    def steer_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Do what a button says, and show the page again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        row, steer = self.get_object(request, object_id), self.steering.get(verb)
        if row is None or steer is None:
            raise Http404
        if not self.has_steer_permission(request):
            raise PermissionDenied
        try:
            steer.do(request, row)
        except PermanentError as exc:
            self.message_user(request, str(exc), messages.ERROR)
        else:
            self.log_change(request, row, steer.done)
            self.message_user(request, f"{steer.done.capitalize()}.")
        url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        return HttpResponseRedirect(url)
