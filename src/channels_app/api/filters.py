"""What lists of the inbox can be narrowed by."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import SearchFilter
from rest_framework.request import Request

from accounts.principal import Principal
from channels_app.models import Control, Conversation, ConversationStatus, InboundDelivery, Send
from channels_app.providers.base import DeliveryState
from crm.models import Contact
from crm.selectors import contacts_matching

TROUBLE = (DeliveryState.UNKNOWN, DeliveryState.FAILED)


class ConversationFilter(django_filters.FilterSet):
    """``status`` may be given several times; ``assignee`` is a user's id, ``me`` or ``none``."""

    status = django_filters.MultipleChoiceFilter(choices=ConversationStatus.choices)
    control = django_filters.ChoiceFilter(choices=Control.choices)
    channel = django_filters.UUIDFilter(field_name="channel_id")
    provider = django_filters.CharFilter(field_name="channel__provider")
    contact = django_filters.UUIDFilter(field_name="contact_id")
    assignee = django_filters.CharFilter(method="by_assignee", label="A user's id, me, or none")

    class Meta:
        model = Conversation
        fields = ["status", "control", "channel", "provider", "contact", "assignee"]

    def by_assignee(self, rows: QuerySet[Conversation], name: str, value: str) -> QuerySet[Conversation]:
        """Those that are somebody's."""
        if value == "none":
            return rows.filter(assignee_id__isnull=True)
        assert self.request is not None
        principal: Principal = getattr(self.request, "auth")  # noqa: B009  (DRF's request, which the library types as Django's)
        try:
            wanted = principal.id if value == "me" else uuid.UUID(value)
        except ValueError as exc:
            raise ValidationError({"assignee": ["Give a user's id, me, or none."]}) from exc
        return rows.filter(assignee_id=wanted)


class ContactSearch(SearchFilter):
    """``?search=``: conversations with the contacts that match; see ``crm.selectors.contacts_matching``."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The conversations."""
        term = request.query_params.get(self.search_param, "").replace("\x00", "")
        if not term.strip():
            return queryset
        return queryset.filter(contact__in=Contact.objects.filter(contacts_matching(term)))


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
