"""``/_allauth/browser/v1/``: the endpoints of signing in that are open here.

Named one by one, so that a new version of allauth opens no door (sign-up, changing one's e-mail) by itself. Paths and
answers are those of allauth's headless specification.
"""

from __future__ import annotations

from typing import Any

from allauth.headless.account import views as account
from allauth.headless.base.views import ConfigView
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from django.urls import URLPattern, path

from accounts.middleware import before_second_factor, for_strangers_too
from accounts.sign_in.second_factor import counted, shown_by_adding
from accounts.sign_in.views import PasswordRequestView, nonsense_refused

_VIEWS: dict[str, Any] = {
    "config": ConfigView,
    "auth/session": account.SessionView,
    "auth/login": account.LoginView,
    "auth/reauthenticate": account.ReauthenticateView,
    "auth/password/request": PasswordRequestView,
    "auth/password/reset": account.ResetPasswordView,
    "auth/2fa/authenticate": mfa.AuthenticateView,
    "auth/2fa/reauthenticate": mfa.ReauthenticateView,
    "auth/webauthn/login": mfa.LoginWebAuthnView,
    "auth/webauthn/authenticate": mfa.AuthenticateWebAuthnView,
    "auth/webauthn/reauthenticate": mfa.ReauthenticateWebAuthnView,
    "account/password/change": account.ChangePasswordView,
    "account/authenticators": mfa.AuthenticatorsView,
    "account/authenticators/totp": mfa.ManageTOTPView,
    "account/authenticators/recovery-codes": mfa.ManageRecoveryCodesView,
    "account/authenticators/webauthn": mfa.ManageWebAuthnView,
}

#: What the session of someone who was let go can still be used for: to be looked at and ended.
_FOR_STRANGERS_TOO = ("config", "auth/session")
#: Where codes are given, which could be guessed.
_COUNTED = ("auth/2fa/authenticate", "auth/2fa/reauthenticate")

_ADDING = ("account/authenticators/totp", "account/authenticators/webauthn")


def _view(address: str, view: Any) -> Any:
    made = before_second_factor(view.as_api_view(client=Client.BROWSER))
    if address in _COUNTED:
        made = counted(made)
    if address in _ADDING:
        made = shown_by_adding(made)
    if "webauthn" in address:
        made = nonsense_refused(made)
    return for_strangers_too(made) if address in _FOR_STRANGERS_TOO else made


urlpatterns: list[URLPattern] = [
    path(f"browser/v1/{address}", _view(address, view)) for address, view in _VIEWS.items()
]
