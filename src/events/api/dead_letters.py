"""Dead letters over REST: the tenant's work that was given up, what it was about, and trying it again or letting it go."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.noting import noted
from events.queue.dead import discard, redrive
from events.queue.explaining import EXPLAINERS, About, Subject, explained
from events.queue.handlers import HANDLERS
from events.queue.models import Item, ItemState
from tenants.scope import require_tenant

#: How many letters one request may put back or discard.
MOST = 10_000

#: Those of the list, for what is done to all that they let through.
_FILTERS = [
    OpenApiParameter("kind", OpenApiTypes.STR),
    OpenApiParameter("error", OpenApiTypes.STR, description="A part of the error's text."),
    OpenApiParameter("search", OpenApiTypes.STR),
]


class AboutSerializer(serializers.Serializer[Any]):
    """What a letter is about: ``text`` in the tenant's own words, and ids of where it is to be seen."""

    subject = serializers.ChoiceField(choices=[subject.value for subject in Subject])
    text = serializers.CharField()
    event_id = serializers.UUIDField(allow_null=True)
    message_id = serializers.UUIDField(allow_null=True)
    conversation_id = serializers.UUIDField(allow_null=True)
    contact_id = serializers.UUIDField(allow_null=True)
    channel_id = serializers.UUIDField(allow_null=True)
    workflow_id = serializers.UUIDField(allow_null=True)
    execution_id = serializers.UUIDField(allow_null=True)


class DeadLetterSerializer(serializers.ModelSerializer[Item]):
    """Work that was tried as often as it may be. ``known`` is false for a kind that this release cannot do any more."""

    about = serializers.SerializerMethodField()
    known = serializers.SerializerMethodField()

    class Meta:
        model = Item
        fields = [
            "id", "kind", "ref", "lane_key", "attempts", "error", "created_at", "run_at", "known", "about",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AboutSerializer)
    def get_about(self, item: Item) -> dict[str, Any]:
        """The view explains all that are shown at once."""
        about: About = self.context["about"][item.id]
        return dict(AboutSerializer(about).data)

    def get_known(self, item: Item) -> bool:
        """Whether it can be tried again."""
        return item.kind in HANDLERS


class SomeLettersSerializer(serializers.Serializer[Any]):
    """Which letters: those with these ids, or without ``ids`` all that the query's filters let through."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, allow_empty=False, max_length=MOST
    )


class DiscardSerializer(serializers.Serializer[Any]):
    """Why it is let go. The reason stands in the audit."""

    reason = serializers.CharField(max_length=500)


class DiscardSomeSerializer(SomeLettersSerializer, DiscardSerializer):
    """Which letters, and why they are let go."""


class LettersDoneSerializer(serializers.Serializer[Any]):
    """``done``: how many were put back or discarded; ``left``: how many of those named were not, because they are being
    worked on, are gone, or are of a kind that this release does not know."""

    done = serializers.IntegerField()
    left = serializers.IntegerField()


class KindCountSerializer(serializers.Serializer[Any]):
    """A kind of work, and how much of it was given up."""

    kind = serializers.CharField()
    subject = serializers.ChoiceField(choices=[subject.value for subject in Subject])
    count = serializers.IntegerField()


class DeadLetterFilter(django_filters.FilterSet):
    """By kind, by a part of the error's text, and by when it was begun."""

    kind = django_filters.CharFilter(max_length=60)
    error = django_filters.CharFilter(lookup_expr="icontains", max_length=200)
    ref = django_filters.CharFilter(max_length=200)
    after = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="gte")
    before = django_filters.IsoDateTimeFilter(field_name="created_at", lookup_expr="lt")

    class Meta:
        model = Item
        fields = ["kind", "ref"]


