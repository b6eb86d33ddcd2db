"""The opening hours of the business, changed."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from channels_app.models import BusinessHoursSetting
from channels_app.selectors import forget_business_hours
from channels_app.services.inbox_time.timers import rescan_for_hours
from core.calendar import BusinessHours


@transaction.atomic
def set_business_hours(hours: BusinessHours | None) -> None:
    """Set the opening hours (``None``: always open). What workflows wait for by them is counted anew."""
    values = {
        "hours": hours.model_dump(mode="json") if hours is not None else None,
        "updated_at": datetime.now(UTC),
    }
    BusinessHoursSetting.objects.update_or_create(id=1, defaults=values)
    forget_business_hours()
    rescan_for_hours()
