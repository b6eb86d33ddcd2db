"""Views of the installation itself: health, metrics, the first page, and what is answered when no view does."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.urls import resolve
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from config.welcome import welcome_in
from core.api.errors import ApiError, error_response
from events.queue.metrics import QueueCollector
from tenants.models import Tenant
from tenants.scope import current_tenant

log = structlog.get_logger(__name__)

_LOOPBACK = ("127.0.0.1", "::1")
_TIMEOUT_S = 1.0

_registry = CollectorRegistry()
_registry.register(QueueCollector())


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all; restart it when it does not."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503. Without Redis work goes on, slower: that is ``degraded``."""
    up = {name: check() for name, check in _CHECKS.items()}
    status = "ok" if all(up.values()) else "degraded" if up["database"] else "down"
    answers = {name: "ok" if fine else "down" for name, fine in up.items()}
    return JsonResponse({"status": status, **answers}, status=200 if up["database"] else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as exc:
        log.warning("the database does not answer", error=str(exc))
        return False
    return True


def _redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_TIMEOUT_S, socket_timeout=_TIMEOUT_S
    )
    try:
        return bool(client.ping())
    except redis.RedisError as exc:
        log.warning("Redis does not answer", error=str(exc))
        return False
    finally:
        client.close()


_CHECKS: dict[str, Callable[[], bool]] = {"database": _database_answers, "redis": _redis_answers}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format, for this machine and for whoever has ``METRICS_TOKEN``."""
    if not _may_read_metrics(request):
        return error_response(
            request, ApiError(status=403, code="permission_denied", message="Metrics need METRICS_TOKEN.")
        )
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    if token and hmac.compare_digest(
        request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
    ):
        return True
    # A proxy on this machine connects from loopback for the whole world, but says so.
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not forwarded


class WelcomeView(TemplateView):
    """``/``: where to go from here, in the visitor's language."""

    template_name = "welcome.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The words, their direction, and on a tenant's host its name."""
        tenant = current_tenant()
        name = Tenant.objects.values_list("name", flat=True).get(id=tenant.id) if tenant else "Wasl وصل"
        return super().get_context_data(words=welcome_in(self.request.LANGUAGE_CODE), name=name, **kwargs)


# -- what is answered when no view does: JSON under /api/, Django's pages elsewhere ------------------------------------


def _or_json(error: ApiError, page: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (
            error_response(request, error)
            if request.path.startswith("/api/")
            else page(request, *args, **kwargs)
        )

    return handler


@csrf_exempt
def no_such_api(request: HttpRequest) -> HttpResponse:
    """Every address under ``/api/`` that is none: JSON, even while debugging, and a word when only a slash is missing."""
    message = "There is nothing here."
    path = f"{request.path_info}/"
    if not request.path_info.endswith("/") and _is_api(request, path):
        if request.method in ("GET", "HEAD"):
            query = request.META["QUERY_STRING"]
            return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)
        message = f"There is nothing here; the address ends in a slash: {path}"
    return error_response(request, ApiError(status=404, code="not_found", message=message))


def _is_api(request: HttpRequest, path: str) -> bool:
    return resolve(path, urlconf=getattr(request, "urlconf", None)).func is not no_such_api


bad_request = _or_json(
    ApiError(status=400, code="bad_request", message="The request cannot be understood."),
    defaults.bad_request,
)
permission_denied = _or_json(
    ApiError(status=403, code="permission_denied", message="You may not do this."), defaults.permission_denied
)
page_not_found = _or_json(
    ApiError(status=404, code="not_found", message="There is nothing here."), defaults.page_not_found
)
server_error = _or_json(
    ApiError(
        status=500,
        code="server_error",
        message="Something went wrong here. It is logged under the request's id.",
    ),
    defaults.server_error,
)
