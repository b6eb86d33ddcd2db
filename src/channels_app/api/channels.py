"""Providers and channels: what can be connected, and what is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.channel_serializers import (
    ChannelChangeSerializer,
    ChannelCheckedSerializer,
    ChannelHealthSerializer,
    ChannelSerializer,
    ChannelWebhookSerializer,
    ConnectedChannelSerializer,
    DraftChannelSerializer,
    GuideSerializer,
    NewChannelSerializer,
    ProviderSerializer,
)
from channels_app.health import health_of
from channels_app.models import Channel
from channels_app.providers.base import Provider
from channels_app.providers.registry import PROVIDERS
from channels_app.providers.setup import LANGUAGES, Checked, Webhook
from channels_app.selectors import webhook_paths
from channels_app.services.channels import (
    create_channel,
    set_active,
    set_resend_policy,
    update_channel,
    verify_token_of,
)
from channels_app.services.connecting import (
    check_change,
    check_channel,
    check_draft,
    connect_channel,
    require_good,
)

_ADMIN = "channels:admin"


class ProvidersView(APIView):
    """The kinds of channels."""

    required_scopes = {"read": _ADMIN}

    @extend_schema(tags=["channels"], summary="List providers", responses=ProviderSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What can be connected, with the schema of each set-up form."""
        rows = [
            {
                "slug": provider.slug,
                "label": provider.label,
                "reports_statuses": provider.reports_statuses,
                "window_hours": provider.window_hours,
                "connects_itself": provider.connects_itself,
                "credentials_schema": provider.Credentials.model_json_schema(),
                "settings_schema": provider.Settings.model_json_schema(),
            }
            for provider in PROVIDERS.values()
        ]
        return Response(ProviderSerializer(rows, many=True).data)


