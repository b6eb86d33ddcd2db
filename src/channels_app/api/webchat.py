"""The web chat's public side, for the widget on a business's site. Writing goes to the channel's webhook address."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from channels_app.api.files import file_answer
from channels_app.api.media import AnyType
from channels_app.api.throttling import NewVisitors, VisitorReads
from channels_app.models import Channel, Direction, MediaState, Message
from channels_app.providers.base import DeliveryState, MessageType
from channels_app.providers.webchat.credentials import WebChatSettings
from channels_app.selectors import visitor_conversation, web_chat, webhook_paths
from channels_app.services.channels import open_channel
from channels_app.services.webchat import let_in, mark_fetched, visitor_file, visitor_file_token, visitor_of
from tenants.scope import current_tenant

_TOKEN = re.compile(r"Visitor ([^\s]{1,500})", re.IGNORECASE)
_PIECE = 100
#: What the widget has no picture of.
_NOT_SHOWN = (MessageType.TEMPLATE, MessageType.SYSTEM, MessageType.UNSUPPORTED)
#: The parts of a message's own data that are the visitor's business.
_SHOWN_DATA = ("media_url", "filename", "buttons", "location", "reply")


class VisitSerializer(serializers.Serializer[Any]):
    """A visitor let in."""

    visitor_id = serializers.CharField()
    token = serializers.CharField(help_text="Send it as: Authorization: Visitor <token>")
    expires_in_s = serializers.IntegerField()
    greeting = serializers.CharField()
    post_to = serializers.CharField(help_text="The path that the visitor's messages are posted to.")


class VisitorFileSerializer(serializers.Serializer[Any]):
    """A file; ``url`` is good for a day."""

    kind = serializers.CharField()
    filename = serializers.CharField()
    mime_type = serializers.CharField()
    url = serializers.CharField()


class VisitorMessageSerializer(serializers.ModelSerializer[Message]):
    """A message as its visitor may see it: of the team, only that it was not the visitor."""

    mine = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()
    data = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta:
        model = Message
        fields = ["id", "seq", "mine", "type", "text", "data", "files", "sent_at", "edited_at"]
        read_only_fields = fields

    def get_mine(self, message: Message) -> bool:
        """Whether the visitor wrote it."""
        return message.direction == Direction.IN

    @extend_schema_field(VisitorFileSerializer(many=True))
    def get_files(self, message: Message) -> list[dict[str, str]]:
        """Those that are stored."""
        site_key = self.context["site_key"]
        return [
            {
                "kind": media.kind,
                "filename": media.filename,
                "mime_type": media.mime_type,
                "url": f"/api/v1/webchat/{site_key}/media/{visitor_file_token(media)}/",
            }
            for media in message.media.all()
            if media.state == MediaState.STORED
        ]

    def get_data(self, message: Message) -> dict[str, Any]:
        """What is to be drawn."""
        return {name: message.data[name] for name in _SHOWN_DATA if name in message.data}


class VisitorMessagesSerializer(serializers.Serializer[Any]):
    """What is new. When ``conversation_id`` changes, a new conversation has begun and its numbers start again."""

    conversation_id = serializers.UUIDField(allow_null=True)
    results = VisitorMessageSerializer(many=True)


class AfterSerializer(serializers.Serializer[Any]):
    """Which messages."""

    after_seq = serializers.IntegerField(required=False, default=0, min_value=0)


class WebChatView(APIView):
    """Base of both views: the channel by its site key, and only for pages of its allowed sites."""

    authentication_classes = []
    permission_classes = [AllowAny]
    channel: Channel

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count, find the channel, look where the page comes from."""
        super().initial(request, *args, **kwargs)
        channel = web_chat(kwargs["site_key"]) if current_tenant() else None
        if channel is None:
            raise exceptions.NotFound("There is no such chat.")
        self.channel = channel
        self.allowed_origin = _allowed(channel, request)

    def get_authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Visitor realm="wasl"'

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The browser's question before a call from another site."""
        return Response(status=204)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let the allowed site's page read the answer, refusals included."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Vary"] = "Origin"
        answer.headers["Cache-Control"] = "no-store"
        origin = getattr(self, "allowed_origin", None)
        if origin:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            answer.headers["Access-Control-Allow-Methods"] = "GET, POST"
            answer.headers["Access-Control-Max-Age"] = "600"
        return answer


