"""Events, what triggers made of them, and why each workflow ran or did not, in the admin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.decorators import display

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from core.redact import redact
from events.models import Event
from workflow.admin.bases import TONES, WorkflowFilter, ids_in, isolated, link, readable
from workflow.models import EventType, MatchResult, TriggerEventLog
from workflow.services.explain import explain_event

_RESULT_TONES: Mapping[str, str] = {
    **dict.fromkeys(MatchResult.values, "warning"),
    MatchResult.STARTED: "success",
    MatchResult.ERROR: "danger",
    MatchResult.TOO_DEEP: "danger",
}


class TypeFilter(admin.SimpleListFilter):
    """By the declared types: asking the table which there are would read all of it."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of the tenant."""
        return list(EventType.objects.values_list("code", "code"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the type."""
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Event, site=tenant_admin)
class EventAdmin(ReadOnlyModelAdmin):
    """What happened."""

    list_display = ["recorded_at", "type", "contact", "shown_actor", "why"]
    list_filter = [TypeFilter]
    search_fields = ["id"]
    search_help_text = "The id of an event, a contact or a conversation"
    ordering = ["-id"]
    show_full_result_count = False
    fields = [
        "type", "occurred_at", "recorded_at", "contact", "conversation_id", "shown_actor", "depth", "cause", "why",
        "shown_data",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="Contact")
    def contact(self, event: Event) -> str:
        """A link to the contact."""
        return link("crm_contact", event.contact_id, event.contact_id)

    @display(description="By")
    def shown_actor(self, event: Event) -> str:
        """Who did it."""
        return isolated(event.actor)

    @display(description="Caused by")
    def cause(self, event: Event) -> str:
        """The event that led here."""
        return link("events_event", event.causation_id, event.causation_id)

    @display(description="Workflows")
    def why(self, event: Event) -> str:
        """A link to why each workflow ran or did not."""
        return _why(event.id)

    @display(description="Data")
    def shown_data(self, event: Event) -> str:
        """Without secrets."""
        return readable(redact(event.data))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Event], search_term: str
    ) -> tuple[QuerySet[Event], bool]:
        """By whole ids: anything else would read the whole table."""
        if not search_term.strip():
            return queryset, False
        found = ids_in(search_term, "id", "contact_id", "conversation_id")
        return (queryset.filter(found) if found is not None else queryset.none()), False

    def get_urls(self) -> list[URLPattern]:
        """With the page that explains."""
        view = self.admin_site.admin_view(self.explain_view)
        return [path("<uuid:event_id>/explain/", view, name="events_event_explain"), *super().get_urls()]

    def explain_view(self, request: HttpRequest, event_id: Any) -> HttpResponse:
        """Why each workflow ran for the event, or did not."""
        if not (self.has_view_permission(request) and request.user.has_perm("workflow.view_workflow")):
            raise PermissionDenied
        event = Event.objects.filter(id=event_id).first()
        if event is None:
            raise Http404
        verdicts = [
            {
                "verdict": verdict,
                "tone": "success" if verdict.ran else _RESULT_TONES.get(verdict.result, "default"),
                "said": verdict.result.replace("_", " "),
                "state_tone": TONES.get(verdict.execution_state, "default"),
            }
            for verdict in explain_event(event)
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Why? {event.type}",
            "event": event,
            "verdicts": verdicts,
        }
        return TemplateResponse(request, "workflow/admin/explain.html", context)


def _why(event_id: Any) -> str:
    url = reverse("admin:events_event_explain", args=[event_id])
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">Why?</a>', url)


@admin.register(TriggerEventLog, site=tenant_admin)
class TriggerEventLogAdmin(ReadOnlyModelAdmin):
    """What triggers made of events."""

    list_display = ["created_at", "workflow", "shown_result", "trigger", "event", "execution", "why"]
    list_filter = ["result", WorkflowFilter]
    list_select_related = ["workflow"]
    search_fields = ["event_id"]
    search_help_text = "The id of an event or an execution"
    show_full_result_count = False
    fields = ["created_at", "workflow", "trigger", "event", "result", "execution", "why", "shown_detail"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[TriggerEventLog]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TriggerEventLog], search_term: str
    ) -> tuple[QuerySet[TriggerEventLog], bool]:
        """By whole ids."""
        if not search_term.strip():
            return queryset, False
        found = ids_in(search_term, "event_id", "execution_id")
        return (queryset.filter(found) if found is not None else queryset.none()), False

    @display(description="Result", ordering="result", label=dict(_RESULT_TONES))
    def shown_result(self, log: TriggerEventLog) -> tuple[str, str]:
        """In its colour."""
        return log.result, log.get_result_display()

    @display(description="Event")
    def event(self, log: TriggerEventLog) -> str:
        """A link to it."""
        return link("events_event", log.event_id, log.event_id)

    @display(description="Execution")
    def execution(self, log: TriggerEventLog) -> str:
        """A link to the execution that was started."""
        return link("workflow_workflowexecution", log.execution_id, log.execution_id)

    @display(description="Workflows")
    def why(self, log: TriggerEventLog) -> str:
        """A link to why each workflow ran or did not."""
        return _why(log.event_id)

    @display(description="Detail")
    def shown_detail(self, log: TriggerEventLog) -> str:
        """The grounds."""
        return readable(log.detail)
