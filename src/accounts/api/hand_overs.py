"""Going to another tenant's host without typing the password again."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import client
from accounts.api.authentication import UserSessionAuthentication
from accounts.api.sessions import IsSignedIn
from accounts.hosts import origin_beside
from accounts.models import User
from accounts.services.hand_overs import (
    BadHandOverError,
    NoWayThereError,
    SecondFactorFirstError,
    accept_hand_over,
    begin_hand_over,
)
from accounts.sign_in.adapters import begin_session
from accounts.sign_in.second_factor import gave_second_factor, has_second_factor
from core.api.throttling import FixedWindow
from tenants.models import Tenant, TenantState

#: The page of the web UI that takes it: what stands after the ``#`` is sent to no server.
LANDING = "/hand-over#"


class HandOverThrottle(FixedWindow):
    """Guessing is hopeless; this keeps it cheap too."""

    name = "hand-over"
    limit = 30


class HandOverSerializer(serializers.Serializer[Any]):
    """Where to: the slug of one of ``me.tenants``."""

    tenant = serializers.SlugField()


class WaySerializer(serializers.Serializer[Any]):
    """Open ``url`` at once: it is good once, for a minute, in this browser."""

    url = serializers.CharField()


class SecretSerializer(serializers.Serializer[Any]):
    """What the address held after its ``#``."""

    secret = serializers.CharField(max_length=100)


class ArrivedSerializer(serializers.Serializer[Any]):
    """Who has come in."""

    email = serializers.EmailField()


class BadHandOver(exceptions.APIException):
    """The same whatever is wrong with it."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "bad_hand_over"
    default_detail = "This link is not good (any more): switch again, or sign in."


class SomeoneElse(exceptions.APIException):
    """Nobody is made another person without noticing."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "signed_in_as_another"
    default_detail = "Another person is signed in here: sign out first."


class SecondFactorFirst(exceptions.PermissionDenied):
    """The account has one that this session has not given."""

    default_code = "second_factor_required"


class HandOverView(APIView):
    """The beginning, on the host where one is."""

    authentication_classes = [UserSessionAuthentication]
    permission_classes = [IsSignedIn]
    throttle_classes = [HandOverThrottle]

    @extend_schema(
        tags=["auth"],
        summary="Go to another tenant",
        request=HandOverSerializer,
        responses={201: WaySerializer},
    )
    def post(self, request: Request) -> Response:
        """A link that opens a session on the other tenant's host, with the second factor that was given here."""
        given = HandOverSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = request.user
        assert isinstance(user, User)
        slug = given.validated_data["tenant"]
        target = Tenant.objects.prefetch_related("domains").filter(slug=slug, state=TenantState.READY).first()
        try:
            # The same answer for a tenant that is not there and for one that is not theirs.
            if target is None:
                raise NoWayThereError
            secret = begin_hand_over(
                user=user,
                to=target,
                methods=get_authentication_records(request._request, user),
                browser=client.user_agent(request._request),
                lacks_factor=has_second_factor(user) and not gave_second_factor(request._request),
            )
        except NoWayThereError as exc:
            raise exceptions.PermissionDenied(str(exc), code="no_way_there") from exc
        except SecondFactorFirstError as exc:
            raise SecondFactorFirst(str(exc)) from exc
        url = f"{origin_beside(target, request._request)}{LANDING}{secret}"
        return Response({"url": url}, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})


class ArrivalView(APIView):
    """The end, on the host that it leads to."""

    # Nobody need be signed in; whoever is, is looked at.
    authentication_classes = [UserSessionAuthentication]
    permission_classes = [AllowAny]
    throttle_classes = [HandOverThrottle]

    @extend_schema(
        tags=["auth"],
        summary="Arrive from another tenant",
        auth=[],
        request=SecretSerializer,
        responses={200: ArrivedSerializer},
    )
    def post(self, request: Request) -> Response:
        """Begin a session by a hand-over. 400 ``bad_hand_over``, 409 ``signed_in_as_another``."""
        if not isinstance(request.user, User):
            # For a session the authentication has done it.
            UserSessionAuthentication().enforce_csrf(request)
        given = SecretSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        http = request._request
        if http.host_tenant != http.tenant:  # type: ignore[attr-defined]
            raise exceptions.PermissionDenied("A session belongs to its host: ask without X-Tenant.")
        try:
            found = accept_hand_over(given.validated_data["secret"], browser=client.user_agent(http))
        except BadHandOverError as exc:
            raise BadHandOver from exc
        if isinstance(request.user, User) and request.user.pk != found.user.pk:
            raise SomeoneElse
        _begin_session(http, found.user, found.methods)
        return Response({"email": found.user.email}, headers={"Cache-Control": "no-store"})


def _begin_session(request: HttpRequest, user: User, methods: list[dict[str, Any]]) -> None:
    begin_session(request, user)
    record_authentication(request, user, "hand_over")
    arrived = request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [*methods, *arrived]
