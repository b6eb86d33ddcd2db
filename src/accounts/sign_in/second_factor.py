"""Second factors: how many wrong ones are too many, and whether a session has given one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.stagekit import unstash_login
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_used
from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.lockout import SECOND_FACTOR, response
from accounts.models import BrowserSession, Membership, User

_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_factor(user: User) -> bool:
    """Whether the account asks for more than its password."""
    return second_factors(user).exists()


def second_factors(user: Any) -> QuerySet[Authenticator]:
    """The codes and passkeys of ``user`` (a user, or an outer query's reference to one)."""
    return Authenticator.objects.filter(user=user, type__in=_FACTORS)


def gave_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened (or confirmed later) by a code, a passkey or a recovery code."""
    user: Any = request.user
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def demands_second_factor(membership: Membership) -> bool:
    """Whether sessions of that member, found by ``selectors.membership_in``, must give one."""
    return bool(getattr(membership, "demands_second_factor"))  # noqa: B009  (an annotation of the query)


def lacks_second_factor(membership: Membership, request: HttpRequest) -> bool:
    """Whether the tenant (or the agency that the person comes from) demands one that this session has not given."""
    return demands_second_factor(membership) and not gave_second_factor(request)


def session_goes_on(key: str | None, membership: Membership) -> bool:
    """For sockets, which outlive the request that opened them: whether the session with that key still is one of the
    member's, and gave the second factor that is demanded."""
    row = BrowserSession.objects.filter(
        pk=key, user=membership.user_id, expire_date__gt=timezone.now()
    ).first()
    if row is None or not demands_second_factor(membership):
        return row is not None
    records = row.get_decoded().get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return any(record.get("method") == "mfa" for record in records)


def counted(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse, unread, what comes after too many wrong codes; :data:`AxesMiddleware` answers the last wrong one."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = _who(request)
        if request.method == "POST" and user is not None:
            credentials = _credentials(user)
            AxesProxyHandler.update_request(request)
            if not AxesProxyHandler.is_allowed(request, credentials):
                return response(request, None, credentials)
        return view(request, *args, **kwargs)

    return wrapped


def shown_by_adding(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Who sets up a factor has just shown that they have it: the session is one that gave it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view(request, *args, **kwargs)
        if request.method == "POST" and answer.status_code == HTTPStatus.OK:
            record_authentication(request, request.user, "mfa")
        return answer

    return wrapped


def _who(request: HttpRequest) -> User | None:
    """The one whose code it would be: signed in, or half-way there."""
    if isinstance(request.user, User):
        return request.user
    login = unstash_login(request, peek=True)
    return login.user if login else None


def _credentials(user: User) -> dict[str, str]:
    return {"username": f"{SECOND_FACTOR}{user.pk}"}


@receiver(authentication_failed, dispatch_uid="accounts.wrong_code")
def _wrong(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    user_login_failed.send(sender=User, credentials=_credentials(user), request=request)


@receiver(authenticator_used, dispatch_uid="accounts.right_code")
def _right(sender: Any, user: User, **kwargs: Any) -> None:
    AxesProxyHandler.reset_attempts(username=_credentials(user)["username"])
