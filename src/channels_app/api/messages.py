"""Single messages: shown with what became of them, and sent."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from accounts.principal import Principal
from channels_app.api.serializers import MessageSerializer, NewContactMessageBody, NewMessageBody
from channels_app.models import Message
from channels_app.services.outgoing import NewMessage, write_messages
from core.ids import uuid7
from crm.models import Contact
from events.api.idempotency import IdempotentWritesMixin


def shown_messages() -> QuerySet[Message]:
    """Messages with all that the API shows of them, in two queries."""
    return Message.objects.select_related("send").prefetch_related("media")


def sent_by(
    request: Request,
    principal: Principal,
    body: NewMessageBody,
    *,
    conversation_id: uuid.UUID | None = None,
    contact_id: uuid.UUID | None = None,
) -> Message:
    """The message in the ledger, written by ``principal``."""
    new = NewMessage(
        effect_key=_effect_key(request),
        author=principal.label,
        type=body.message_type,
        text=body.text,
        media_url=body.media_url,
        buttons=tuple(button.model_dump() for button in body.buttons),
        template=body.template,
        reply_to=body.reply_to,
        conversation_id=conversation_id,
        contact_id=contact_id,
    )
    with transaction.atomic():
        written = write_messages([new])[0]
    return shown_messages().get(id=written.id)


def _effect_key(request: Request) -> str:
    """The caller's key made unique in the ledger. It goes on working after the answer's record is swept away."""
    key = request.headers.get("Idempotency-Key") or request.headers.get("X-Request-Id")
    if not key:
        return f"api:{uuid7()}"
    return "api:" + hashlib.sha256(f"{request.path}\n{key}".encode()).hexdigest()[:48]


@extend_schema(tags=["inbox"])
@extend_schema_view(retrieve=extend_schema(summary="Show a message"))
class MessageViewSet(IdempotentWritesMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """One message at a time; conversations list theirs."""

    queryset = shown_messages()
    serializer_class = MessageSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends: list[Any] = []

    @extend_schema(
        summary="Write to a contact", request=NewContactMessageBody, responses={201: MessageSerializer}
    )
    def create(self, request: Request) -> Response:
        """Send a message to a contact: in the open conversation, or a new one on the channel where they wrote last."""
        body = NewContactMessageBody.model_validate(request.data)
        contact_id = _contact(body.contact_id)
        message = sent_by(request, self.principal, body, contact_id=contact_id)
        return Response(MessageSerializer(message).data, status=status.HTTP_201_CREATED)


def _contact(text: str) -> uuid.UUID:
    try:
        found = Contact.objects.filter(id=uuid.UUID(text)).values_list("id", flat=True).first()
    except ValueError:
        found = None
    if found is None:
        raise ValidationError({"contact_id": ["There is no such contact."]})
    return found
