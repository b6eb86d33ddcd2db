"""The engine in each tenant's admin: workflows with their versions, executions step by step, the log, named blocks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from accounts.admin.bases import ReadOnlyModelAdmin, RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from core.errors import PermanentError
from workflow.actions.base import ACTIONS
from workflow.graph import DocumentError, Problem, read
from workflow.models import (
    Action,
    ActionExecution,
    Condition,
    EventType,
    Trigger,
    TriggerEventLog,
    Version,
    Workflow,
    WorkflowExecution,
)
from workflow.services.cancelling import cancel_execution
from workflow.services.drafts import change_workflow, delete_workflow
from workflow.services.event_types import delete_event_type, is_known, known_codes
from workflow.services.publishing import (
    activate,
    config_problems,
    pause,
    predicate_problems,
    publish_draft,
    retry_problems,
)
from workflow.services.retrying import retry_execution


def _label(request: HttpRequest) -> str:
    """The member who asks, as events name them."""
    return f"member:{request.user.pk}"


def _refuse(problems: list[Problem]) -> None:
    """Raises ``ValidationError`` with each problem and its place."""
    if problems:
        raise forms.ValidationError([f"{problem.place}: {problem.message}" for problem in problems])


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


class VersionInline(LookOnlyInline):
    """The versions of a workflow."""

    model = Version
    fields = ["number", "published_at", "published_by"]
    readonly_fields = fields
    ordering = ["-number"]


class WorkflowForm(forms.ModelForm):
    """A workflow's draft; it may be incomplete, but not misshapen."""

    class Meta:
        model = Workflow
        fields = ["name", "description", "draft"]

    def clean_draft(self) -> dict[str, Any]:
        """Its shape."""
        draft: dict[str, Any] = self.cleaned_data["draft"]
        try:
            read(draft)
        except DocumentError as exc:
            _refuse(exc.problems)
        return draft


@admin.register(Workflow, site=tenant_admin)
class WorkflowAdmin(RefusalsAsMessages):
    """Workflows: edited, published, switched on and off. Deleting takes the executions along."""

    form = WorkflowForm
    list_display = ["name", "status", "version", "changed", "updated_at"]
    list_filter = ["status"]
    search_fields = ["name", "description"]
    list_select_related = ["active_version"]
    readonly_fields = ["status", "version", "changed", "revision", "created_at", "updated_at"]
    fields = ["name", "description", "draft", *readonly_fields]
    inlines = [VersionInline]
    actions = ["publish", "activate", "pause"]

    @admin.display(description="Active version")
    def version(self, workflow: Workflow) -> str:
        """Its number."""
        return str(workflow.active_version.number) if workflow.active_version else "not published"

    @admin.display(description="Unpublished changes", boolean=True)
    def changed(self, workflow: Workflow) -> bool:
        """Whether the draft has moved on since it was published."""
        return workflow.published_revision != workflow.revision

    def save_model(self, request: HttpRequest, obj: Workflow, form: ModelForm, change: bool) -> None:
        """Through the service, which counts the revision."""
        if not change:
            obj.save()
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        changed = change_workflow(obj.id, changes)
        obj.revision, obj.updated_at = changed.revision, changed.updated_at

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names the workflows alone: what hangs on them may be millions of rows."""
        names = [str(workflow) for workflow in objs]
        return names, {"workflows": len(names)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Workflow) -> None:
        """With all that hangs on it; an active one must be paused first."""
        delete_workflow(obj.id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Workflow]) -> None:
        """All of them, or none."""
        with transaction.atomic():
            for workflow in queryset:
                delete_workflow(workflow.id)

    @admin.action(description="Publish the draft", permissions=["change"])
    def publish(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Make a version of each draft."""
        self._each(
            request, workflows, "published", lambda workflow: publish_draft(workflow, by=_label(request))
        )

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Switch on; a draft that was never published is published first."""

        def switch_on(workflow: Workflow) -> None:
            if workflow.active_version_id is None:
                publish_draft(workflow, by=_label(request))
            activate(workflow)

        self._each(request, workflows, "activated", switch_on)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Switch off; executions under way go on."""
        self._each(request, workflows, "paused", pause)

    def _each(self, request: HttpRequest, workflows: QuerySet[Workflow], done: str, do: Any) -> None:
        """All of them, or none: the first refusal undoes the others and is shown."""
        with transaction.atomic():
            for workflow in workflows.select_for_update(of=("self",)):
                do(workflow)
                self.log_change(request, workflow, done)
        self.message_user(request, f"{done.capitalize()}.")


@admin.register(Version, site=tenant_admin)
class VersionAdmin(ReadOnlyModelAdmin):
    """What was published."""

    list_display = ["workflow", "number", "published_at", "published_by"]
    list_select_related = ["workflow"]
    search_fields = ["workflow__name"]


