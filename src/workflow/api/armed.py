"""A workflow's triggers in force: when a schedule is due, where a webhook is, what came to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http.request import split_domain_port
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.viewsets import ScopedViewSet
from accounts.principal import Principal
from tenants.scope import require_tenant
from workflow.api.fields import JSONObjectField
from workflow.api.workflows import SCOPES
from workflow.models import ArmedTrigger, HookCapture, Workflow
from workflow.services.hook_secrets import read_secret
from workflow.services.hooks import (
    MAX_LISTENING_MINUTES,
    listen,
    new_address,
    new_signing_secret,
    reserve,
)
from workflow.triggers.schedule import ScheduleConfig
from workflow.triggers.webhook import WEBHOOK

_PREVIEWED = 5


class ArmedTriggerSerializer(serializers.ModelSerializer[ArmedTrigger]):
    """A trigger with what it remembers: a schedule's ``next_at``, ``last_at`` and ``missed`` ticks, a webhook's
    ``listening_until``. The addresses of a webhook are for those who may change workflows."""

    url = serializers.SerializerMethodField()
    test_url = serializers.SerializerMethodField()
    is_signing_secret_set = serializers.SerializerMethodField()

    class Meta:
        model = ArmedTrigger
        fields = [
            "id",
            "key",
            "type",
            "config",
            "state",
            "armed_at",
            "created_at",
            "url",
            "test_url",
            "is_signing_secret_set",
        ]
        read_only_fields = fields

    def get_url(self, trigger: ArmedTrigger) -> str | None:
        """Where a webhook's requests go."""
        return self._address(trigger, "workflow-hook")

    def get_test_url(self, trigger: ArmedTrigger) -> str | None:
        """Where requests go that are only to be looked at."""
        return self._address(trigger, "workflow-hook-test")

    def get_is_signing_secret_set(self, trigger: ArmedTrigger) -> bool | None:
        """Whether a webhook can tell right signatures from wrong ones."""
        return bool(read_secret(trigger).signing) if _is_hook(trigger) else None

    def _address(self, trigger: ArmedTrigger, name: str) -> str | None:
        request: Request = self.context["request"]
        if not _is_hook(trigger) or not _may_write(request):
            return None
        path = reverse(name, args=[read_secret(trigger).token], urlconf=settings.TENANT_URLCONF)
        return f"{request.scheme}://{_host(request)}{path}/"


def _is_hook(trigger: ArmedTrigger) -> bool:
    return trigger.type == WEBHOOK and trigger.secret is not None


def _may_write(request: Request) -> bool:
    return isinstance(request.auth, Principal) and request.auth.allows(SCOPES["write"])


def _host(request: Request) -> str:
    """The tenant's own host, for an agency that asks on another one too."""
    asked = request._request.get_host()
    host_tenant = getattr(request._request, "host_tenant", None)
    tenant = require_tenant()
    if host_tenant is not None and host_tenant.id == tenant.id:
        return asked
    _, port = split_domain_port(asked)
    return f"{tenant.slug}.{settings.PUBLIC_HOST}" + (f":{port}" if port else "")


