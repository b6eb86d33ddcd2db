"""Labels, saved views and canned replies."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from pydantic import ValidationError as PydanticError
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedModelViewSet
from channels_app.api.conversation_serializers import LabelSerializer
from channels_app.listing import ConversationFilters
from channels_app.models import CannedReply, Conversation, Label, SavedView
from channels_app.services.canned import rendered_canned, save_canned
from channels_app.services.labelling import delete_label, save_label
from channels_app.services.views import own_or_shared
from core.text import fold
from events.api.idempotency import IdempotentWritesMixin


@extend_schema(tags=["inbox"])
class LabelViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """The labels of all conversations."""

    queryset = Label.objects.all()
    serializer_class = LabelSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends: list[Any] = []
    pagination_class = None

    def perform_create(self, serializer: Any) -> None:
        """Through the service."""
        serializer.instance = save_label(Label(**serializer.validated_data))

    def perform_update(self, serializer: Any) -> None:
        """The same."""
        for name, value in serializer.validated_data.items():
            setattr(serializer.instance, name, value)
        save_label(serializer.instance)

    def perform_destroy(self, instance: Label) -> None:
        """It comes off all conversations."""
        delete_label(instance)


@extend_schema_field(cast(Any, ConversationFilters))
class FiltersField(serializers.JSONField):
    """Filters, as ``ConversationFilters`` has them."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Checked, without what is not set."""
        try:
            filters = ConversationFilters.model_validate(data)
        except PydanticError as exc:
            raise serializers.ValidationError(
                {
                    ".".join(map(str, problem["loc"])): [problem["msg"]]
                    for problem in exc.errors(include_url=False, include_input=False)
                }
            ) from exc
        return filters.model_dump(mode="json", exclude_defaults=True)


class SharedField(serializers.BooleanField):
    """Whether it is everybody's: kept as the absence of an owner."""

    def get_attribute(self, instance: Any) -> bool:
        """See the class."""
        return instance.owner_id is None


class SavedViewSerializer(serializers.ModelSerializer[SavedView]):
    """A list of the inbox under a name; ``shared``: everybody sees it."""

    name = serializers.CharField(max_length=80)
    filters = FiltersField()
    shared = SharedField(default=False)

    class Meta:
        model = SavedView
        fields = ["id", "name", "filters", "shared", "position"]
        read_only_fields = ["id"]


class CannedReplySerializer(serializers.ModelSerializer[CannedReply]):
    """A text kept for answering, found by ``/shortcut``; ``content`` may use Liquid: ``{{ user.first_name }}``."""

    content = serializers.CharField(max_length=4_096)
    shared = SharedField(default=False)

    class Meta:
        model = CannedReply
        fields = ["id", "shortcut", "title", "content", "shared", "updated_at"]
        read_only_fields = ["id", "updated_at"]


class OwnedViewSet(IdempotentWritesMixin, ScopedModelViewSet):
    """What is mine or everybody's; other members' own is not there."""

    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends: list[Any] = []
    pagination_class = None

    def get_queryset(self) -> QuerySet[Any]:
        """Those."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.filter(own_or_shared(self.principal.id))

    def save(self, instance: Any) -> None:
        """Write it."""
        instance.save()

    def perform_create(self, serializer: Any) -> None:
        """Mine, unless it is shared."""
        values = dict(serializer.validated_data)
        owner_id = None if values.pop("shared") else self.principal.id
        serializer.instance = serializer.Meta.model(**values, owner_id=owner_id)
        self.save(serializer.instance)

    def perform_update(self, serializer: Any) -> None:
        """A shared one may be changed by all; only who shares it makes it theirs again."""
        values = dict(serializer.validated_data)
        if "shared" in values:
            serializer.instance.owner_id = None if values.pop("shared") else self.principal.id
        for name, value in values.items():
            setattr(serializer.instance, name, value)
        self.save(serializer.instance)


@extend_schema(tags=["inbox"])
class SavedViewViewSet(OwnedViewSet):
    """Saved views, in the order of their positions."""

    queryset = SavedView.objects.all()
    serializer_class = SavedViewSerializer


class RenderSerializer(serializers.Serializer[Any]):
    """For which conversation."""

    conversation_id = serializers.UUIDField()


class RenderedSerializer(serializers.Serializer[Any]):
    """The text, filled in."""

    text = serializers.CharField()


@extend_schema(tags=["inbox"])
@extend_schema_view(
    list=extend_schema(
        parameters=[OpenApiParameter("search", str, description="Words, or `/` and the start of a shortcut")]
    )
)
class CannedReplyViewSet(OwnedViewSet):
    """Canned replies, by their shortcuts."""

    queryset = CannedReply.objects.all()
    serializer_class = CannedReplySerializer
    action_scopes = {"render": "inbox:read"}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """``?search=``."""
        term = self.request.query_params.get("search", "").replace("\x00", "").strip()
        if self.action != "list" or not term:
            return queryset
        if term.startswith("/"):
            return queryset.filter(shortcut__istartswith=term[1:])
        wanted = Q()
        for word in fold(term).split():
            wanted &= Q(search__contains=word)
        return queryset.filter(wanted)

    def save(self, instance: CannedReply) -> None:
        """Through the service, which checks it."""
        save_canned(instance)

    @extend_schema(summary="Fill in", request=RenderSerializer, responses=RenderedSerializer)
    @action(detail=True, methods=["post"])
    def render(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The text for a conversation, with the contact's values."""
        reply = self.get_object()
        given = RenderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        conversation = Conversation.objects.filter(id=given.validated_data["conversation_id"]).first()
        if conversation is None:
            raise serializers.ValidationError({"conversation_id": ["There is no such conversation."]})
        return Response({"text": rendered_canned(reply, conversation)})
