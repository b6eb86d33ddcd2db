"""A small API for the tests: each view writes down that it ran, for whom and in which tenant."""

from __future__ import annotations

import threading

from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import ANY_SCOPE
from events.api.idempotency import IdempotentWritesMixin
from events.models import Event
from tenants.scope import current_tenant

CALLS: list[tuple[str, str]] = []


class Probe(APIView):
    """Asks for the scope that its URL names, to read and to write."""

    @property
    def required_scopes(self):
        scope = self.kwargs["scope"]
        return {"read": scope, "write": scope}

    def get(self, request, scope):
        CALLS.append((current_tenant().slug, request.auth.label))
        return Response({"tenant": current_tenant().slug})

    post = get


class Undeclared(APIView):
    """Says nothing of scopes."""

    def get(self, request):
        CALLS.append(("undeclared", ""))
        return Response({})


class ReadOnlyDeclared(Undeclared):
    """Says which scope reads, and nothing of writing."""

    required_scopes = {"read": ANY_SCOPE}
    post = Undeclared.get


class Once(IdempotentWritesMixin, APIView):
    """Writes an event; refuses on request; waits on request."""

    required_scopes = {"write": "workflow:write"}
    inside, go_on = threading.Event(), threading.Event()

    def post(self, request, name="thing"):
        from datetime import UTC, datetime

        event = Event.objects.create(type="PROBED", data=request.data, occurred_at=datetime.now(UTC))
        if request.data.get("refuse"):
            return Response({"refused": True}, status=409)
        if request.data.get("fail"):
            raise RuntimeError("after the effect")
        if request.data.get("wait"):
            self.inside.set()
            assert self.go_on.wait(10)
        return Response({"id": event.id, "name": name}, status=201)


v1 = [
    path("probe/<scope>/", Probe.as_view()),
    path("undeclared/", Undeclared.as_view()),
    path("read-only/", ReadOnlyDeclared.as_view()),
    path("once/<name>/", Once.as_view()),
    path("", include("accounts.api.urls")),
]
urlpatterns = [path("_allauth/", include("accounts.sign_in.urls")), path("api/v1/", include(v1))]
