"""Dead letters: what was given up, and how to try it again."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from events.queue.doorbell import ring
from events.queue.enqueue import UPSERT_LANES
from events.queue.handlers import HANDLERS
from events.queue.models import Item, ItemState
from tenants.scope import public_scope, require_tenant

_FORGET = "DELETE FROM public.queue_item WHERE tenant_id = %s AND dedupe_key = ANY(%s) AND state = 1"


def forget(*dedupe_keys: str) -> int:
    """Delete dead items of the current tenant by their keys, in the current transaction, as their work is begun anew and
    they would keep its items out; returns how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [require_tenant().id, list(dedupe_keys)])
        return cursor.rowcount


def discard(*, tenant_id: uuid.UUID, ids: list[int]) -> list[Item]:
    """Delete a tenant's dead items for good, without trying them again; returns those that there were."""
    with public_scope(), transaction.atomic():
        found = Item.objects.select_for_update(skip_locked=True).filter(
            state=ItemState.DEAD, tenant_id=tenant_id, id__in=ids
        )
        items = list(found.order_by("id"))
        Item.objects.filter(id__in=[item.id for item in items], state=ItemState.DEAD).delete()
    return items


def redrive(
    *, kind: str = "", tenant_id: uuid.UUID | None = None, ids: list[int] | None = None, limit: int = 10_000
) -> int:
    """Give dead items a fresh set of attempts, oldest first; returns how many. They keep their place in the lane.

    Kinds that this release does not know stay where they are.
    """
    with public_scope(), transaction.atomic():
        dead = Item.objects.select_for_update(skip_locked=True).filter(
            state=ItemState.DEAD, kind__in=HANDLERS
        )
        if kind:
            dead = dead.filter(kind=kind)
        if tenant_id is not None:
            dead = dead.filter(tenant_id=tenant_id)
        if ids is not None:
            dead = dead.filter(id__in=ids)
        items = list(dead.order_by("id")[:limit])
        if not items:
            return 0
        pools = [HANDLERS.get(item.kind).pool for item in items]
        with connection.cursor() as cursor:
            cursor.execute(
                UPSERT_LANES,
                [
                    [i.tenant_id for i in items],
                    [i.lane_key for i in items],
                    [int(p) for p in pools],
                    [None] * len(items),
                ],
            )
            cursor.execute(
                "UPDATE public.queue_item SET state = 0, attempts = 0, error = '', run_at = now() WHERE id = ANY(%s)",
                [[item.id for item in items]],
            )
        transaction.on_commit(lambda: ring(set(pools)))
    return len(items)
