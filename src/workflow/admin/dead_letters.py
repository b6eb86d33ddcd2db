"""Dead letters in the admin: the tenant's work that was given up, and how to try it again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from events.queue.dead import redrive
from events.queue.models import Item, ItemState
from tenants.scope import require_tenant
from workflow.admin.bases import Steer, SteeredAdmin, isolated


class KindFilter(admin.SimpleListFilter):
    """By the kinds of this tenant's dead letters."""

    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those that there are."""
        kinds = _ours().order_by("kind").values_list("kind", flat=True).distinct()
        return [(kind, kind) for kind in kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Item]) -> QuerySet[Item]:
        """Those of the kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _ours() -> QuerySet[Item]:
    """The queue is one table for all tenants: only the current one's rows are ever looked at."""
    return Item.objects.filter(tenant_id=require_tenant().id, state=ItemState.DEAD)


def _redrive(request: HttpRequest, item: Item) -> None:
    redrive(tenant_id=require_tenant().id, ids=[item.id])


@admin.register(Item, site=tenant_admin)
class DeadLetterAdmin(SteeredAdmin, ReadOnlyModelAdmin):
    """Items that were tried as often as they may be. Executions that failed with one are retried on their own page; put
    back, the item finds nothing to go on with."""

    list_display = ["created_at", "kind", "shown_ref", "attempts", "shown_error"]
    list_filter = [KindFilter]
    search_fields = ["ref", "error"]
    show_full_result_count = False
    ordering = ["-id"]
    actions = ["redrive"]
    change_form_outer_before_template = "workflow/admin/steering.html"
    steering = {"redrive": Steer("Put back", lambda item: True, _redrive, "put back")}
    fields = ["kind", "ref", "lane_key", "attempts", "run_at", "created_at", "error"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Item]:
        """This tenant's dead ones."""
        return super().get_queryset(request).filter(pk__in=_ours().values("pk"))

    @display(description="About")
    def shown_ref(self, item: Item) -> str:
        """The row that it is about."""
        return isolated(item.ref)

    @display(description="Error")
    def shown_error(self, item: Item) -> str:
        """Its last line, which says most."""
        lines = item.error.strip().splitlines()
        return isolated(lines[-1][:200] if lines else "")

    @admin.action(description="Put back into the queue", permissions=["steer"])
    def redrive(self, request: HttpRequest, items: QuerySet[Item]) -> None:
        """Each has a fresh set of attempts."""
        ids = list(items.values_list("id", flat=True))
        count = redrive(tenant_id=require_tenant().id, ids=ids)
        self.message_user(request, f"{count} of {len(ids)} put back.")
        if count < len(ids):
            self.message_user(
                request, "The others are of kinds that this release does not know.", messages.WARNING
            )