@extend_schema(tags=["dead letters"])
@extend_schema_view(
    list=extend_schema(summary="List dead letters"), retrieve=extend_schema(summary="Show a dead letter")
)
class DeadLetterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Item]):
    """The queue is one table for all tenants: only the current one's rows are ever looked at."""

    queryset = Item.objects.filter(state=ItemState.DEAD)
    serializer_class = DeadLetterSerializer
    required_scopes = {"read": "workflow:read", "write": "workflow:write"}
    filterset_class = DeadLetterFilter
    search_fields = ["error", "ref"]
    ordering_fields = ["created_at", "run_at", "kind"]
    ordering = ["-id"]

    def get_queryset(self) -> QuerySet[Item]:
        """This tenant's."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset()
        return super().get_queryset().filter(tenant_id=require_tenant().id)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are narrowed; one letter is found by its id, whatever else the query says."""
        return super().filter_queryset(queryset) if not self.detail else queryset

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With what all shown letters are about, found at once."""
        shown = args[0] if args and kwargs.get("many") else args[:1]
        kwargs["context"] = {"about": explained(shown)}
        return DeadLetterSerializer(*args, **kwargs)

    @extend_schema(summary="Count by kind", responses=KindCountSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def kinds(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Which kinds there are, the most frequent first."""
        rows = self.get_queryset().values("kind").annotate(count=Count("id")).order_by("-count", "kind")
        shown = [{**row, "subject": _subject(row["kind"])} for row in rows]
        return Response(KindCountSerializer(shown, many=True).data)

    @extend_schema(summary="Put one back", request=None, responses=LettersDoneSerializer)
    @action(detail=True, methods=["post"])
    def redrive(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try it again, with a fresh set of attempts. It keeps its place in its lane."""
        return self._redriven([self.get_object()], wanted=1)

    @extend_schema(
        operation_id="dead_letters_redrive_some",
        parameters=_FILTERS,
        summary="Put several back",
        request=SomeLettersSerializer,
        responses=LettersDoneSerializer,
    )
    @action(detail=False, methods=["post"], url_path="redrive", url_name="redrive-some")
    def redrive_some(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Try them again: those named, or all that the filters let through, up to 10,000 at a time."""
        return self._redriven(*self._named(SomeLettersSerializer(data=request.data)))

    @extend_schema(summary="Discard one", request=DiscardSerializer, responses=LettersDoneSerializer)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let it go for good. The reason stands in the audit."""
        letter = self.get_object()
        given = DiscardSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self._discarded([letter], 1, reason=given.validated_data["reason"])

    @extend_schema(
        operation_id="dead_letters_discard_some",
        parameters=_FILTERS,
        summary="Discard several",
        request=DiscardSomeSerializer,
        responses=LettersDoneSerializer,
    )
    @action(detail=False, methods=["post"], url_path="discard", url_name="discard-some")
    def discard_some(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let them go for good: those named, or all that the filters let through, up to 10,000 at a time."""
        given = DiscardSomeSerializer(data=request.data)
        letters, wanted = self._named(given)
        return self._discarded(letters, wanted, reason=given.validated_data["reason"])

    def _named(self, given: serializers.Serializer[Any]) -> tuple[list[Item], int]:
        """The letters, and how many were asked for."""
        given.is_valid(raise_exception=True)
        ids = given.validated_data.get("ids")
        rows = self.get_queryset().order_by("id")
        if ids is not None:
            return list(rows.filter(id__in=ids)), len(set(ids))
        letters = list(self.filter_queryset(rows).order_by("id")[:MOST])
        return letters, len(letters)

    def _redriven(self, letters: list[Item], wanted: int) -> Response:
        done = redrive(tenant_id=require_tenant().id, ids=[letter.id for letter in letters]) if letters else 0
        return self._told(letters, wanted, done=done)

    def _discarded(self, letters: list[Item], wanted: int, *, reason: str) -> Response:
        gone = discard(tenant_id=require_tenant().id, ids=[letter.id for letter in letters])
        return self._told(letters, wanted, done=len(gone), reason=reason)

    def _told(self, letters: list[Item], wanted: int, *, done: int, **detail: str) -> Response:
        notes = noted(self.request)
        notes.object_type = "queue.item"
        if len(letters) == 1:
            notes.object_id, notes.object_label = str(letters[0].id), str(letters[0])
        # So many are named that one can tell what became of each, and no more.
        named = [f"{letter.kind} {letter.ref}" for letter in letters[:50]]
        notes.detail = {**detail, "done": done, "letters": named}
        return Response(LettersDoneSerializer({"done": done, "left": wanted - done}).data)


def _subject(kind: str) -> str:
    found = EXPLAINERS.find(kind)
    return (found.subject if found is not None else Subject.OTHER).value
