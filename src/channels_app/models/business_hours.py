"""When the business is open: one row a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class BusinessHoursSetting(models.Model):
    """``hours`` are those of ``core.calendar.BusinessHours`` as JSON; without any it is always open."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    hours = models.JSONField(
        null=True,
        blank=True,
        help_text='As {"timezone": "Africa/Algiers", "week": {"sun": [["09:00", "17:00"]]}, "holidays": '
        '["2026-07-05"]}. Empty: always open.',
    )
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = "opening hours"
        verbose_name_plural = "opening hours"

    def __str__(self) -> str:
        return "Opening hours"
