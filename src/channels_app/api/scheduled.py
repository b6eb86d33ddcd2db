"""Messages to be sent later: shown, changed, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from pydantic import AwareDatetime, BaseModel, ConfigDict
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.message_serializers import ScheduledSerializer
from channels_app.models import ScheduledMessage
from channels_app.services.composing import NewMessageBody
from channels_app.services.scheduling import cancel_scheduled, change_scheduled
from channels_app.thread import Facts, authors_named
from events.api.idempotency import IdempotentWritesMixin


class NewScheduledBody(BaseModel):
    """A message, and when it is to be sent."""

    model_config = ConfigDict(extra="forbid")

    message: NewMessageBody
    send_at: AwareDatetime


class ScheduledChangeBody(BaseModel):
    """Another message, or another time, or both."""

    model_config = ConfigDict(extra="forbid")

    message: NewMessageBody | None = None
    send_at: AwareDatetime | None = None


def shown_scheduled(rows: Sequence[ScheduledMessage]) -> list[dict[str, Any]]:
    """Their JSON."""
    facts = Facts(authors=authors_named({row.author for row in rows}))
    return list(ScheduledSerializer(rows, many=True, context={"facts": facts}).data)


@extend_schema(tags=["inbox"])
@extend_schema_view(retrieve=extend_schema(summary="Show a scheduled message"))
class ScheduledViewSet(IdempotentWritesMixin, ScopedViewSet):
    """One at a time; conversations list theirs. What has gone, or was cancelled, stays as it is (409)."""

    queryset = ScheduledMessage.objects.all()
    serializer_class = ScheduledSerializer
    required_scopes = {"read": "inbox:read", "write": "inbox:write"}
    filter_backends: list[Any] = []

    @extend_schema(summary="Show a scheduled message", responses=ScheduledSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what became of it."""
        return Response(shown_scheduled([self.get_object()])[0])

    @extend_schema(
        summary="Change a scheduled message", request=ScheduledChangeBody, responses=ScheduledSerializer
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Until it goes."""
        body = ScheduledChangeBody.model_validate(request.data)
        with transaction.atomic():
            row = change_scheduled(
                self.get_object().id,
                body=body.message.stored() if body.message is not None else None,
                send_at=body.send_at,
            )
        return Response(shown_scheduled([row])[0])

    @extend_schema(summary="Cancel a scheduled message", responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """It is not sent any more."""
        with transaction.atomic():
            cancel_scheduled(self.get_object().id)
        return Response(status=status.HTTP_204_NO_CONTENT)
