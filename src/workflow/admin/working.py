"""What the engine keeps beside executions, in the admin: armed triggers, jobs, entries."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from core.redact import redact
from workflow.admin.bases import (
    TONES,
    LookOnlyInline,
    Steer,
    SteeredAdmin,
    WorkflowFilter,
    ids_in,
    isolated,
    link,
    readable,
)
from workflow.models import ArmedTrigger, Entry, HookCapture, Job, JobState
from workflow.services.jobs import cancel_job, shown


class CaptureInline(LookOnlyInline):
    """The requests that a webhook caught."""

    model = HookCapture
    fields = ["received_at", "is_test", "shown_request"]
    readonly_fields = fields
    ordering = ["-id"]
    per_page = 10
    show_change_link = False

    @display(description="Request")
    def shown_request(self, capture: HookCapture) -> str:
        """Method, headers, query and body."""
        return readable(redact(capture.request))


@admin.register(ArmedTrigger, site=tenant_admin)
class ArmedTriggerAdmin(ReadOnlyModelAdmin):
    """Schedules, webhooks and the like that are in force. Their secrets are never shown."""

    list_display = ["workflow", "key", "type", "is_armed", "armed_at", "is_signed"]
    list_filter = ["type", ("armed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["workflow"]
    search_fields = ["workflow__name", "key"]
    inlines = [CaptureInline]
    fields = ["workflow", "key", "type", "armed_at", "is_signed", "created_at", "shown_config", "shown_state"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArmedTrigger]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    @display(description="In force", boolean=True)
    def is_armed(self, trigger: ArmedTrigger) -> bool:
        """Whether its workflow is active."""
        return trigger.armed_at is not None

    @display(description="Has a secret", boolean=True)
    def is_signed(self, trigger: ArmedTrigger) -> bool:
        """Not which."""
        return trigger.secret is not None

    @display(description="Config")
    def shown_config(self, trigger: ArmedTrigger) -> str:
        """Without secrets."""
        return readable(redact(trigger.config))

    @display(description="State")
    def shown_state(self, trigger: ArmedTrigger) -> str:
        """What it remembers, without secrets."""
        return readable(redact(trigger.state))


def _cancel(request: HttpRequest, job: Job) -> None:
    cancel_job(job.id)


@admin.register(Job, site=tenant_admin)
class JobAdmin(SteeredAdmin, ReadOnlyModelAdmin):
    """Work on many rows, with its progress."""

    list_display = [
        "created_at",
        "kind",
        "workflow",
        "shown_state",
        "progress",
        "failed",
        "created_by",
        "ended_at",
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["workflow"]
    search_fields = ["kind", "created_by", "error"]
    change_form_outer_before_template = "workflow/admin/steering.html"
    steering = {
        "cancel": Steer(
            "Cancel",
            lambda job: job.state == JobState.RUNNING,
            _cancel,
            "cancelled",
            "Stop after the batch in hand? What was done stays done.",
        )
    }
    fields = [
        "kind", "workflow", "state", "progress", "failed", "error", "created_by", "created_at", "ended_at",
        "shown_params", "shown_result",
    ]  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    @display(description="State", ordering="state", label=TONES)
    def shown_state(self, job: Job) -> tuple[str, str]:
        """In its colour."""
        return job.state, job.get_state_display()

    @display(description="Done")
    def progress(self, job: Job) -> str:
        """Of how many, where that is known."""
        return isolated(f"{job.done:,} / {job.total:,}" if job.total is not None else f"{job.done:,}")

    @display(description="Asked for")
    def shown_params(self, job: Job) -> str:
        """Without secrets."""
        return readable(redact(shown(job.params)))

    @display(description="Result")
    def shown_result(self, job: Job) -> str:
        """Without what is the kind's own."""
        return readable(redact(shown(job.result)))


@admin.register(Entry, site=tenant_admin)
class EntryAdmin(ReadOnlyModelAdmin):
    """Who has entered which workflow. An entry that is deleted is forgotten: the contact may enter as if it were new."""

    list_display = ["workflow", "contact", "shown_key", "entered_at", "count"]
    list_filter = [WorkflowFilter]
    list_select_related = ["workflow"]
    search_fields = ["key"]
    search_help_text = "A contact's id, or the beginning of a business key"
    ordering = ["-id"]
    show_full_result_count = False
    fields = ["workflow", "contact", "key", "entered_at", "count"]
    readonly_fields = ["contact"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Without the drafts."""
        return super().get_queryset(request).defer("workflow__draft")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """See ``search_help_text``."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = ids_in(term, "contact_id")
        return queryset.filter(found) if found is not None else queryset.filter(key__startswith=term), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change workflows."""
        return request.user.has_perm("workflow.change_workflow")

    @display(description="Contact")
    def contact(self, entry: Entry) -> str:
        """A link to the contact; nobody's for events without one."""
        return link("crm_contact", entry.contact_id, entry.contact_id) if entry.contact_id.int else "nobody"

    @display(description="Key")
    def shown_key(self, entry: Entry) -> str:
        """The business key."""
        return isolated(entry.key)
