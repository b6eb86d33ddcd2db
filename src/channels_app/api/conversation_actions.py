"""What is done with conversations besides writing in them: reading, labelling, snoozing, taking over, noting."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.conversation_serializers import (
    BulkResultsSerializer,
    BulkSerializer,
    ConversationDetailSerializer,
    HandBackSerializer,
    LabelsChangeSerializer,
    NewNoteSerializer,
    ReadMarkSerializer,
    ReadSerializer,
    SnoozeSerializer,
)
from channels_app.api.message_serializers import MessageSerializer, ScheduledSerializer
from channels_app.api.messages import shown_message
from channels_app.api.scheduled import NewScheduledBody, shown_scheduled
from channels_app.models import Control, Conversation, ConversationStatus, ScheduledMessage, ScheduledState
from channels_app.services.assigning import set_assignee
from channels_app.services.bulk import BulkChange, change_many
from channels_app.services.conversations import ClosedError, set_control
from channels_app.services.labelling import change_labels
from channels_app.services.notes import write_note
from channels_app.services.reading import mark_read, mark_unread, unread_counts
from channels_app.services.scheduling import schedule
from channels_app.services.snoozing import snooze
from crm.services.cause import Cause


class ConversationActions(ScopedViewSet):
    """The operations; their view set shows conversations."""

    @abstractmethod
    def detail_of(self, conversation_id: uuid.UUID) -> dict[str, Any]:
        """The conversation as the detail shows it, as it is now."""

    # -- reading --------------------------------------------------------------------------------------------------

    @extend_schema(summary="Mark as read", request=ReadSerializer, responses=ReadMarkSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """I have read it up to ``seq``; what comes after stays unread. Never goes back."""
        conversation = self.get_object()
        seq = _checked(ReadSerializer, request)["seq"]
        with transaction.atomic():
            return self._marked(conversation, mark_read(self.principal.id, {conversation.id: seq}))

    @extend_schema(summary="Mark as unread", request=None, responses=ReadMarkSerializer)
    @action(detail=True, methods=["post"])
    def unread(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The customer's last message is unread again, for me."""
        conversation = self.get_object()
        with transaction.atomic():
            return self._marked(conversation, mark_unread(self.principal.id, [conversation]))

    def _marked(self, conversation: Conversation, marks: dict[Any, int]) -> Response:
        unread = unread_counts(self.principal.id, [conversation.id]).get(conversation.id, 0)
        return Response({"seq": marks[conversation.id], "unread_count": unread})

    # -- sorting --------------------------------------------------------------------------------------------------

    @extend_schema(
        summary="Change labels", request=LabelsChangeSerializer, responses=ConversationDetailSerializer
    )
    @action(detail=True, methods=["post"])
    def labels(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put labels on and take others off."""
        conversation = self.get_object()
        given = _checked(LabelsChangeSerializer, request)
        with transaction.atomic():
            change_labels([conversation.id], add=given["add"], remove=given["remove"])
        return Response(self.detail_of(conversation.id))

    @extend_schema(summary="Snooze", request=SnoozeSerializer, responses=ConversationDetailSerializer)
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put it away until a time, or until the customer writes. To wake it before, set its status to ``open``."""
        conversation = self.get_object()
        until = _checked(SnoozeSerializer, request)["until"]
        with transaction.atomic():
            snooze(conversation.id, until)
        return Response(self.detail_of(conversation.id))

    # -- who answers ----------------------------------------------------------------------------------------------

    @extend_schema(summary="Take over", request=None, responses=ConversationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """People answer from now on: what bots and workflows write is held back, with the reason stored. A conversation
        that is nobody's becomes the member's own."""
        conversation = self.get_object()
        cause = Cause(actor=self.principal.label)
        with transaction.atomic():
            set_control(conversation.id, Control.HUMAN, cause=cause)
            if conversation.assignee_id is None and self.principal.kind == "member":
                set_assignee(conversation.id, self.principal.id, cause=cause)
        return Response(self.detail_of(conversation.id))

    @extend_schema(summary="Hand back", request=HandBackSerializer, responses=ConversationDetailSerializer)
    @action(detail=True, methods=["post"], url_path="hand-back")
    def hand_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let the bot, or a workflow, answer again."""
        conversation = self.get_object()
        to = _checked(HandBackSerializer, request)["to"]
        with transaction.atomic():
            set_control(conversation.id, Control(to), cause=Cause(actor=self.principal.label))
        return Response(self.detail_of(conversation.id))

    # -- writing for the team, and for later ----------------------------------------------------------------------

    @extend_schema(summary="Write a note", request=NewNoteSerializer, responses={201: MessageSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A private note between the messages: the customer never sees it. Whom it mentions is notified."""
        conversation = self.get_object()
        given = _checked(NewNoteSerializer, request)
        with transaction.atomic():
            note = write_note(
                conversation.id, given["text"], author=self.principal.label, mentions=given["mentions"]
            )
        return Response(shown_message(note.id), status=status.HTTP_201_CREATED)

    @extend_schema(summary="List scheduled messages", responses=ScheduledSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"])
    def scheduled(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that wait for their time, and those that could not be sent, the next first."""
        rows = ScheduledMessage.objects.filter(
            conversation=self.get_object(), state__in=[ScheduledState.SCHEDULED, ScheduledState.FAILED]
        )
        return Response(shown_scheduled(list(rows[:200])))

    @extend_schema(summary="Send later", request=NewScheduledBody, responses={201: ScheduledSerializer})
    @scheduled.mapping.post
    def schedule(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep a message until ``send_at``; the gate looks at it then."""
        conversation = self.get_object()
        if conversation.status == ConversationStatus.CLOSED:
            raise ClosedError
        body = NewScheduledBody.model_validate(request.data)
        with transaction.atomic():
            row = schedule(
                conversation.id, body.message.stored(), send_at=body.send_at, author=self.principal.label
            )
        return Response(shown_scheduled([row])[0], status=status.HTTP_201_CREATED)

    # -- many -----------------------------------------------------------------------------------------------------

    @extend_schema(summary="Change many", request=BulkSerializer, responses=BulkResultsSerializer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Status, assignee, labels, read: of up to 500 conversations, with what became of each."""
        given = _checked(BulkSerializer, request)
        labels = given.get("labels", {})
        ids = list(dict.fromkeys(given["ids"]))
        problems = change_many(
            ids,
            BulkChange(
                reader_id=self.principal.id,
                cause=Cause(actor=self.principal.label),
                status=ConversationStatus(given["status"]) if "status" in given else None,
                assign="assignee_id" in given,
                assignee_id=given.get("assignee_id"),
                add_labels=labels.get("add", []),
                remove_labels=labels.get("remove", []),
                read=given.get("read"),
            ),
        )
        return Response(
            {"results": [{"id": str(key), "ok": not problems[key], "error": problems[key]} for key in ids]}
        )


def _checked(shape: type[serializers.BaseSerializer[Any]], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
