"""The events' tables, in each tenant's schema."""

from events.models.event import Event
from events.models.idempotency import IdempotencyRecord

__all__ = ["Event", "IdempotencyRecord"]
