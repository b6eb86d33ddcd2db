"""Executions in the admin: the list, and for each a timeline with the buttons to cancel and retry it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from core.errors import PermanentError
from workflow.admin.bases import (
    TONES,
    Steer,
    SteeredAdmin,
    WorkflowFilter,
    contact_names,
    ids_in,
    isolated,
    label_of,
    link,
    readable,
)
from workflow.admin.timeline import spoken, timeline_of
from workflow.engine.leaving import UNDER_WAY
from workflow.models import ExecutionState, WorkflowExecution
from workflow.services.cancelling import cancel_execution
from workflow.services.retrying import retry_execution


class ReasonFilter(admin.SimpleListFilter):
    """Why it was left; the reasons are few and known, so no scan of the table looks for them."""

    title = "exit reason"
    parameter_name = "exit_reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The engine's own reasons."""
        reasons = [
            "goal", "reply", "opt_out", "event", "no_longer_matches", "interrupted", "hold_out", "exit", "cancelled",
        ]  # fmt: skip
        return [(reason, reason.replace("_", " ").capitalize()) for reason in reasons]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those that were left for it."""
        return queryset.filter(exit_reason=self.value()) if self.value() else queryset


class GoalFilter(admin.SimpleListFilter):
    """Whether it reached its goal."""

    title = "goal"
    parameter_name = "converted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Yes or no."""
        return [("1", "Reached"), ("0", "Not reached")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By ``converted_at``."""
        return queryset.filter(converted_at__isnull=self.value() == "0") if self.value() else queryset


def _cancel(request: HttpRequest, execution: WorkflowExecution) -> None:
    cancel_execution(execution.id, by=label_of(request))


def _retry(request: HttpRequest, execution: WorkflowExecution) -> None:
    retry_execution(execution.id)


@admin.register(WorkflowExecution, site=tenant_admin)
class ExecutionAdmin(SteeredAdmin, ReadOnlyModelAdmin):
    """Runs of workflows. Branches and turns of loops are not in the list: they stand on their execution's timeline."""

    list_display = ["started_at", "workflow", "shown_state", "node", "contact", "reason", "took"]
    list_filter = ["state", ReasonFilter, GoalFilter, WorkflowFilter]
    search_fields = ["id"]
    search_help_text = "The id of an execution, an event, a contact or a conversation"
    show_full_result_count = False
    actions = ["cancel", "retry"]
    change_form_outer_before_template = "workflow/admin/execution.html"
    steering = {
        "cancel": Steer(
            "Cancel",
            lambda row: row.state in UNDER_WAY,
            _cancel,
            "cancelled",
            "End this execution where it stands?",
        ),
        "retry": Steer("Retry", lambda row: row.state == ExecutionState.FAILED, _retry, "retried"),
    }
    fields = [
        "shown_workflow", "version", "trigger", "entry_key", "event", "contact", "conversation", "above", "started_at",
        "ended_at", "converted_at", "shown_outputs",
    ]  # fmt: skip
    readonly_fields = fields

    @display(description="State", ordering="state", label=TONES)
    def shown_state(self, execution: WorkflowExecution) -> tuple[str, str]:
        """In its colour."""
        return execution.state, execution.get_state_display()

    @display(description="Exit reason")
    def reason(self, execution: WorkflowExecution) -> str:
        """Why it was left."""
        return execution.exit_reason.replace("_", " ")

    @display(description="Took")
    def took(self, execution: WorkflowExecution) -> str:
        """So far, for one under way."""
        return isolated(spoken(execution.started_at, execution.ended_at))

    @display(description="Contact")
    def contact(self, execution: WorkflowExecution) -> str:
        """The name, a link to the contact."""
        names: dict[Any, str] = getattr(execution, "contact_names", {})
        name = names.get(execution.contact_id) or execution.contact_id
        return link("crm_contact", execution.contact_id, name)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the names of the page's contacts, read at once."""
        changes = super().get_changelist_instance(request)
        changes.result_list = list(changes.result_list)
        names = contact_names({row.contact_id for row in changes.result_list if row.contact_id})
        for row in changes.result_list:
            row.contact_names = names
        return changes

    @display(description="Conversation")
    def conversation(self, execution: WorkflowExecution) -> str:
        """Its id."""
        return isolated(execution.conversation_id)

    @display(description="Workflow")
    def shown_workflow(self, execution: WorkflowExecution) -> str:
        """A link to it."""
        return link("workflow_workflow", execution.workflow_id, execution.workflow)

    @display(description="Event")
    def event(self, execution: WorkflowExecution) -> str:
        """What started it."""
        return link("events_event", execution.event_id, execution.event_id)

    @display(description="Part of")
    def above(self, execution: WorkflowExecution) -> str:
        """The execution that it is a branch of, or that called it."""
        return link(
            "workflow_workflowexecution", execution.parent_id, f"{execution.branch} {execution.parent_id}"
        )

    @display(description="Outputs")
    def shown_outputs(self, execution: WorkflowExecution) -> str:
        """What the steps gave, by node."""
        return readable(execution.outputs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowExecution]:
        """Without the drafts; the list without branches and long columns."""
        rows = super().get_queryset(request).select_related("workflow", "version")
        rows = rows.defer("workflow__draft", "version__document")
        match = request.resolver_match
        if match is not None and match.url_name == "workflow_workflowexecution_changelist":
            return rows.filter(parent__isnull=True).defer("outputs", "scope")
        return rows

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[WorkflowExecution], search_term: str
    ) -> tuple[QuerySet[WorkflowExecution], bool]:
        """By whole ids: anything else would read the whole table."""
        if not search_term.strip():
            return queryset, False
        found = ids_in(search_term, "id", "event_id", "contact_id", "conversation_id")
        return (queryset.filter(found) if found is not None else queryset.none()), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the timeline."""
        execution = self.get_object(request, object_id)
        allowed = execution is not None and self.has_view_permission(request, execution)
        context = {
            **(extra_context or {}),
            "timeline": timeline_of(execution) if allowed and execution else None,
        }
        return super().change_view(request, object_id, form_url, context)

    @admin.action(description="Cancel", permissions=["steer"])
    def cancel(self, request: HttpRequest, executions: QuerySet[WorkflowExecution]) -> None:
        """End them where they stand."""
        self._each(request, executions, "cancelled", _cancel)

    @admin.action(description="Retry from where they failed", permissions=["steer"])
    def retry(self, request: HttpRequest, executions: QuerySet[WorkflowExecution]) -> None:
        """Take failed ones on."""
        self._each(request, executions, "retried", _retry)

    def _each(
        self, request: HttpRequest, executions: QuerySet[WorkflowExecution], done: str, do: Any
    ) -> None:
        """Each on its own: that one has ended meanwhile is no reason to leave the others."""
        count = 0
        for execution in executions:
            try:
                do(request, execution)
            except PermanentError as exc:
                self.message_user(request, f"{execution.id}: {exc}", "WARNING")
            else:
                count += 1
                self.log_change(request, execution, done)
        self.message_user(request, f"{count} {done}.")
