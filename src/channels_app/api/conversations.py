"""Conversations, and the messages in them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.filters import ContactSearch, ConversationFilter
from channels_app.api.messages import sent_by, shown_messages
from channels_app.api.serializers import (
    ConversationChangeSerializer,
    ConversationSerializer,
    MessagePieceSerializer,
    MessageSerializer,
    NewMessageBody,
)
from channels_app.models import Control, Conversation, ConversationStatus, Message
from channels_app.services.assigning import set_assignee
from channels_app.services.conversations import ClosedError, set_control, set_status
from crm.services.cause import Cause
from events.api.idempotency import IdempotentWritesMixin

_PIECE = 50
_LAST = Message.objects.filter(conversation=OuterRef("id"), seq=OuterRef("last_seq")).values(
    shown=JSONObject(id="id", direction="direction", type="type", text="text", state="state")
)


class PieceQuery(serializers.Serializer[Any]):
    """Which piece of a conversation: after a number, before one, between the two; without either, the newest."""

    after_seq = serializers.IntegerField(required=False, min_value=0)
    before_seq = serializers.IntegerField(required=False, min_value=1)
    limit = serializers.IntegerField(required=False, default=_PIECE, min_value=1, max_value=200)


@extend_schema(tags=["inbox"])
@extend_schema_view(
    list=extend_schema(summary="List conversations", parameters=[OpenApiParameter("search", str)]),
    retrieve=extend_schema(summary="Show a conversation"),
)
class ConversationViewSet(
    IdempotentWritesMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet
):
    """The inbox, the most recently active first."""

    queryset = Conversation.objects.select_related("channel", "contact").annotate(
        last_message=Subquery(_LAST)
    )
    serializer_class = ConversationSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends = [DjangoFilterBackend, ContactSearch, OrderingFilter]
    filterset_class = ConversationFilter
    ordering_fields = ["last_message_at", "last_inbound_at", "created_at"]

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Lists are narrowed; one conversation is found by its id, whatever else the query says."""
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    @extend_schema(
        summary="Change a conversation",
        request=ConversationChangeSerializer,
        responses=ConversationSerializer,
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change status, who answers, or whose it is. Closing publishes ``CONVERSATION_CLOSED``, giving it to somebody
        else ``CONVERSATION_ASSIGNED``."""
        conversation_id = self.get_object().id
        given = ConversationChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        with transaction.atomic():
            if "assignee_id" in values:
                set_assignee(conversation_id, values["assignee_id"], cause=Cause(actor=self.principal.label))
            if "control" in values:
                set_control(conversation_id, Control(values["control"]))
            if "status" in values:
                set_status(conversation_id, ConversationStatus(values["status"]), actor=self.principal.label)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="Read messages", parameters=[PieceQuery], responses=MessagePieceSerializer, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def messages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A piece of the conversation, oldest first: with ``after_seq`` what came since, with ``before_seq`` what came
        before, without either the newest."""
        conversation = self.get_object()
        query = PieceQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows, more = _piece(conversation.id, **query.validated_data)
        return Response(MessagePieceSerializer({"results": rows, "more": more}).data)

    @extend_schema(summary="Send a message", request=NewMessageBody, responses={201: MessageSerializer})
    @messages.mapping.post
    def send(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a message in this conversation.

        What the gate stops (a closed window, a channel that is off) is stored as failed, with the reason in ``send``.
        With an ``Idempotency-Key`` it is sent once, however often it is posted.
        """
        conversation = self.get_object()
        if conversation.status == ConversationStatus.CLOSED:
            raise ClosedError
        body = NewMessageBody.model_validate(request.data)
        message = sent_by(request, self.principal, body, conversation_id=conversation.id)
        return Response(MessageSerializer(message).data, status=status.HTTP_201_CREATED)


def _piece(
    conversation_id: uuid.UUID, *, limit: int, after_seq: int | None = None, before_seq: int | None = None
) -> tuple[list[Message], bool]:
    rows = shown_messages().filter(conversation=conversation_id)
    if before_seq is not None:
        rows = rows.filter(seq__lt=before_seq)
    if after_seq is not None:
        found = list(rows.filter(seq__gt=after_seq).order_by("seq")[: limit + 1])
        return found[:limit], len(found) > limit
    found = list(rows.order_by("-seq")[: limit + 1])
    return found[:limit][::-1], len(found) > limit
