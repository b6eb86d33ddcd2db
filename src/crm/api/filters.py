"""What lists of contacts can be narrowed by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import SearchFilter
from rest_framework.request import Request

from core.phones import PhoneError, to_e164
from crm.models import Contact
from crm.selectors import contacts_matching, in_segment, region
from crm.services.tags import find_tags


class ContactFilter(django_filters.FilterSet):
    """By exact values; ``phone`` in any spelling, ``tag`` in any case, ``segment`` by key or id."""

    tag = django_filters.CharFilter(method="by_tag", label="A tag's name")
    phone = django_filters.CharFilter(method="by_phone", label="A phone number in any spelling")
    email = django_filters.CharFilter(method="by_email", label="An e-mail address")

    segment = django_filters.CharFilter(method="by_segment", label="A segment's key or id")
    opted_out = django_filters.BooleanFilter(field_name="opted_out_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Contact
        fields = ["tag", "segment", "phone", "email", "external_id", "language", "opted_out"]

    def by_segment(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Those who are inside."""
        return rows.filter(in_segment(value))

    def by_tag(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Those who wear it."""
        tag = find_tags([value]).get(value)
        return rows.filter(contact_tags__tag=tag) if tag else rows.none()

    def by_phone(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Those with that number. A ``+`` in a URL is a space to most programs, so a leading one is taken for it."""
        text = "+" + value.strip() if value.startswith(" ") else value
        try:
            return rows.filter(phone=to_e164(text, region()))
        except PhoneError as exc:
            raise ValidationError({"phone": [str(exc)]}) from exc

    def by_email(self, rows: QuerySet[Contact], name: str, value: str) -> QuerySet[Contact]:
        """Those with that address."""
        return rows.filter(email=value.strip().lower())


class FoldedSearch(SearchFilter):
    """``?search=``: every word, in whatever spelling of Arabic, Persian or Latin letters; phones as people write them."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The contacts that match."""
        term = request.query_params.get(self.search_param, "").replace("\x00", "")
        return queryset.filter(contacts_matching(term)) if term.strip() else queryset
