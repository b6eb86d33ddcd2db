"""The endpoints of signing in that differ from allauth's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.core import ratelimit
from allauth.headless.account.response import RequestPasswordResponse
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit import inputs
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from accounts.services.mails import MailKind, order_mail

log = structlog.get_logger(__name__)


_NO_CREDENTIAL = {
    "status": 400,
    "errors": [{"code": "incorrect_code", "param": "credential", "message": "That is no passkey's answer."}],
}


def nonsense_refused(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer 400 where the library below stumbles over a credential that no browser would send."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (AttributeError, KeyError, TypeError, ValueError) as exc:
            log.info("no passkey's answer", error=repr(exc))
            return JsonResponse(_NO_CREDENTIAL, status=400)

    return wrapped


class PasswordRequestInput(inputs.Input):
    """Whose password was forgotten."""

    email = inputs.EmailField()


class PasswordRequestView(APIView):
    """Asks for a link by mail. The worker finds out whether there is such a person: the answer, and the time that it
    takes, are the same for everybody."""

    input_class = PasswordRequestInput
    input: PasswordRequestInput

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """200, or 429 when it was asked for too often."""
        email = self.input.cleaned_data["email"]
        refused = ratelimit.consume_or_429(request, action="reset_password", key=email.lower())
        if refused is not None:
            return refused
        order_mail(
            MailKind.PASSWORD_FORGOTTEN,
            request=request,
            email=email,
            language=getattr(request, "LANGUAGE_CODE", "").split("-")[0],
        )
        return RequestPasswordResponse(request)
