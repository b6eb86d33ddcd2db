"""Executions with their steps, and the log of triggers, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from core.errors import PermanentError
from workflow.admin.bases import LookOnlyInline, label_of, readable
from workflow.models import (
    ActionExecution,
    TriggerEventLog,
    WorkflowExecution,
)
from workflow.services.cancelling import cancel_execution
from workflow.services.retrying import retry_execution


class StepInline(LookOnlyInline):
    """The steps of an execution, as a timeline."""

    model = ActionExecution
    fields = ["started_at", "node", "action", "state", "attempts", "given", "result", "error", "ended_at"]
    readonly_fields = fields
    ordering = ["started_at", "id"]
    show_change_link = False

    @admin.display(description="Input")
    def given(self, step: ActionExecution) -> str:
        """What the step was given."""
        return readable(step.input)

    @admin.display(description="Output")
    def result(self, step: ActionExecution) -> str:
        """What it gave back."""
        return readable(step.output)


@admin.register(WorkflowExecution, site=tenant_admin)
class ExecutionAdmin(ReadOnlyModelAdmin):
    """Runs of workflows, with their steps."""

    list_display = ["started_at", "workflow", "state", "node", "contact_id", "ended_at"]
    list_filter = ["state", "workflow"]
    list_select_related = ["workflow"]
    search_fields = ["id", "event_id", "contact_id"]
    show_full_result_count = False
    inlines = [StepInline]
    actions = ["cancel", "retry"]
    fields = [
        "workflow", "version", "state", "node", "error", "event_id", "contact_id", "conversation_id", "started_at",
        "ended_at", "shown_outputs",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description="Outputs")
    def shown_outputs(self, execution: WorkflowExecution) -> str:
        """What the steps gave, by node."""
        return readable(execution.outputs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowExecution]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Executions are not edited, but whoever may change workflows may end and retry them."""
        return request.user.has_perm("workflow.change_workflow")

    @admin.action(description="Cancel", permissions=["steer"])
    def cancel(self, request: HttpRequest, executions: QuerySet[WorkflowExecution]) -> None:
        """End them where they stand."""
        self._each(
            request, executions, "cancelled", lambda row: cancel_execution(row.id, by=label_of(request))
        )

    @admin.action(description="Retry from where they failed", permissions=["steer"])
    def retry(self, request: HttpRequest, executions: QuerySet[WorkflowExecution]) -> None:
        """Take failed ones on."""
        self._each(request, executions, "retried", lambda row: retry_execution(row.id))

    def _each(
        self, request: HttpRequest, executions: QuerySet[WorkflowExecution], done: str, do: Any
    ) -> None:
        """Each on its own: that one has ended meanwhile is no reason to leave the others."""
        count = 0
        for execution in executions:
            try:
                do(execution)
            except PermanentError as exc:
                self.message_user(request, f"{execution.id}: {exc}", "WARNING")
            else:
                count += 1
                self.log_change(request, execution, done)
        self.message_user(request, f"{count} {done}.")


@admin.register(TriggerEventLog, site=tenant_admin)
class TriggerEventLogAdmin(ReadOnlyModelAdmin):
    """What triggers made of events."""

    list_display = ["created_at", "workflow", "result", "event_id", "execution"]
    list_filter = ["result", "workflow"]
    list_select_related = ["workflow"]
    search_fields = ["event_id", "execution_id"]
    show_full_result_count = False
    fields = ["created_at", "workflow", "event_id", "result", "execution", "shown_detail"]
    readonly_fields = fields

    @admin.display(description="Detail")
    def shown_detail(self, log: TriggerEventLog) -> str:
        """Why."""
        return readable(log.detail)

    @admin.display(description="Execution")
    def execution(self, log: TriggerEventLog) -> str:
        """A link to the execution that was started."""
        if log.execution_id is None:
            return ""
        url = reverse("admin:workflow_workflowexecution_change", args=[log.execution_id])
        return format_html('<a href="{}">{}</a>', url, log.execution_id)
