"""Segments, and who is inside."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from accounts.api.viewsets import ScopedModelViewSet
from crm.api.segment_serializers import (
    ContactIdsSerializer,
    InsideSerializer,
    MovedSerializer,
    NewSegmentSerializer,
    PredicateSerializer,
    PreviewSerializer,
    SegmentChangeSerializer,
    SegmentSerializer,
)
from crm.models import Contact, ContactSegment, ContactTag, Segment
from crm.selectors import with_size
from crm.services.cause import Cause
from crm.services.segment_preview import preview
from crm.services.segments import (
    add_contacts,
    change_segment,
    create_segment,
    delete_segments,
    refresh_segment,
    remove_contacts,
)
from events.api.idempotency import IdempotentWritesMixin

_WORN = ContactTag.objects.select_related("tag").order_by("id")


@extend_schema(tags=["crm"])
@extend_schema_view(
    create=extend_schema(request=NewSegmentSerializer, responses={201: SegmentSerializer}),
    partial_update=extend_schema(request=SegmentChangeSerializer, responses=SegmentSerializer),
)
class SegmentViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """Groups of contacts, by a predicate or kept by hand. A workflow that waits for a deleted one hears nothing more."""

    queryset = with_size(Segment.objects.all())
    serializer_class = SegmentSerializer
    required_scopes = {"read": "crm:read", "write": "crm:write"}
    action_scopes = {"preview": "crm:read"}
    filterset_fields = ["kind", "state"]
    search_fields = ["name", "key", "description"]
    ordering_fields = ["name", "created_at", "updated_at"]

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are narrowed; one segment is found by its id, whatever else the query says."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make a segment. A dynamic one is filled in the background: ``state`` is ``computing`` until it is.

        That first filling publishes no ``SEGMENT_ENTERED``, unless ``announce`` is true.
        """
        made = create_segment(**_checked(NewSegmentSerializer, request))
        return Response(self._shown(made), status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change name, description or predicate. A new predicate puts all contacts in or out in the background, without
        an event for each unless ``announce`` is true. Key and kind stay."""
        segment = self.get_object()
        return Response(self._shown(change_segment(segment, **_checked(SegmentChangeSerializer, request))))

    def perform_destroy(self, instance: Segment) -> None:
        """Remove it, without an event for those inside."""
        delete_segments([instance])

    @extend_schema(
        summary="Try a predicate", request=PredicateSerializer, responses=PreviewSerializer, filters=False
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def preview(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How many contacts a predicate holds for, and the newest ten of them. Where each has to be looked at by itself,
        the newest 10,000 are."""
        found = preview(_checked(PredicateSerializer, request)["predicate"])
        sample = Contact.objects.prefetch_related(Prefetch("contact_tags", _WORN)).filter(id__in=found.sample)
        return Response(PreviewSerializer(found, context={"sample": sample}).data)

    @extend_schema(summary="Who is inside", responses=InsideSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def contacts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The contacts inside, the latest to come in first."""
        tags = Prefetch("contact__contact_tags", _WORN)
        inside = ContactSegment.objects.filter(segment=self.get_object()).order_by("-id")
        page = self.paginate_queryset(inside.select_related("contact").prefetch_related(tags))
        return self.get_paginated_response(InsideSerializer(page, many=True).data)

    @extend_schema(summary="Put contacts in", request=ContactIdsSerializer, responses=MovedSerializer)
    @action(detail=True, methods=["post"])
    def add(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put contacts into a segment that is kept by hand. Publishes ``SEGMENT_ENTERED`` for those who were not inside."""
        segment = self.get_object()
        ids = _checked(ContactIdsSerializer, request)["contact_ids"]
        return Response({"changed": add_contacts(segment, ids, self._cause)})

    @extend_schema(summary="Take contacts out", request=ContactIdsSerializer, responses=MovedSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take contacts out of a segment that is kept by hand. Publishes ``SEGMENT_LEFT`` for those who were inside."""
        segment = self.get_object()
        ids = _checked(ContactIdsSerializer, request)["contact_ids"]
        return Response({"changed": remove_contacts(segment, ids, self._cause)})

    @extend_schema(summary="Compute again", request=None, responses={202: SegmentSerializer})
    @action(detail=True, methods=["post"])
    def refresh(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask about all contacts again, in the background. What that finds is published."""
        return Response(self._shown(refresh_segment(self.get_object())), status=202)

    @property
    def _cause(self) -> Cause:
        return Cause(actor=self.principal.label)

    def _shown(self, segment: Segment) -> dict[str, Any]:
        return SegmentSerializer(SegmentViewSet.queryset.get(id=segment.id)).data


def _checked(shape: type[BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
