"""The audit in the tenants' admin: to look at."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin.bases import ReadOnlyModelAdmin
from accounts.admin_sites import tenant_admin
from accounts.audit.models import AuditEntry


@admin.register(AuditEntry, site=tenant_admin)
class AuditEntryAdmin(ReadOnlyModelAdmin):
    """Who did what, newest first."""

    list_display = ["at", "actor_name", "action", "object_type", "object_label", "door", "ip"]
    list_filter = ["door"]
    search_fields = ["actor_name", "object_label", "object_id"]
    show_full_result_count = False
