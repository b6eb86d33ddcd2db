"""Contacts that may be one person, and made one."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.bases import CrmView, checked
from crm.api.query import in_order
from crm.api.serializers import ContactDetailSerializer
from crm.models import Contact
from crm.selectors.duplicates import Group, duplicates, duplicates_of
from crm.services.merging import Merge, merge_contacts
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.preconditions import IF_MATCH, if_match


class DuplicateGroupSerializer(serializers.Serializer[Any]):
    """Contacts that share a phone number, an e-mail address or a name in any spelling; at most ten of them."""

    reason = serializers.ChoiceField(choices=["phone", "email", "name"])
    value = serializers.CharField()
    contacts = ContactDetailSerializer(many=True)


class MergeSerializer(serializers.Serializer[Any]):
    """``other`` is to live on in the contact of the path; ``take`` are the fields whose values are taken from it."""

    other = serializers.UUIDField()
    take = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        max_length=200,
        help_text="As phone or custom.size. Fields that are empty are filled from the other in any case.",
    )


class DuplicatesView(CrmView):
    """``GET contacts/duplicates/``."""

    @extend_schema(
        tags=["crm"], operation_id="crm_contacts_duplicates", responses=DuplicateGroupSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """The fifty surest groups of contacts that may be one person; names of the newest 50,000 contacts are compared."""
        return Response(_shown(duplicates()))


class ContactDuplicatesView(CrmView):
    """``GET contacts/{id}/duplicates/``."""

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_duplicates_of",
        responses=DuplicateGroupSerializer(many=True),
    )
    def get(self, request: Request, contact_id: uuid.UUID) -> Response:
        """Contacts that may be the same person as this one, which comes first in each group."""
        return Response(_shown(duplicates_of(get_object_or_404(Contact, id=contact_id))))


class MergeView(IdempotentWritesMixin, CrmView):
    """``POST contacts/{id}/merge/``."""

    @extend_schema(
        tags=["crm"],
        operation_id="crm_contacts_merge",
        request=MergeSerializer,
        responses=ContactDetailSerializer,
        parameters=[IF_MATCH],
    )
    def post(  # type: ignore[override]
        self, request: Request, contact_id: uuid.UUID
    ) -> Response:
        """Merge another contact into this one, for good. Its addresses, conversations, tags, notes, events and executions
        become this one's, and its id leads here from now on. Publishes ``CONTACT_MERGED``."""
        get_object_or_404(Contact, id=contact_id)
        given = checked(MergeSerializer, request)
        left = merge_contacts(
            Merge(
                winner=contact_id,
                loser=given["other"],
                chosen=given.get("take", ()),
                revision=if_match(request),
                cause=self.cause,
            )
        )
        return Response(ContactDetailSerializer(in_order([left.id])[0]).data)


def _shown(groups: Sequence[Group]) -> Any:
    rows = {row.id: row for row in in_order(list({one for group in groups for one in group.ids}))}
    answer = [
        {
            "reason": group.reason,
            "value": group.value,
            "contacts": [rows[one] for one in group.ids if one in rows],
        }
        for group in groups
    ]
    return DuplicateGroupSerializer(answer, many=True).data
