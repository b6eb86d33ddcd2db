"""Approvals with their votes, in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from accounts.models import User
from workflow.admin.bases import LookOnlyInline
from workflow.models import Approval, Vote


class VoteInline(LookOnlyInline):
    """Who is asked, and what they said."""

    model = Vote
    fields = ["member", "approved", "comment", "passed_on_by", "decided_at"]
    readonly_fields = fields
    ordering = ["id"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Vote]:
        """With the people's names."""
        return (
            super()
            .get_queryset(request)
            .annotate(who=_name_of("user_id"), before=_name_of("reassigned_from"))
        )

    @admin.display(description="Member")
    def member(self, vote: Vote) -> str:
        """The name, or the id of an API key that voted as administrator."""
        return vote.who or str(vote.user_id)  # type: ignore[attr-defined]

    @admin.display(description="Asked before")
    def passed_on_by(self, vote: Vote) -> str:
        """Whoever passed it on."""
        return vote.before or ""  # type: ignore[attr-defined]


def _name_of(column: str) -> Subquery:
    person = User.objects.filter(id=OuterRef(column))
    return Subquery(
        person.values(shown=Coalesce(NullIf(F("name"), Value("")), F("email"), output_field=CharField()))[:1]
    )


@admin.register(Approval, site=tenant_admin)
class ApprovalAdmin(ReadOnlyModelAdmin):
    """What workflows ask of members."""

    list_display = ["created_at", "title", "workflow", "state", "quorum", "deadline", "decided_at"]
    list_filter = ["state"]
    list_select_related = ["execution__workflow"]
    search_fields = ["title", "message"]
    show_full_result_count = False
    inlines = [VoteInline]
    fields = [
        "title", "message", "state", "quorum", "workflow", "run", "deadline", "created_at", "decided_at",
    ]  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Approval]:
        """Without the drafts."""
        return super().get_queryset(request).defer("execution__workflow__draft", "execution__outputs")

    @admin.display(description="Workflow")
    def workflow(self, approval: Approval) -> str:
        """Which workflow asks."""
        return approval.execution.workflow.name

    @admin.display(description="Execution")
    def run(self, approval: Approval) -> str:
        """A link to the execution that waits."""
        url = reverse("admin:workflow_workflowexecution_change", args=[approval.execution_id])
        return format_html('<a href="{}">{}</a>', url, approval.execution_id)
