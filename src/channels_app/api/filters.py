"""What sends and deliveries can be narrowed by."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from channels_app.models import InboundDelivery, Send
from channels_app.providers.base import DeliveryState

TROUBLE = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


class SendFilter(django_filters.FilterSet):
    """In trouble, unless a state is asked for."""

    state = django_filters.ChoiceFilter(
        choices=[(state.value, state.name.title()) for state in DeliveryState]
    )
    channel = django_filters.UUIDFilter(field_name="message__channel_id")

    class Meta:
        model = Send
        fields = ["state", "channel", "error_code"]

    def filter_queryset(self, queryset: QuerySet[Send]) -> QuerySet[Send]:
        """See the class."""
        if not self.form.cleaned_data["state"]:
            queryset = queryset.filter(state__in=TROUBLE)
        return super().filter_queryset(queryset)


class DeliveryFilter(django_filters.FilterSet):
    """``failed``: with an error, or without; ``waiting``: not processed yet, or processed."""

    channel = django_filters.UUIDFilter(field_name="channel_id")
    failed = django_filters.BooleanFilter(method="by_error", label="Not understood")
    waiting = django_filters.BooleanFilter(field_name="processed_at", lookup_expr="isnull")

    class Meta:
        model = InboundDelivery
        fields = ["channel", "failed", "waiting"]

    def by_error(self, rows: QuerySet[InboundDelivery], name: str, value: bool) -> QuerySet[InboundDelivery]:
        """Those that were not understood, or those that were."""
        return rows.exclude(error="") if value else rows.filter(error="")
