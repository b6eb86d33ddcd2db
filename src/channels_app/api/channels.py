"""Providers and channels: what can be connected, and what is."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.viewsets import ScopedViewSet
from channels_app.api.serializers import (
    ChannelChangeSerializer,
    ChannelSerializer,
    NewChannelSerializer,
    ProviderSerializer,
)
from channels_app.models import Channel
from channels_app.providers.registry import PROVIDERS
from channels_app.selectors import webhook_paths
from channels_app.services.channels import create_channel, set_active, set_resend_policy, update_channel


class ProvidersView(APIView):
    """The kinds of channels."""

    required_scopes = {"read": "channels:admin"}

    @extend_schema(tags=["channels"], summary="List providers", responses=ProviderSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What can be connected, with the schema of each set-up form."""
        rows = [
            {
                "slug": provider.slug,
                "label": provider.label,
                "reports_statuses": provider.reports_statuses,
                "window_hours": provider.window_hours,
                "credentials_schema": provider.Credentials.model_json_schema(),
                "settings_schema": provider.Settings.model_json_schema(),
            }
            for provider in PROVIDERS.values()
        ]
        return Response(ProviderSerializer(rows, many=True).data)


@extend_schema(tags=["channels"])
@extend_schema_view(
    list=extend_schema(summary="List channels"), retrieve=extend_schema(summary="Show a channel")
)
class ChannelViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The tenant's accounts at its providers. No idempotency keys here: what is posted holds secrets."""

    queryset = Channel.objects.defer("credentials")
    serializer_class = ChannelSerializer
    required_scopes = {"read": "inbox:read", "write": "channels:admin"}
    filterset_fields = ["provider", "is_active"]
    search_fields = ["name", "account_id"]
    ordering_fields = ["name", "created_at"]

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the webhook paths of all channels shown, read at once."""
        shown = args[0] if args and kwargs.get("many") else args[:1]
        kwargs["context"] = {
            "webhook_paths": webhook_paths([channel.id for channel in shown]) if shown else {}
        }
        return ChannelSerializer(*args, **kwargs)

    @extend_schema(
        summary="Connect a channel", request=NewChannelSerializer, responses={201: ChannelSerializer}
    )
    def create(self, request: Request) -> Response:
        """Connect an account, and open the address for its webhooks."""
        given = NewChannelSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        wait_s = values.pop("resend_unknown_after_s", None)
        with transaction.atomic():
            channel = create_channel(**values)
            if wait_s is not None:
                set_resend_policy(channel, wait_s)
        channel.refresh_from_db(fields=["created_at"])
        return Response(self.get_serializer(channel).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Change a channel", request=ChannelChangeSerializer, responses=ChannelSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change its name, credentials or settings; credentials must be of the same account."""
        channel = self.get_object()
        given = ChannelChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
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

    def _switched(self, *, active: bool) -> Response:
        channel = self.get_object()
        set_active(channel, active)
        return Response(self.get_serializer(channel).data)
