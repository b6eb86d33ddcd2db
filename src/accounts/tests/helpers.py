"""Signing in as a browser does, with codes as a telephone makes them."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from accounts.models import User

DOOR = "/_allauth/browser/v1/"
PASSWORD = "a-long-Passw0rd"


def post(client: Any, address: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    """Post JSON to one of the door's addresses (``auth/login``)."""
    return client.post(
        f"{DOOR}{address}", json.dumps(body or {}), content_type="application/json", headers=headers
    )


def sign_in(client: Any, email: str, password: str = PASSWORD, **headers: str) -> Any:
    """Post the password; the answer is 200, 401 (a second factor is asked for), 400 (refused) or 429."""
    return post(client, "auth/login", {"email": email, "password": password}, **headers)


def set_up_codes(user: User) -> tuple[str, list[str]]:
    """Give the account an authenticator app; returns its secret and the recovery codes."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).generate_codes()


def code_of(secret: str, *, steps: int = 0) -> str:
    """What the app shows now, or ``steps`` half-minutes later."""
    _, now, _ = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now + steps))


def wrong_code(secret: str) -> str:
    """One that the app shows neither now nor around now."""
    shown = {code_of(secret, steps=step) for step in (-2, -1, 0, 1, 2)}
    return next(
        code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in shown
    )


def reauthenticate(client: Any, password: str = PASSWORD) -> Any:
    """What the door asks for before it changes how one signs in."""
    return post(client, "auth/reauthenticate", {"password": password})


def factors(user: User) -> list[str]:
    """What the account has beside its password."""
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
