"""The endpoints of signing in that differ from allauth's."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from allauth.headless.account.response import RequestPasswordResponse
from allauth.headless.base.views import APIView
from allauth.headless.internal.restkit import inputs
from django.http import HttpRequest, HttpResponse

from accounts.services.mails import MailKind, order_mail


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