def _allowed(channel: Channel, request: Request) -> str | None:
    """The page's origin; ``None`` for programs, which send none. Raises ``PermissionDenied`` for other sites."""
    origin = request.headers.get("Origin")
    if origin is None:
        return None
    settings = open_channel(channel.id).settings
    assert isinstance(settings, WebChatSettings)
    if not settings.allows(origin):
        raise exceptions.PermissionDenied(
            "This site may not show this chat; add it to the channel's allowed sites."
        )
    return origin


def _token(request: Request) -> str:
    found = _TOKEN.fullmatch(request.headers.get("Authorization", ""))
    return found[1] if found else ""


class SessionView(WebChatView):
    """Lets visitors in."""

    throttle_classes = [NewVisitors]

    @extend_schema(
        tags=["web chat"], summary="Begin or go on", request=None, responses=VisitSerializer, auth=[]
    )
    def post(self, request: Request, site_key: str) -> Response:
        """A token for a new visitor; with a good token, a fresh one for the same."""
        visit = let_in(self.channel.id, token=_token(request))
        return Response(
            {
                "visitor_id": visit.visitor_id,
                "token": visit.token,
                "expires_in_s": visit.expires_in_s,
                "greeting": visit.greeting,
                "post_to": webhook_paths([self.channel.id])[self.channel.id],
            }
        )


class VisitorMessagesView(WebChatView):
    """A visitor's own conversation."""

    throttle_classes = [VisitorReads]

    @extend_schema(
        tags=["web chat"],
        summary="Read one's messages",
        parameters=[AfterSerializer],
        responses=VisitorMessagesSerializer,
        auth=[],
    )
    def get(self, request: Request, site_key: str) -> Response:
        """What was written after ``after_seq``, oldest first. What the team wrote counts as delivered from now on."""
        visitor_id = visitor_of(self.channel.id, _token(request))
        if visitor_id is None:
            raise exceptions.NotAuthenticated(
                "Send Authorization: Visitor <token>, with a token of a session here."
            )
        query = AfterSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        conversation = visitor_conversation(self.channel.id, visitor_id)
        if conversation is None:
            return Response({"conversation_id": None, "results": []})
        rows = list(
            Message.objects.select_related("send")
            .prefetch_related("media")
            .exclude(direction=Direction.NOTE)
            .filter(conversation=conversation, seq__gt=query.validated_data["after_seq"], revoked_at=None)
            .exclude(state=DeliveryState.FAILED)
            .exclude(type__in=_NOT_SHOWN, direction=Direction.OUT)
            .order_by("seq")[:_PIECE]
        )
        with transaction.atomic():
            mark_fetched(self.channel.id, rows)
        answer = {"conversation_id": conversation.id, "results": rows}
        return Response(VisitorMessagesSerializer(answer, context={"site_key": site_key}).data)


class VisitorFileView(WebChatView):
    """A file of a message, for whom its address was given."""

    throttle_classes = [VisitorReads]
    content_negotiation_class = AnyType

    @extend_schema(
        tags=["web chat"],
        summary="See a file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        auth=[],
    )
    def get(self, request: Request, site_key: str, token: str) -> HttpResponseBase:
        """The file; the address proves the right to it."""
        media = visitor_file(self.channel.id, token)
        if media is None:
            raise exceptions.NotFound(
                "There is no such file, or its address is too old; read the messages again."
            )
        return file_answer(media, inline=True, byte_range=request.headers.get("Range", ""))