class StepInline(LookOnlyInline):
    """The steps of an execution, as a timeline."""

    model = ActionExecution
    fields = ["started_at", "node", "action", "state", "attempts", "input", "output", "error", "ended_at"]
    readonly_fields = fields
    ordering = ["started_at", "id"]
    show_change_link = False


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

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkflowExecution]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    def has_steer_permission(self, request: HttpRequest) -> bool:
        """Executions are not edited, but whoever may change workflows may end and retry them."""
        return request.user.has_perm("workflow.change_workflow")

    @admin.action(description="Cancel", permissions=["steer"])
    def cancel(self, request: HttpRequest, executions: QuerySet[WorkflowExecution]) -> None:
        """End them where they stand."""
        self._each(request, executions, "cancelled", lambda row: cancel_execution(row.id, by=_label(request)))

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

    @admin.display(description="Execution")
    def execution(self, log: TriggerEventLog) -> str:
        """A link to the execution that was started."""
        if log.execution_id is None:
            return ""
        url = reverse("admin:workflow_workflowexecution_change", args=[log.execution_id])
        return format_html('<a href="{}">{}</a>', url, log.execution_id)


class TriggerForm(forms.ModelForm):
    """A named trigger."""

    class Meta:
        model = Trigger
        fields = ["name", "description", "event_type", "predicate"]

    def clean_event_type(self) -> str:
        """A known one."""
        code: str = self.cleaned_data["event_type"]
        if not is_known(code):
            raise forms.ValidationError(
                f"There is no event type {code!r}; known: {', '.join(known_codes())}."
            )
        return code

    def clean_predicate(self) -> dict[str, Any]:
        """A predicate of known fields."""
        predicate: dict[str, Any] = self.cleaned_data["predicate"] or {}
        _refuse(predicate_problems(predicate, "", needed=False))
        return predicate


class ConditionForm(forms.ModelForm):
    """A named predicate."""

    class Meta:
        model = Condition
        fields = ["name", "description", "predicate"]

    def clean_predicate(self) -> dict[str, Any]:
        """A predicate of known fields."""
        predicate: dict[str, Any] = self.cleaned_data["predicate"]
        _refuse(predicate_problems(predicate, "", needed=True))
        return predicate


class ActionForm(forms.ModelForm):
    """A named action."""

    type = forms.ChoiceField(choices=lambda: [(action.slug, action.label) for action in ACTIONS.values()])

    class Meta:
        model = Action
        fields = ["name", "description", "type", "config", "retry"]

    def clean_retry(self) -> dict[str, Any]:
        """A retry policy, or parts of one."""
        retry: dict[str, Any] = self.cleaned_data["retry"] or {}
        _refuse(retry_problems(retry, ""))
        return retry

    def clean_config(self) -> dict[str, Any]:
        """A config that goes with the type."""
        config: dict[str, Any] = self.cleaned_data["config"] or {}
        action = ACTIONS.find(self.cleaned_data.get("type", ""))
        if action is not None:
            _refuse(config_problems(action, config, ""))
        return config


class BlockAdmin(ModelAdmin):
    """What the named blocks have in common."""

    search_fields = ["name", "description"]


@admin.register(Trigger, site=tenant_admin)
class TriggerAdmin(BlockAdmin):
    """Named triggers."""

    form = TriggerForm
    list_display = ["name", "event_type", "updated_at"]
    list_filter = ["event_type"]


@admin.register(Condition, site=tenant_admin)
class ConditionAdmin(BlockAdmin):
    """Named predicates."""

    form = ConditionForm
    list_display = ["name", "updated_at"]


@admin.register(Action, site=tenant_admin)
class ActionAdmin(BlockAdmin):
    """Named actions."""

    form = ActionForm
    list_display = ["name", "type", "updated_at"]
    list_filter = ["type"]


@admin.register(EventType, site=tenant_admin)
class EventTypeAdmin(RefusalsAsMessages):
    """Event types: the built-in ones to look at, the tenant's own to edit."""

    list_display = ["code", "label", "is_builtin"]
    list_filter = ["is_builtin"]
    search_fields = ["code", "label"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A code stays."""
        return ["is_builtin"] if obj is None else ["code", "is_builtin"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of what follows the code."""
        return (obj is None or not obj.is_builtin) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not of what follows the code."""
        return (obj is None or not obj.is_builtin) and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: EventType) -> None:
        """Only when nothing waits for it."""
        delete_event_type(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EventType]) -> None:
        """All of them, or none."""
        with transaction.atomic():
            for event_type in queryset:
                delete_event_type(event_type)
