"""Workflows and their versions in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.admin.bases import ReadOnlyModelAdmin, RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from workflow.admin.bases import LookOnlyInline, label_of, readable, refuse
from workflow.graph import DocumentError, read
from workflow.models import (
    Version,
    Workflow,
)
from workflow.services.drafts import change_workflow, delete_workflow
from workflow.services.publishing import (
    activate,
    pause,
    publish_draft,
)


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
            refuse(exc.problems)
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
            request, workflows, "published", lambda workflow: publish_draft(workflow, by=label_of(request))
        )

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Switch on; a draft that was never published is published first."""

        def switch_on(workflow: Workflow) -> None:
            if workflow.active_version_id is None:
                publish_draft(workflow, by=label_of(request))
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
    fields = ["workflow", "number", "published_at", "published_by", "shown_document"]
    readonly_fields = fields

    @admin.display(description="Document")
    def shown_document(self, version: Version) -> str:
        """The published graph."""
        return readable(version.document)
