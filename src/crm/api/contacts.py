"""Contacts, with their tags, notes and timeline."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from crm.api.filters import ContactFilter, FoldedSearch
from crm.api.serializers import (
    ContactDetailSerializer,
    ContactInputSerializer,
    ContactSerializer,
    NewContactSerializer,
    NoteSerializer,
    OptSerializer,
    TagNameSerializer,
    TimelineSerializer,
    WornTagsSerializer,
)
from crm.models import Contact, ContactSegment, ContactTag
from crm.selectors import merged_into, timeline
from crm.services.cause import Cause
from crm.services.consent import set_opted_out
from crm.services.contacts import Change, create_contact, delete_contacts, update_contacts
from crm.services.notes import NewNote, add_notes
from crm.services.tagging import Tagging, add_tags, remove_tags
from crm.timeline import TimelineKind
from events.api.idempotency import IdempotentWritesMixin
from workflow.api.preconditions import IF_MATCH, if_match

_TIMELINE_PAGE = 50
_DETAILS = (
    "identities",
    Prefetch("contact_segments", ContactSegment.objects.select_related("segment").order_by("id")),
)


class TimelineQuery(serializers.Serializer[Any]):
    """Which piece of a timeline."""

    before = serializers.UUIDField(required=False, help_text="The id of the oldest event already seen.")
    limit = serializers.IntegerField(required=False, default=_TIMELINE_PAGE, min_value=1, max_value=200)
    kind = serializers.MultipleChoiceField(
        required=False, choices=[kind.value for kind in TimelineKind], help_text="What to see alone."
    )


@extend_schema(tags=["crm"])
@extend_schema_view(
    list=extend_schema(summary="List contacts", parameters=[OpenApiParameter("search", str)]),
    retrieve=extend_schema(summary="Show a contact", responses=ContactDetailSerializer),
)
class ContactViewSet(IdempotentWritesMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tenant's customers."""

    queryset = Contact.objects.prefetch_related(
        Prefetch("contact_tags", ContactTag.objects.select_related("tag").order_by("id"))
    )
    serializer_class = ContactSerializer
    required_scopes = {"read": "crm:read", "write": "crm:write"}
    filter_backends = [DjangoFilterBackend, FoldedSearch, OrderingFilter]
    filterset_class = ContactFilter
    ordering_fields = ["name", "created_at", "updated_at"]

    def get_queryset(self) -> QuerySet[Any]:
        """With addresses and segments where one contact is shown."""
        rows = super().get_queryset()
        return rows.prefetch_related(*_DETAILS) if self.action == "retrieve" else rows

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        """See :meth:`get_queryset`."""
        return ContactDetailSerializer if self.action == "retrieve" else ContactSerializer

    def get_object(self) -> Any:
        """The id of a merged contact leads to the one that is left, but for deleting it."""
        try:
            return super().get_object()
        except Http404:
            left = (
                merged_into([self.kwargs["pk"]])
                if self.action != "destroy" and _is_id(self.kwargs["pk"])
                else {}
            )
            if not left:
                raise
        self.kwargs["pk"] = next(iter(left.values()))
        return super().get_object()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are narrowed; one contact is found by its id, whatever else the query says."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @property
    def cause(self) -> Cause:
        """Who changes things here."""
        return Cause(actor=self.principal.label)

    @extend_schema(
        summary="Make a contact", request=NewContactSerializer, responses={201: ContactDetailSerializer}
    )
    def create(self, request: Request) -> Response:
        """Make a contact. Publishes ``USER_CREATED``, and ``TAG_ADDED`` for each tag."""
        values = _checked(NewContactSerializer, request)
        custom, tags = values.pop("custom", {}), values.pop("tags", [])
        with transaction.atomic():
            contact = create_contact(values, custom=custom, cause=self.cause)
            add_tags([Tagging(contact.id, tag, self.cause) for tag in tags])
        return Response(self._shown(contact.id), status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Change a contact",
        request=ContactInputSerializer,
        responses=ContactDetailSerializer,
        parameters=[IF_MATCH],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change the fields that are given. Publishes ``USER_UPDATED`` when one really changed. With ``If-Match``, 409
        when somebody else has changed the contact since."""
        contact = self.get_object()
        values = _checked(ContactInputSerializer, request)
        custom = values.pop("custom", {})
        with transaction.atomic():
            update_contacts(
                [
                    Change(
                        contact_id=contact.id,
                        values=values,
                        custom=custom,
                        cause=self.cause,
                        revision=if_match(request),
                    )
                ]
            )
        return Response(self._shown(contact.id))

    @extend_schema(summary="Delete a contact", responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Delete a contact with its notes, conversations and messages."""
        contact = self.get_object()
        with transaction.atomic():
            delete_contacts([contact.id])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(summary="Put a tag on", request=TagNameSerializer, responses=WornTagsSerializer)
    @action(detail=True, methods=["post"])
    def tags(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a tag on the contact; a tag that there is not yet is made. Publishes ``TAG_ADDED``."""
        contact = self.get_object()
        tag = _checked(TagNameSerializer, request)["tag"]
        with transaction.atomic():
            changed = add_tags([Tagging(contact.id, tag, self.cause)])[0]
        return self._worn(contact.id, changed)

    @extend_schema(
        summary="Take a tag off",
        parameters=[OpenApiParameter("tag", str, required=True, description="The tag's name")],
        responses=WornTagsSerializer,
    )
    @tags.mapping.delete
    def take_tag_off(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a tag off the contact. Publishes ``TAG_REMOVED`` if it was worn."""
        contact = self.get_object()
        given = TagNameSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            changed = remove_tags([Tagging(contact.id, given.validated_data["tag"], self.cause)])[0]
        return self._worn(contact.id, changed)

    @extend_schema(summary="Opt out", request=OptSerializer, responses=ContactDetailSerializer)
    @action(detail=True, methods=["post"])
    def opt_out(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send the contact no automated messages any more. Publishes ``USER_OPTED_OUT`` if that is news."""
        return self._opted(request, opted_out=True)

    @extend_schema(summary="Opt in", request=OptSerializer, responses=ContactDetailSerializer)
    @action(detail=True, methods=["post"])
    def opt_in(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send the contact automated messages again. Publishes ``USER_OPTED_IN`` if that is news."""
        return self._opted(request, opted_out=False)

    @extend_schema(summary="List notes", responses=NoteSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def notes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the team wrote about the contact, newest first."""
        page = self.paginate_queryset(self.get_object().notes.all())
        return self.get_paginated_response(NoteSerializer(page, many=True).data)

    @extend_schema(summary="Write a note", request=NoteSerializer, responses={201: NoteSerializer})
    @notes.mapping.post
    def write_note(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write a note about the contact. Publishes ``NOTE_ADDED``."""
        contact = self.get_object()
        text = _checked(NoteSerializer, request)["text"]
        with transaction.atomic():
            note = add_notes([NewNote(contact.id, text, self.cause)])[0]
        note.refresh_from_db()
        return Response(NoteSerializer(note).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Timeline",
        parameters=[TimelineQuery],
        responses={200: TimelineSerializer, 404: OpenApiResponse()},
        filters=False,
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def timeline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What happened to and with the contact, newest first, a piece at a time."""
        contact = self.get_object()
        query = TimelineQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        before, limit = query.validated_data.get("before"), query.validated_data["limit"]
        kinds = sorted(query.validated_data.get("kind", ()))
        events = timeline(
            contact.id, before=before, kinds=[TimelineKind(kind) for kind in kinds], limit=limit + 1
        )
        older = len(events) > limit
        events = events[:limit]
        address = None
        if older:
            again = [
                ("before", str(events[-1].id)),
                ("limit", str(limit)),
                *(("kind", kind) for kind in kinds),
            ]
            address = f"{request.path}?{urlencode(again)}"
        shown = TimelineSerializer(
            {"results": events, "next": address and request.build_absolute_uri(address)}
        )
        return Response(shown.data)

    def _opted(self, request: Request, *, opted_out: bool) -> Response:
        contact = self.get_object()
        reason = _checked(OptSerializer, request)["reason"]
        with transaction.atomic():
            set_opted_out(contact.id, opted_out, self.cause, reason=reason)
        return Response(self._shown(contact.id))

    def _shown(self, contact_id: uuid.UUID) -> dict[str, Any]:
        contact = ContactViewSet.queryset.prefetch_related(*_DETAILS).get(id=contact_id)
        return ContactDetailSerializer(contact).data

    def _worn(self, contact_id: uuid.UUID, changed: bool) -> Response:
        rows = ContactTag.objects.filter(contact_id=contact_id).order_by("id")
        return Response({"changed": changed, "tags": list(rows.values_list("tag__name", flat=True))})


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _checked(shape: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
