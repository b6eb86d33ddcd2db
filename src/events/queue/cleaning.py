"""What the queue forgets with a tenant: its lanes, items and schedules name it by id only, so nothing cascades."""

from __future__ import annotations

import uuid
from typing import Any

from tenants.services.provisioning import on_dropped


@on_dropped
def forget_tenant(cursor: Any, tenant_id: uuid.UUID) -> None:
    """Remove the tenant's rows."""
    cursor.execute("DELETE FROM public.queue_item WHERE tenant_id = %s", [tenant_id])
    cursor.execute("DELETE FROM public.queue_lane WHERE tenant_id = %s", [tenant_id])
    cursor.execute("DELETE FROM public.queue_schedule WHERE tenant_id = %s", [tenant_id])
