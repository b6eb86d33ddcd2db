"""Sessions of browsers: signing out, seeing and ending one's own. Signing in is allauth's: see ``accounts.sign_in``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authentication import UserSessionAuthentication
from accounts.models import BrowserSession, User
from accounts.services.sessions import end_other_sessions, end_session


class IsSignedIn(BasePermission):
    """A person with a session, whatever their scopes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether it is one."""
        return isinstance(request.user, User)


class BrowserSessionSerializer(serializers.ModelSerializer[BrowserSession]):
    """A session of the person who asks, on any host. ``tenant`` ``null`` is the public host."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    tenant = serializers.CharField(source="tenant.name", read_only=True, allow_null=True)
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = BrowserSession
        fields = ["id", "tenant", "ip", "user_agent", "created_at", "last_seen_at", "is_current"]
        read_only_fields = fields

    def get_is_current(self, session: BrowserSession) -> bool:
        """Whether it is the one that asks."""
        return session.session_key == self.context["request"].session.session_key


class EndedSerializer(serializers.Serializer[Any]):
    """How many sessions were ended."""

    ended = serializers.IntegerField()


class LogoutView(APIView):
    """Ends the session."""

    authentication_classes = [UserSessionAuthentication]
    permission_classes = [AllowAny]

    @extend_schema(tags=["auth"], summary="Sign out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the session that asks."""
        logout(request._request)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionsView(APIView):
    """One's own sessions."""

    authentication_classes = [UserSessionAuthentication]
    permission_classes = [IsSignedIn]

    @extend_schema(
        tags=["auth"], summary="List one's own sessions", responses=BrowserSessionSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """The last hundred, on all hosts, the most recently used first."""
        rows = BrowserSession.objects.select_related("tenant").filter(
            user=request.user.pk, expire_date__gt=timezone.now()
        )[:100]
        shown = BrowserSessionSerializer(rows, many=True, context={"request": request._request})
        return Response(shown.data)

    @extend_schema(
        tags=["auth"],
        operation_id="auth_sessions_end_others",
        summary="End all other sessions",
        responses={200: EndedSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Wherever they are; this one goes on."""
        assert isinstance(request.user, User)
        return Response({"ended": end_other_sessions(request.user, keep=request.session.session_key)})


class SessionView(APIView):
    """One of one's own sessions."""

    authentication_classes = [UserSessionAuthentication]
    permission_classes = [IsSignedIn]

    @extend_schema(tags=["auth"], summary="End a session", responses={204: None})
    def delete(self, request: Request, id: UUID) -> Response:  # noqa: A002
        """Its browser has to sign in again."""
        assert isinstance(request.user, User)
        if not end_session(request.user, id):
            raise NotFound
        return Response(status=status.HTTP_204_NO_CONTENT)