class RotateSerializer(serializers.Serializer[Any]):
    """What is to be replaced. ``secret`` sets the signing secret to what the sender was given; without it a random one is
    made."""

    part = serializers.ChoiceField(["address", "signing_secret"], default="address")
    secret = serializers.CharField(
        min_length=8, max_length=500, required=False, allow_blank=True, default="", trim_whitespace=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An address cannot be chosen."""
        if attrs["secret"] and attrs["part"] == "address":
            raise serializers.ValidationError({"secret": ["Only a signing secret can be given."]})
        return attrs


class RotatedSerializer(serializers.Serializer[Any]):
    """The webhook as it is now; the signing secret is shown this once."""

    trigger = ArmedTriggerSerializer()
    signing_secret = serializers.CharField(allow_null=True)


class ListenSerializer(serializers.Serializer[Any]):
    """For how long live requests are captured; 0 ends it."""

    minutes = serializers.IntegerField(min_value=0, max_value=MAX_LISTENING_MINUTES)


class CaptureSerializer(serializers.ModelSerializer[HookCapture]):
    """A captured request, without its secrets: method, headers, query, body, and what its signature was."""

    class Meta:
        model = HookCapture
        fields = ["id", "received_at", "is_test", "request"]
        read_only_fields = fields


@extend_schema(tags=["workflows"])
class ArmedTriggerViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """The schedules, webhooks and the like of one workflow. No idempotency keys here: the answers hold secrets."""

    queryset = ArmedTrigger.objects.order_by("key")
    serializer_class = ArmedTriggerSerializer
    required_scopes = SCOPES
    lookup_field = "key"
    lookup_value_regex = "[A-Za-z0-9_-]{1,60}"
    filter_backends = []

    def get_queryset(self) -> QuerySet[Any]:
        """Those of the workflow that the path names."""
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        return rows.filter(workflow=self._workflow())

    def _workflow(self) -> Workflow:
        return get_object_or_404(Workflow, id=self.kwargs["workflow_id"])

    def _shown(self, trigger: ArmedTrigger) -> dict[str, Any]:
        return dict(ArmedTriggerSerializer(trigger, context=self.get_serializer_context()).data)

    @extend_schema(request=None, responses=ArmedTriggerSerializer)
    @action(detail=True, methods=["post"])
    def reserve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give the draft's webhook its address before it is published, to capture requests at its test address."""
        return Response(self._shown(reserve(self._workflow(), kwargs["key"])))

    @extend_schema(request=RotateSerializer, responses=RotatedSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Give a webhook a new address, or a new signing secret. The old one is worthless at once."""
        hook: ArmedTrigger = self.get_object()
        given = RotateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        signing = None
        if given.validated_data["part"] == "address":
            new_address(hook)
        else:
            signing = new_signing_secret(hook, given.validated_data["secret"])
        return Response({"trigger": self._shown(self.get_object()), "signing_secret": signing})

    @extend_schema(request=ListenSerializer, responses=ArmedTriggerSerializer)
    @action(detail=True, methods=["post"])
    def capture(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Capture a webhook's live requests for some minutes. They start the workflow as ever."""
        hook: ArmedTrigger = self.get_object()
        given = ListenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(self._shown(listen(hook, minutes=given.validated_data["minutes"])))

    @extend_schema(responses=CaptureSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def captures(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The last requests that were captured, the newest first: at most 20."""
        rows = HookCapture.objects.filter(trigger=self.get_object()).order_by("-id")
        return Response(CaptureSerializer(rows, many=True).data)


class SchedulePreviewSerializer(serializers.Serializer[Any]):
    """A schedule's config, and from when on to look: now, if left out."""

    config = JSONObjectField()
    after = serializers.DateTimeField(required=False)


class TickSerializer(serializers.Serializer[Any]):
    """A tick, in UTC and on the clock of the schedule's zone."""

    at = serializers.DateTimeField()
    local = serializers.CharField()


class ScheduleTicksSerializer(serializers.Serializer[Any]):
    """The next ticks."""

    zone = serializers.CharField()
    ticks = TickSerializer(many=True)


class SchedulePreviewView(APIView):
    """Shows when a schedule would be due."""

    required_scopes = {"read": SCOPES["read"], "write": SCOPES["read"]}

    @extend_schema(
        tags=["workflows"],
        operation_id="workflow_schedule_preview",
        request=SchedulePreviewSerializer,
        responses=ScheduleTicksSerializer,
    )
    def post(self, request: Request) -> Response:
        """The next five ticks of a config. Nothing is stored."""
        given = SchedulePreviewSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        config = _schedule(given.validated_data["config"])
        tz: ZoneInfo = config.tz()
        ticks = config.ticks(given.validated_data.get("after") or datetime.now(UTC), _PREVIEWED)
        shown = [{"at": tick, "local": tick.astimezone(tz).isoformat()} for tick in ticks]
        return Response(ScheduleTicksSerializer({"zone": tz.key, "ticks": shown}).data)


def _schedule(config: dict[str, Any]) -> ScheduleConfig:
    try:
        return ScheduleConfig.model_validate(config)
    except ValidationError as exc:
        raise serializers.ValidationError(
            {".".join(["config", *map(str, error["loc"])]): [error["msg"]] for error in exc.errors()}
        ) from exc
