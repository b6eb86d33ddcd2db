"""Workflows and their versions in the admin: edited, published, switched, measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.decorators import display

from accounts.admin.bases import ReadOnlyModelAdmin, RefusalsAsMessages
from accounts.admin_sites import tenant_admin
from workflow.admin.bases import (
    TONES,
    LookOnlyInline,
    PrettyJSONField,
    Steer,
    SteeredAdmin,
    label_of,
    link,
    readable,
    refuse,
)
from workflow.admin.timeline import spoken_seconds
from workflow.graph import DocumentError, read
from workflow.models import ExecutionState, Version, Workflow, WorkflowStatus
from workflow.selectors import Series, Step, overview, series, statistics
from workflow.services.drafts import change_workflow, delete_workflow
from workflow.services.publishing import activate, pause, publish_draft

#: How far back the pages look.
_DAYS = 30


class VersionInline(LookOnlyInline):
    """The versions of a workflow."""

    model = Version
    fields = ["number", "published_at", "published_by"]
    readonly_fields = fields
    ordering = ["-number"]
    per_page = 10

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Without their documents."""
        return super().get_queryset(request).defer("document")


class WorkflowForm(forms.ModelForm):
    """A workflow's draft; it may be incomplete, but not misshapen."""

    draft = PrettyJSONField(required=False)

    class Meta:
        model = Workflow
        fields = ["name", "description", "draft"]

    def clean_draft(self) -> dict[str, Any]:
        """Its shape."""
        draft: dict[str, Any] = self.cleaned_data["draft"] or {}
        try:
            read(draft)
        except DocumentError as exc:
            refuse(exc.problems)
        return draft


def _publish(request: HttpRequest, workflow: Workflow) -> None:
    publish_draft(workflow, by=label_of(request))


def _activate(request: HttpRequest, workflow: Workflow) -> None:
    """A draft that was never published is published first."""
    if workflow.active_version_id is None:
        _publish(request, workflow)
    activate(workflow)


def _pause(request: HttpRequest, workflow: Workflow) -> None:
    pause(workflow)


def _locked(do: Callable[[HttpRequest, Workflow], None]) -> Callable[[HttpRequest, Workflow], None]:
    """What is done to a workflow is done to the stored one, held until it is done."""

    def on_the_stored(request: HttpRequest, workflow: Workflow) -> None:
        with transaction.atomic():
            do(request, Workflow.objects.select_for_update(of=("self",)).get(pk=workflow.pk))

    return on_the_stored


