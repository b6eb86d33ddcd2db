"""Conversations: the list, what has changed in it, and the messages in each."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.conversation_actions import ConversationActions
from channels_app.api.conversation_list import (
    FILTERS,
    PAGING,
    filters_of,
    page_of,
    shown_conversations,
    shown_rows,
)
from channels_app.api.conversation_serializers import (
    ChangesSerializer,
    ConversationChangeSerializer,
    ConversationDetailSerializer,
    ConversationPageSerializer,
    CountsSerializer,
    row_facts,
)
from channels_app.api.message_serializers import MessagePieceSerializer, MessageSerializer, shown
from channels_app.api.messages import sent_by, shown_messages
from channels_app.listing import MOST_COUNTED, ConversationFilters, counts, narrowed
from channels_app.models import Control, Conversation, ConversationStatus, Message, ReadMark
from channels_app.services.assigning import set_assignee
from channels_app.services.composing import NewMessageBody
from channels_app.services.conversations import ClosedError, set_control, set_status
from channels_app.services.revisions import settled_revision
from channels_app.services.views import views_of
from crm.services.cause import Cause
from events.api.idempotency import IdempotentWritesMixin

_PIECE = 50
#: More that has changed is read anew.
_MOST_CHANGES = 200
_ACTIVE = [ConversationStatus.OPEN, ConversationStatus.PENDING]


class PieceQuery(serializers.Serializer[Any]):
    """Which piece of a conversation: after a number, before one, between the two; without either, the newest. With
    ``after_revision`` instead, what has changed since."""

    after_seq = serializers.IntegerField(required=False, min_value=0)
    before_seq = serializers.IntegerField(required=False, min_value=1)
    after_revision = serializers.IntegerField(
        required=False, min_value=0, help_text="`revision` of the answer before"
    )
    limit = serializers.IntegerField(required=False, default=_PIECE, min_value=1, max_value=200)


class SinceQuery(serializers.Serializer[Any]):
    """Since when; without it, nothing but where to begin."""

    since = serializers.IntegerField(required=False, min_value=0)


@extend_schema(tags=["inbox"])
class ConversationViewSet(IdempotentWritesMixin, ConversationActions, ScopedViewSet):
    """The inbox, the most recently active first."""

    queryset = Conversation.objects.select_related("channel")
    serializer_class = ConversationDetailSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    # Whoever may read says how far they have read.
    action_scopes = {"read": "inbox:read", "unread": "inbox:read"}
    filter_backends: list[Any] = []
    pagination_class = None

    @extend_schema(
        summary="List conversations", parameters=[*FILTERS, *PAGING], responses=ConversationPageSerializer
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of the conversations that pass the filters; several values of one filter are alternatives."""
        filters = filters_of(request.query_params)
        rows, following = page_of(
            narrowed(shown_conversations(), filters, self.principal.id), request.query_params
        )
        return Response({"results": shown_rows(rows, self.principal.id), "next": following})

    @extend_schema(summary="Show a conversation", responses=ConversationDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what stands beside it."""
        return Response(self.detail_of(self.get_object().id))

    def detail_of(self, conversation_id: uuid.UUID) -> dict[str, Any]:
        """The conversation as the detail shows it, as it is now."""
        conversation = shown_conversations().get(id=conversation_id)
        context = {"facts": row_facts([conversation], self.principal.id)}
        return dict(ConversationDetailSerializer(conversation, context=context).data)

    @extend_schema(
        summary="Change a conversation",
        request=ConversationChangeSerializer,
        responses=ConversationDetailSerializer,
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change status, who answers, or whose it is. Closing publishes ``CONVERSATION_CLOSED``, giving it to somebody
        else ``CONVERSATION_ASSIGNED``, who answers ``CONVERSATION_CONTROL_CHANGED``."""
        conversation_id = self.get_object().id
        given = ConversationChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values, cause = given.validated_data, Cause(actor=self.principal.label)
        with transaction.atomic():
            if "assignee_id" in values:
                set_assignee(conversation_id, values["assignee_id"], cause=cause)
            if "control" in values:
                set_control(conversation_id, Control(values["control"]), cause=cause)
            if "status" in values:
                set_status(conversation_id, ConversationStatus(values["status"]), actor=cause.actor)
        return Response(self.detail_of(conversation_id))

    # -- catching up ----------------------------------------------------------------------------------------------

    @extend_schema(
        summary="What has changed",
        parameters=[*FILTERS, SinceQuery],
        responses=ChangesSerializer,
        filters=False,
    )
    @action(detail=False, methods=["get"])
    def changes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The conversations that changed since an earlier answer, in themselves or in a message, or whose read mark of
        mine did; for whoever missed hints."""
        query = SinceQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        filters = filters_of(request.query_params)
        # Before the rows: what commits between the two is told now, and once more next time.
        revision = settled_revision()
        since = query.validated_data.get("since")
        if since is None:
            return Response(_changes([], [], revision))
        ids = _changed_since(since, self.principal.id) if since <= revision else None
        if ids is None:
            return Response({**_changes([], [], revision), "reload": True})
        rows = list(narrowed(shown_conversations().filter(id__in=ids), filters, self.principal.id))
        gone = [str(key) for key in ids if key not in {row.id for row in rows}]
        return Response(_changes(shown_rows(rows, self.principal.id), gone, revision))

    @extend_schema(summary="Count conversations", responses=CountsSerializer, filters=False)
    @action(detail=False, methods=["get"])
    def counts(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """How many there are in each of the usual lists and in each saved view that I see; no further than 1,000."""
        views = views_of(self.principal.id)
        lists = {
            "mine": ConversationFilters(status=_ACTIVE, assignee="me"),
            "unassigned": ConversationFilters(status=_ACTIVE, assignee="none"),
            "all": ConversationFilters(status=_ACTIVE),
            "unread": ConversationFilters(status=_ACTIVE, unread=True),
            "snoozed": ConversationFilters(snoozed=True),
        }
        found = counts({**lists, **{str(key): filters for key, filters in views.items()}}, self.principal.id)
        shown_counts = {key: _count(number) for key, number in found.items()}
        return Response(
            {
                **{key: shown_counts[key] for key in lists},
                "views": [{"view_id": str(key), **shown_counts[str(key)]} for key in views],
            }
        )

    # -- messages -------------------------------------------------------------------------------------------------

    @extend_schema(
        summary="Read messages", parameters=[PieceQuery], responses=MessagePieceSerializer, filters=False
    )
    @action(detail=True, methods=["get"])
    def messages(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A piece of the conversation, oldest first: with ``after_seq`` what came since, with ``before_seq`` what came
        before, without either the newest; with ``after_revision`` what was written or changed since."""
        conversation = self.get_object()
        query = PieceQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        since = asked.pop("after_revision", None)
        revision = settled_revision()
        if since is None:
            rows, more = _piece(conversation.id, **asked)
            reload = False
        else:
            changed = shown_messages().filter(conversation=conversation.id, revision__gte=since)
            rows, more = list(changed.order_by("seq")[: _MOST_CHANGES + 1]), False
            # A number ahead of the database is of another life of it: restored from a copy.
            reload = since > revision or len(rows) > _MOST_CHANGES
        return Response(
            {"results": [] if reload else shown(rows), "more": more, "revision": revision, "reload": reload}
        )

    @extend_schema(summary="Send a message", request=NewMessageBody, responses={201: MessageSerializer})
    @messages.mapping.post
    def send(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a message in this conversation; of several files, the answer shows the first.

        What the gate stops (a closed window, a channel that is off) is stored as failed, with the reason in ``send``.
        With an ``Idempotency-Key`` it is sent once, however often it is posted.
        """
        conversation = self.get_object()
        if conversation.status == ConversationStatus.CLOSED:
            raise ClosedError
        body = NewMessageBody.model_validate(request.data)
        message = sent_by(request, self.principal, body, conversation=conversation)
        return Response(message, status=status.HTTP_201_CREATED)


def _changes(rows: list[dict[str, Any]], gone: list[str], revision: int) -> dict[str, Any]:
    return {"results": rows, "gone": gone, "revision": revision, "reload": False}


def _changed_since(since: int, reader_id: uuid.UUID) -> list[uuid.UUID] | None:
    """The conversations that changed; ``None``: too many."""
    said = Message.objects.filter(revision__gte=since).values("conversation_id")
    read = ReadMark.objects.filter(reader_id=reader_id, revision__gte=since).values("conversation_id")
    rows = Conversation.objects.filter(Q(revision__gte=since) | Q(id__in=said) | Q(id__in=read))
    ids = list(rows.order_by().values_list("id", flat=True)[: _MOST_CHANGES + 1])
    return ids if len(ids) <= _MOST_CHANGES else None


def _count(number: int) -> dict[str, Any]:
    return {"count": number, "more": number >= MOST_COUNTED}


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
