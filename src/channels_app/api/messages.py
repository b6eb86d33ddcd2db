"""Single messages: shown with what became of them, sent, reacted to, and sent again."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from accounts.principal import Principal
from channels_app.api.message_serializers import MessageSerializer, NewContactMessageBody, shown
from channels_app.models import Conversation, Message, Send
from channels_app.services.composing import NewMessageBody, compose
from channels_app.services.conversations import conversations_to_answer
from channels_app.services.outgoing import write_messages
from channels_app.services.reacting import react
from channels_app.services.reading import mark_read
from channels_app.services.retrying import retry
from core.ids import uuid7
from crm.models import Contact
from events.api.idempotency import IdempotentWritesMixin


def shown_messages() -> QuerySet[Message]:
    """Messages with their files and rows of the ledger, in two queries."""
    return Message.objects.select_related("send").prefetch_related("media")


def shown_message(message_id: uuid.UUID) -> dict[str, Any]:
    """One message as the API shows it."""
    return shown([shown_messages().get(id=message_id)])[0]


def sent_by(
    request: Request,
    principal: Principal,
    body: NewMessageBody,
    *,
    conversation: Conversation | None = None,
    contact_id: uuid.UUID | None = None,
) -> dict[str, Any]:
    """The message in the ledger, written by ``principal``; of several files, the first."""
    effect_key = effect_key_of(request)
    with transaction.atomic():
        known = Send.objects.filter(effect_key=effect_key).values_list("message_id", flat=True).first()
        if known is not None:
            return shown_message(known)
        target = conversation or conversations_to_answer([(None, contact_id)])[0]
        written = write_messages(compose(body, target, author=principal.label, effect_key=effect_key))
        # Who answers has read what was there.
        mark_read(principal.id, {target.id: written[-1].seq})
    return shown_message(written[0].id)


def effect_key_of(request: Request) -> str:
    """The caller's key made unique in the ledger. It goes on working after the answer's record is swept away."""
    key = request.headers.get("Idempotency-Key") or request.headers.get("X-Request-Id")
    if not key:
        return f"api:{uuid7()}"
    return "api:" + hashlib.sha256(f"{request.path}\n{key}".encode()).hexdigest()[:48]


class NewReactionSerializer(serializers.Serializer[Any]):
    """An emoji; empty takes ours back."""

    emoji = serializers.CharField(max_length=16, allow_blank=True)


@extend_schema(tags=["inbox"])
@extend_schema_view(retrieve=extend_schema(summary="Show a message"))
class MessageViewSet(IdempotentWritesMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One message at a time; conversations list theirs."""

    queryset = shown_messages()
    serializer_class = MessageSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends: list[Any] = []

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what became of it."""
        return Response(shown([self.get_object()])[0])

    @extend_schema(
        summary="Write to a contact", request=NewContactMessageBody, responses={201: MessageSerializer}
    )
    def create(self, request: Request) -> Response:
        """Send a message to a contact: in the open conversation, or a new one on the channel where they wrote last."""
        body = NewContactMessageBody.model_validate(request.data)
        message = sent_by(request, self.principal, body, contact_id=_contact(body.contact_id))
        return Response(message, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="React to a message", request=NewReactionSerializer, responses={201: MessageSerializer}
    )
    @action(detail=True, methods=["post"])
    def reaction(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put an emoji on a message, or take ours back; answers with the message. Refused with 409 where the provider
        carries none."""
        message = self.get_object()
        given = NewReactionSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        with transaction.atomic():
            react(
                message,
                given.validated_data["emoji"].strip(),
                author=self.principal.label,
                effect_key=effect_key_of(request),
            )
        return Response(shown_message(message.id), status=status.HTTP_201_CREATED)

    @extend_schema(summary="Send again", request=None, responses={201: MessageSerializer})
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send a message that failed once more, as a new message; the old one stays. What may have arrived (``unknown``)
        is refused with 409. Asked for twice, it is sent once."""
        with transaction.atomic():
            written = retry(self.get_object(), author=self.principal.label)
        return Response(shown_message(written.id), status=status.HTTP_201_CREATED)


def _contact(text: str) -> uuid.UUID:
    try:
        found = Contact.objects.filter(id=uuid.UUID(text)).values_list("id", flat=True).first()
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({"contact_id": ["There is no such contact."]})
    return found