@admin.register(Workflow, site=tenant_admin)
class WorkflowAdmin(SteeredAdmin, RefusalsAsMessages):
    """Workflows: edited, published, switched on and off. Deleting takes the executions along."""

    form = WorkflowForm
    list_display = ["name", "shown_status", "version", "changed", "paused_reason", "updated_at"]
    list_filter = ["status"]
    search_fields = ["name", "description"]
    list_select_related = ["active_version"]
    readonly_fields = [
        "status", "paused_reason", "version", "changed", "revision", "created_at", "updated_at",
    ]  # fmt: skip
    fields = ["name", "description", "draft", *readonly_fields]
    inlines = [VersionInline]
    actions = ["publish", "activate", "pause"]
    change_form_outer_before_template = "workflow/admin/workflow.html"
    steering = {
        "publish": Steer(
            "Publish the draft",
            lambda row: row.published_revision != row.revision,
            _locked(_publish),
            "published",
        ),
        "activate": Steer(
            "Activate", lambda row: row.status != WorkflowStatus.ACTIVE, _locked(_activate), "activated"
        ),
        "pause": Steer("Pause", lambda row: row.status == WorkflowStatus.ACTIVE, _locked(_pause), "paused"),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workflow]:
        """The list without the documents."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "workflow_workflow_changelist" and request.method == "GET":
            return rows.defer("draft", "active_version__document")
        return rows

    @display(description="Status", ordering="status", label=TONES)
    def shown_status(self, workflow: Workflow) -> tuple[str, str]:
        """In its colour."""
        return workflow.status, workflow.get_status_display()

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
        self._each(request, workflows, "published", _publish)

    @admin.action(description="Activate", permissions=["change"])
    def activate(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Switch on; a draft that was never published is published first."""
        self._each(request, workflows, "activated", _activate)

    @admin.action(description="Pause", permissions=["change"])
    def pause(self, request: HttpRequest, workflows: QuerySet[Workflow]) -> None:
        """Switch off; executions under way go on."""
        self._each(request, workflows, "paused", _pause)

    def _each(self, request: HttpRequest, workflows: QuerySet[Workflow], done: str, do: Any) -> None:
        """All of them, or none: the first refusal undoes the others and is shown."""
        with transaction.atomic():
            for workflow in workflows.select_for_update(of=("self",)):
                do(request, workflow)
                self.log_change(request, workflow, done)
        self.message_user(request, f"{done.capitalize()}.")

    # -- statistics ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """With the page of statistics."""
        view = self.admin_site.admin_view(self.statistics_view)
        return [
            path("<uuid:workflow_id>/statistics/", view, name="workflow_workflow_statistics"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the sums of the last days."""
        workflow = self.get_object(request, object_id)
        box: dict[str, Any] = {}
        if workflow is not None and self.has_view_permission(request, workflow):
            row = overview([workflow.pk], days=_DAYS)[workflow.pk]
            url = reverse("admin:workflow_workflow_statistics", args=[workflow.pk])
            box = {
                "box": {"days": _DAYS, "cards": _cards(workflow, row), "url": url},
                "status_tone": TONES[workflow.status],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **box})

    def statistics_view(self, request: HttpRequest, workflow_id: Any) -> HttpResponse:
        """How the workflow has been doing, node by node and day by day."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        workflow = Workflow.objects.select_related("active_version").filter(id=workflow_id).first()
        if workflow is None:
            raise Http404
        found = statistics(workflow, days=_DAYS)
        now = datetime.now(UTC)
        over_time = series(
            since=now - timedelta(days=_DAYS - 1), until=now, step=Step.DAY, workflow_id=workflow.id
        )
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{workflow.name}: statistics",
            "workflow": workflow,
            "days": _DAYS,
            "cards": _cards(workflow, found),
            "exits": [(reason.replace("_", " "), count) for reason, count in found.exits.items()],
            "called": found.called,
            "nodes": [
                {
                    **asdict(node),
                    "name": node.name or node.node,
                    "median": spoken_seconds(node.median_s),
                    "p95": spoken_seconds(node.p95_s),
                    "arms": [{**asdict(arm), "rate": _percent(arm.conversion_rate)} for arm in node.arms],
                }
                for node in found.nodes
            ],
            "bars": _bars(over_time),
            "most": max((bucket.started for bucket in over_time.buckets), default=0),
            "timezone": over_time.timezone,
        }
        return TemplateResponse(request, "workflow/admin/statistics.html", context)


def _cards(workflow: Workflow, row: Any) -> Sequence[dict[str, Any]]:
    """The sums, with links to the executions behind them."""
    url = reverse("admin:workflow_workflowexecution_changelist") + f"?workflow={workflow.pk}"
    under_way = row.by_state[ExecutionState.RUNNING] + row.by_state[ExecutionState.WAITING]
    states = [
        (label, row.by_state[state], f"{url}&state__exact={state.value}")
        for label, state in (
            ("Completed", ExecutionState.COMPLETED),
            ("Failed", ExecutionState.FAILED),
            ("Exited", ExecutionState.EXITED),
            ("Cancelled", ExecutionState.CANCELLED),
        )
    ]
    return [
        {"label": label, "value": value, "url": link}
        for label, value, link in (
            ("Began", row.total, url),
            ("Under way", under_way, f"{url}&state__exact={ExecutionState.WAITING.value}"),
            *states,
            ("Goal", f"{row.converted} · {_percent(row.conversion_rate)}", f"{url}&converted=1"),
            ("Median", spoken_seconds(row.median_s), ""),
            ("p95", spoken_seconds(row.p95_s), ""),
        )
    ]


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"


def _bars(found: Series) -> list[dict[str, Any]]:
    """The days, their heights in percent of the tallest."""
    most = max((bucket.started for bucket in found.buckets), default=0) or 1
    return [
        {
            "day": bucket.start,
            "height": round(100 * max(bucket.started - bucket.failed, 0) / most),
            "failed": round(100 * min(bucket.failed, bucket.started) / most),
            "bucket": bucket,
        }
        for bucket in found.buckets
    ]


@admin.register(Version, site=tenant_admin)
class VersionAdmin(ReadOnlyModelAdmin):
    """What was published."""

    list_display = ["number", "shown_workflow", "published_at", "published_by", "is_drained"]
    list_select_related = ["workflow"]
    search_fields = ["workflow__name"]
    fields = ["shown_workflow", "number", "published_at", "published_by", "is_drained", "shown_document"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    @display(description="Workflow", ordering="workflow__name")
    def shown_workflow(self, version: Version) -> str:
        """A link to it."""
        return link("workflow_workflow", version.workflow_id, version.workflow)

    @admin.display(description="Document")
    def shown_document(self, version: Version) -> str:
        """The published graph."""
        return readable(version.document)
