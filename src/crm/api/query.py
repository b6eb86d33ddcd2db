"""The table of contacts: which columns there are, the form of a contact, and pages by predicate and ordering."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.bases import CrmView, checked
from crm.api.serializers import ContactDetailSerializer
from crm.models import Contact, ContactSegment, ContactTag
from crm.querying import ContactFilter, columns, find_contacts
from crm.services.contact_schema import contact_schema
from workflow.api.fields import JSONObjectField

COLUMN_TYPES = (
    "text", "number", "boolean", "date", "datetime", "choice", "phone", "email", "list",
)  # fmt: skip
_PARTS = (
    "identities",
    Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("id")),
    Prefetch("contact_segments", ContactSegment.objects.select_related("segment").order_by("id")),
)


class ColumnSerializer(serializers.Serializer[Any]):
    """A column. ``field`` is what predicates call it, empty when they cannot ask for it; ``label`` is the tenant's own word
    for a ``custom`` one, else English, to be translated by ``key``."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=COLUMN_TYPES)
    field = serializers.CharField()
    operators = serializers.ListField(child=serializers.CharField())
    choices = serializers.ListField(child=serializers.CharField())
    sortable = serializers.BooleanField()
    editable = serializers.BooleanField()
    custom = serializers.BooleanField()
    default = serializers.BooleanField(help_text="Shown until the member chooses.")


class ContactQuerySerializer(serializers.Serializer[Any]):
    """Which contacts, in what order, which page."""

    predicate = JSONObjectField(required=False, help_text="Over user.…; empty or left out: everybody.")
    search = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    ordering = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=3,
        help_text='Keys of sortable columns, with "-" in front for descending; the newest first when left out.',
    )
    page = serializers.IntegerField(required=False, min_value=1, default=1)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200, default=50)


class ContactPageSerializer(serializers.Serializer[Any]):
    """A page. ``count`` is how many there are in all; when it is ``capped``, at least so many: counting stops at 100,000,
    and at the first 20,000 in the given order where each has to be looked at by itself. ``undecided`` counts those on whom
    the predicate could not decide there."""

    count = serializers.IntegerField()
    capped = serializers.BooleanField()
    undecided = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    results = ContactDetailSerializer(many=True)


class ColumnsView(CrmView):
    """``GET contacts/columns/``."""

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_columns",
        responses=ColumnSerializer(many=True),
        filters=False,
    )
    def get(self, request: Request) -> Response:
        """What a table of contacts can show, be sorted by and be narrowed by."""
        return Response(ColumnSerializer(columns(), many=True).data)


class ContactSchemaView(CrmView):
    """``GET contacts/schema/``."""

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_schema",
        responses={200: {"type": "object", "additionalProperties": True}},
    )
    def get(self, request: Request) -> Response:
        """The JSON Schema of what may be edited of a contact, the tenant's own fields included."""
        return Response(contact_schema())


class ContactQueryView(CrmView):
    """``POST contacts/query/``: a question, so reading is enough."""

    required_scopes = {"write": "crm:read"}

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_query",
        request=ContactQuerySerializer,
        responses=ContactPageSerializer,
    )
    def post(self, request: Request) -> Response:
        """A page of the contacts for whom a predicate is true, who match the words of a search."""
        given = checked(ContactQuerySerializer, request)
        page, size = given["page"], given["page_size"]
        wanted = ContactFilter(predicate=given.get("predicate", {}), search=given["search"])
        found = find_contacts(wanted, ordering=given.get("ordering", ()), page=page, size=size)
        answer = {
            "count": found.count,
            "capped": found.capped,
            "undecided": found.errors,
            "page": page,
            "page_size": size,
            "results": in_order(found.ids),
        }
        return Response(ContactPageSerializer(answer).data)


def in_order(ids: Sequence[uuid.UUID]) -> list[Contact]:
    """The contacts with all that is shown of them, in the order of the ids."""
    rows = Contact.objects.prefetch_related(*_PARTS).in_bulk(list(ids)) if ids else {}
    return [rows[one] for one in ids if one in rows]
