"""The platform's admin: tenants, hosts, people, roles, the queue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from unfold.admin import TabularInline

from accounts.admin.bases import PlatformModelAdmin, ReadOnlyModelAdmin
from accounts.admin.forms import PersonForm, RoleForm
from accounts.admin_sites import platform_admin
from accounts.models import Membership, Role, User
from events.queue.models import Item, Schedule
from tenants.models import Domain, Tenant, TenantState
from tenants.selectors import forget_cached_tenants
from tenants.services.lifecycle import StateChangeError, change_state


@admin.register(Tenant, site=platform_admin)
class TenantAdmin(PlatformModelAdmin):
    """Tenants are made and deleted by commands, which have the rights on the database that this takes."""

    list_display = ["slug", "name", "state", "parent", "created_at"]
    list_filter = ["state"]
    search_fields = ["slug", "name"]
    list_select_related = ["parent"]
    fields = [
        "slug",
        "name",
        "state",
        "parent",
        "timezone",
        "language",
        "region",
        "currency",
        "schema_name",
        "created_at",
    ]
    readonly_fields = ["slug", "state", "schema_name", "created_at"]
    actions = ["suspend", "resume"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Use ``create_tenant``."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Use ``delete_tenant``."""
        return False

    @admin.action(description="Suspend", permissions=["change"])
    def suspend(self, request: HttpRequest, tenants: QuerySet[Tenant]) -> None:
        """Stop serving them."""
        self._move(request, tenants, TenantState.SUSPENDED)

    @admin.action(description="Serve again", permissions=["change"])
    def resume(self, request: HttpRequest, tenants: QuerySet[Tenant]) -> None:
        """Serve them again."""
        self._move(request, tenants, TenantState.READY)

    def _move(self, request: HttpRequest, tenants: QuerySet[Tenant], state: TenantState) -> None:
        for tenant in tenants:
            try:
                change_state(tenant, state)
            except StateChangeError as exc:
                self.message_user(request, str(exc), messages.ERROR)
            else:
                self.log_change(request, tenant, f"state: {state.value}")


@admin.register(Domain, site=platform_admin)
class DomainAdmin(PlatformModelAdmin):
    """The hosts that tenants answer on."""

    list_display = ["host", "tenant", "is_primary"]
    search_fields = ["host", "tenant__slug"]
    list_select_related = ["tenant"]

    def save_model(self, request: HttpRequest, obj: Domain, form: ModelForm, change: bool) -> None:
        """Hosts are compared in lower case; this process forgets what it knew."""
        obj.host = obj.host.strip().lower()
        super().save_model(request, obj, form, change)
        forget_cached_tenants()

    def delete_model(self, request: HttpRequest, obj: Domain) -> None:
        """Delete, and forget at once."""
        super().delete_model(request, obj)
        forget_cached_tenants()


class MembershipInline(TabularInline):
    """Where a person is a member; members are taken in on their tenant's own admin."""

    model = Membership
    fields = ["tenant", "role", "created_at"]
    readonly_fields = fields
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not here."""
        return False


@admin.register(User, site=platform_admin)
class UserAdmin(PlatformModelAdmin):
    """People are switched off, never deleted: tenants' logs name them."""

    form = PersonForm
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    inlines = [MembershipInline]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: see the class."""
        return False


@admin.register(Role, site=platform_admin)
class RoleAdmin(PlatformModelAdmin):
    """Roles, for all tenants."""

    form = RoleForm
    list_display = ["slug", "label", "scopes"]


@admin.register(Item, site=platform_admin)
class ItemAdmin(ReadOnlyModelAdmin, PlatformModelAdmin):
    """What waits in the queue, and the dead letters. ``redrive`` is a command."""

    list_display = ["id", "kind", "ref", "tenant_id", "state", "attempts", "run_at"]
    list_filter = ["state", "kind"]
    search_fields = ["ref", "error"]
    show_full_result_count = False


@admin.register(Schedule, site=platform_admin)
class ScheduleAdmin(ReadOnlyModelAdmin, PlatformModelAdmin):
    """What repeats."""

    list_display = ["name", "cron", "kind", "tenant_id", "next_run_at", "last_run_at", "missed"]
