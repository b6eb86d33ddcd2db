"""The public side of webhooks: requests from other systems, taken or captured."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.throttling import FixedWindow
from tenants.scope import require_tenant
from workflow.models import ArmedTrigger
from workflow.services.hook_requests import MAX_BYTES, HookRequest
from workflow.services.hooks import hook_at, receive, try_out


class ReceivedSerializer(serializers.Serializer[Any]):
    """What became of a request; a ``duplicate`` is the event of an earlier one."""

    event_id = serializers.UUIDField()
    duplicate = serializers.BooleanField()


class CapturedSerializer(serializers.Serializer[Any]):
    """A request to the test address."""

    capture_id = serializers.UUIDField(source="id")


class OneFormat(BaseContentNegotiation):
    """Senders of webhooks ask for anything, and read nothing."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """None is needed: the bytes are read as they are."""
        return None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON, whatever they accept."""
        return renderers[0], renderers[0].media_type


class HookRequests(FixedWindow):
    """Requests to one webhook."""

    name = "hook"
    limit = 600

    def counted(self, request: Request, view: Any) -> str:
        """Together for its address and its test address."""
        return str(view.hook.id)


class OpenHookView(APIView):
    """Base of both views: the webhook by the token in its address."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [HookRequests]
    content_negotiation_class = OneFormat
    hook: ArmedTrigger

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the webhook, then count: an address that nobody has costs no counter."""
        require_tenant()
        self.hook = hook_at(kwargs["token"])
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Kept by no cache."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _read(request: Request) -> HookRequest:
    """The request with its body, of which no more is read than it may be long. Raises ``RequestDataTooBig``."""
    plain = request._request
    declared = plain.headers.get("Content-Length", "")
    body = b"" if declared.isdigit() and int(declared) > MAX_BYTES else plain.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES or (declared.isdigit() and int(declared) > MAX_BYTES):
        raise RequestDataTooBig
    return HookRequest(
        method=plain.method or "",
        headers={name.lower(): value for name, value in plain.headers.items()},
        query=plain.META.get("QUERY_STRING", ""),
        body=body,
    )


_ANYTHING = {"application/json": OpenApiTypes.ANY, "application/x-www-form-urlencoded": OpenApiTypes.OBJECT}


@extend_schema(tags=["webhooks"], auth=[], responses={202: ReceivedSerializer, 200: ReceivedSerializer})
class HookView(OpenHookView):
    """The webhook of a workflow."""

    @extend_schema(operation_id="hook_get")
    def get(self, request: Request, token: str) -> Response:
        """Start the workflow with what the query says, where the webhook takes GET."""
        return self._take(request)

    @extend_schema(operation_id="hook_post", request=_ANYTHING)
    def post(self, request: Request, token: str) -> Response:
        """Start the workflow with what the body says: JSON, a form or text, of at most 1 MB. 200 instead of 202 for a
        request that came before; 403 for a signature that is not right; 409 while the workflow is not active."""
        return self._take(request)

    def _take(self, request: Request) -> Response:
        received = receive(self.hook, _read(request))
        code = status.HTTP_200_OK if received.duplicate else status.HTTP_202_ACCEPTED
        return Response(ReceivedSerializer(received).data, status=code)


@extend_schema(tags=["webhooks"], auth=[], responses={202: CapturedSerializer})
class HookTestView(OpenHookView):
    """The test address of a workflow's webhook: what comes is kept to be looked at, and starts nothing."""

    @extend_schema(operation_id="hook_test_get")
    def get(self, request: Request, token: str) -> Response:
        """Capture the query."""
        return self._capture(request)

    @extend_schema(operation_id="hook_test_post", request=_ANYTHING)
    def post(self, request: Request, token: str) -> Response:
        """Capture the body, and whether the signature is right."""
        return self._capture(request)

    def _capture(self, request: Request) -> Response:
        capture = try_out(self.hook, _read(request))
        return Response(CapturedSerializer(capture).data, status=status.HTTP_202_ACCEPTED)