class GuideView(APIView):
    """How to set up an account of one provider."""

    required_scopes = {"read": _ADMIN}

    @extend_schema(
        tags=["channels"],
        summary="Read a provider's guide",
        parameters=[
            OpenApiParameter("language", str, enum=LANGUAGES, description="Default: the request's language.")
        ],
        responses=GuideSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """Step by step: where each key is to be found, and what is to be pasted where."""
        asked = request.query_params.get("language") or getattr(request, "LANGUAGE_CODE", "en")
        language = asked if asked in LANGUAGES else "en"
        return Response(
            GuideSerializer({"language": language, "markdown": _provider(slug).guide(language)}).data
        )


class ProviderTestView(APIView):
    """Trying an account out before it is stored."""

    required_scopes = {"write": _ADMIN}

    @extend_schema(
        tags=["channels"],
        summary="Try credentials out",
        request=DraftChannelSerializer,
        responses=ChannelCheckedSerializer,
    )
    def post(self, request: Request, slug: str) -> Response:
        """Ask the provider about the account. Nothing is stored, whatever it says."""
        given = DraftChannelSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        checked = check_draft(
            provider=_provider(slug).slug,
            credentials=values["credentials"],
            options=values.get("settings"),
        )
        return Response(ChannelCheckedSerializer(checked).data)


def _provider(slug: str) -> Provider:
    found = PROVIDERS.find(slug)
    if found is None:
        raise Http404
    return found


@extend_schema(tags=["channels"])
@extend_schema_view(
    list=extend_schema(summary="List channels"), retrieve=extend_schema(summary="Show a channel")
)
class ChannelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tenant's accounts at its providers. No idempotency keys here: what is posted holds secrets."""

    queryset = Channel.objects.defer("credentials")
    serializer_class = ChannelSerializer
    required_scopes = {"read": "inbox:read", "write": _ADMIN}
    action_scopes = {"health": _ADMIN, "health_of_all": _ADMIN, "webhook": _ADMIN}
    filterset_fields = ["provider", "is_active"]
    search_fields = ["name", "account_id"]
    ordering_fields = ["name", "created_at"]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the webhook paths of all channels shown, read at once."""
        shown = args[0] if args and kwargs.get("many") else args[:1]
        kwargs["context"] = _paths(shown)
        return ChannelSerializer(*args, **kwargs)

    @extend_schema(
        summary="Connect a channel", request=NewChannelSerializer, responses={201: ConnectedChannelSerializer}
    )
    def create(self, request: Request) -> Response:
        """Connect an account, and open the address for its webhooks.

        With ``test_first`` the provider is asked before anything is stored; with ``connect`` it is told afterwards where to
        send what happens.
        """
        given = NewChannelSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        test_first, connect = values.pop("test_first"), values.pop("connect")
        wait_s = values.pop("resend_unknown_after_s", None)
        if test_first:
            checked = check_draft(
                provider=values["provider"],
                credentials=values["credentials"],
                options=values.get("settings"),
            )
            require_good(checked)
        with transaction.atomic():
            channel = create_channel(**values)
            if wait_s is not None:
                set_resend_policy(channel, wait_s)
        channel.refresh_from_db(fields=["created_at"])
        # Not before the commit: the provider may call at once.
        connection = connect_channel(channel.id, self._webhook(channel)) if connect else None
        shown = ConnectedChannelSerializer(_with(channel, connection), context=_paths([channel]))
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change a channel", request=ChannelChangeSerializer, responses=ChannelSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change its name, credentials or settings; credentials must be of the same account."""
        channel = self.get_object()
        given = ChannelChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if values.pop("test_first"):
            require_good(
                check_change(channel, credentials=values.get("credentials"), options=values.get("settings"))
            )
        with transaction.atomic():
            if "resend_unknown_after_s" in values:
                set_resend_policy(channel, values.pop("resend_unknown_after_s"))
            update_channel(channel, **values)
        return Response(self.get_serializer(channel).data)

    @extend_schema(summary="Switch on", request=None, responses=ChannelSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send and receive again."""
        return self._switched(active=True)

    @extend_schema(summary="Switch off", request=None, responses=ChannelSerializer)
    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Send nothing, and take nothing in."""
        return self._switched(active=False)

    @extend_schema(summary="Test a channel", request=None, responses=ChannelCheckedSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask the provider about the account, now, and note down the answer for its health."""
        channel = self.get_object()
        return Response(ChannelCheckedSerializer(check_channel(channel.id, self._webhook(channel))).data)

    @extend_schema(summary="Connect again", request=None, responses=ChannelCheckedSerializer)
    @action(detail=True, methods=["post"])
    def connect(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Tell the provider where to send what happens (Telegram's webhook, the subscription of WhatsApp's app)."""
        channel = self.get_object()
        return Response(ChannelCheckedSerializer(connect_channel(channel.id, self._webhook(channel))).data)

    @extend_schema(summary="Show a channel's health", responses=ChannelHealthSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def health(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """When it last heard and spoke, what fails, and what to do about it."""
        return Response(ChannelHealthSerializer(health_of([self.get_object()])[0]).data)

    @extend_schema(
        operation_id="inbox_channels_health_of_all",
        summary="Show all channels' health",
        responses=ChannelHealthSerializer(many=True),
        filters=False,
    )
    @action(detail=False, methods=["get"], url_path="health", url_name="health-of-all", pagination_class=None)
    def health_of_all(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The same of every channel."""
        return Response(
            ChannelHealthSerializer(health_of(list(Channel.objects.defer("credentials"))), many=True).data
        )

    @extend_schema(summary="Show what is put in by hand", responses=ChannelWebhookSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def webhook(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The address and the verify token, for the provider's own form."""
        channel = self.get_object()
        shown = {"url": self._webhook(channel).url, "verify_token": verify_token_of(channel)}
        return Response(ChannelWebhookSerializer(shown).data, headers={"Cache-Control": "no-store"})

    def _switched(self, *, active: bool) -> Response:
        channel = self.get_object()
        set_active(channel, active)
        return Response(self.get_serializer(channel).data)

    def _webhook(self, channel: Channel) -> Webhook:
        """On the host that the administrator uses: it is reachable from outside, as providers need it."""
        path = webhook_paths([channel.id])[channel.id]
        return Webhook(url=self.request.build_absolute_uri(path))


def _paths(channels: Any) -> dict[str, Any]:
    return {"webhook_paths": webhook_paths([channel.id for channel in channels]) if channels else {}}


def _with(channel: Channel, connection: Checked | None) -> Channel:
    channel.connection = connection  # type: ignore[attr-defined]
    return channel
